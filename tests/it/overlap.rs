//! Two layers laid over each other: random ones by algebra, and by the second opinion of Shapely.

use crate::coverage::wkt;
use crate::dice::Dice;
use crate::partition::{self, Shapes};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use wangge::coverage::{Coverage, Face, Index};
use wangge::geom::{Point, Polygon, Ring, Shape, area};
use wangge::overlay::{Crosswalk, Laid, Overlay, Side, SliverRule};
use wangge::unit::UnitId;

fn on_both<T>([a, b]: [&Coverage; 2], f: impl FnOnce([Side<'_>; 2]) -> T) -> T {
    let indexes = [Index::build(a), Index::build(b)];
    let owners = [0, 1].map(|k| {
        let index: &Index = &indexes[k];
        move |p| index.owner(p)
    });
    f([Side { coverage: a, owner: &owners[0] }, Side { coverage: b, owner: &owners[1] }])
}

fn laid(pair: [&Coverage; 2]) -> Laid {
    on_both(pair, Laid::new).unwrap()
}

fn soup(seed: u64, shift: u32) -> Shapes {
    let shapes = partition::soup(7, 6, 6, Point::new(1_100_000_000, 250_000_000), shift, seed);
    shapes.into_iter().filter(|(_, shape)| !shape.is_empty()).collect()
}

/// Pairs of coverages that meet in all ways: triangles on common corners, wiggly borders across each other, and the same
/// wiggly city with some units given to others, as police grids follow most of the borders of grids.
fn pairs(seed: u64) -> Vec<[Coverage; 2]> {
    let assembled = |shapes: &Shapes| Coverage::assemble(shapes).unwrap();
    let city = assembled(&partition::city(9, 7, seed));
    let groups = city.dissolve(|id| UnitId::try_from(id.get() % 7 + 1).ok());
    let other = assembled(&shifted(&partition::city(7, 5, seed + 100), 1_237, -411));
    vec![
        [assembled(&soup(seed, 9)), assembled(&soup(seed + 50, 9))],
        [assembled(&soup(seed, 9)), assembled(&soup(seed + 50, 8))],
        [city.clone(), groups.clone()],
        [city.clone(), other.clone()],
        [groups, other],
    ]
}

fn shifted(shapes: &Shapes, dx: i32, dy: i32) -> Shapes {
    let point = |p: &Point| Point::new(p.x + dx, p.y + dy);
    let ring = |r: &Ring| Ring::new(r.points().iter().map(point).collect()).unwrap();
    let polygon = |p: &Polygon| Polygon { outer: ring(&p.outer), holes: p.holes.iter().map(ring).collect() };
    shapes.iter().map(|(unit, s)| (*unit, Shape(s.0.iter().map(polygon).collect()))).collect()
}

fn cells(laid: &Laid) -> BTreeMap<[Option<UnitId>; 2], f64> {
    let crosswalk = Crosswalk::of(laid, SliverRule::default());
    crosswalk.cells().map(|(pair, cell)| (pair, cell.area_m2)).collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-6
}

#[test]
fn rows_and_columns_sum_to_their_units() {
    for seed in 1..9 {
        for [a, b] in pairs(seed) {
            let cells = cells(&laid([&a, &b]));
            for (k, coverage) in [&a, &b].into_iter().enumerate() {
                for face in coverage.faces() {
                    let unit = coverage.unit(face);
                    let got: f64 = cells.iter().filter(|(pair, _)| pair[k] == unit).map(|(_, m2)| m2).sum();
                    let want = area::shape_m2(&coverage.shape(face));
                    assert!(close(got, want), "seed {seed}, {unit:?} of {k}: {got} of {want}");
                }
            }
        }
    }
}

#[test]
fn the_other_way_round_and_other_names_change_nothing() {
    for seed in 1..5 {
        for [a, b] in pairs(seed) {
            let there = cells(&laid([&a, &b]));
            let back = cells(&laid([&b, &a]));
            assert_eq!(there.len(), back.len(), "seed {seed}");
            for (&[u, v], &m2) in &there {
                assert!(close(m2, back[&[v, u]]), "seed {seed}: {u:?} {v:?}");
            }
            let renamed = |id: UnitId| UnitId::try_from(1_000 - id.get()).unwrap();
            let shapes: Shapes = a.faces().map(|f| (renamed(a.unit(f).unwrap()), a.shape(f))).collect();
            let other = cells(&laid([&Coverage::assemble(&shapes).unwrap(), &b]));
            for (&[u, v], &m2) in &there {
                assert!(close(m2, other[&[u.map(renamed), v]]), "seed {seed}: {u:?} {v:?}");
            }
        }
    }
}

#[test]
fn a_part_is_what_the_whole_has_there() {
    for seed in 1..9 {
        let mut dice = Dice::new(seed);
        for [a, b] in pairs(seed) {
            let mut some = |coverage: &Coverage| -> BTreeSet<Face> {
                coverage.faces().filter(|_| dice.int(0, 5) == 0).collect()
            };
            let faces = [some(&a), some(&b)];
            let wanted = |f: &[Face; 2]| faces[0].contains(&f[0]) || faces[1].contains(&f[1]);
            let (whole, part) = on_both([&a, &b], |sides| {
                (Overlay::new(sides).unwrap(), Overlay::of_faces(sides, [&faces[0], &faces[1]]).unwrap())
            });
            let whole: Vec<_> = whole.pieces().iter().filter(|p| wanted(&p.faces)).collect();
            assert_eq!(whole.len(), part.pieces().len(), "seed {seed}");
            for (p, q) in whole.into_iter().zip(part.pieces()) {
                assert_eq!((p.faces, p.is_cut), (q.faces, q.is_cut), "seed {seed}");
                assert!(close(p.area_m2, q.area_m2) && close(p.perimeter_m, q.perimeter_m), "seed {seed}");
            }
        }
    }
}

#[test]
fn what_is_kept_up_is_what_would_be_laid_anew() {
    for seed in 1..9 {
        let mut dice = Dice::new(seed);
        for [a, b] in pairs(seed) {
            // Some units give their ground to others, in both.
            let mut edited = |coverage: &Coverage| {
                let units: Vec<UnitId> = coverage.units().to_vec();
                let gives = dice.int(0, units.len() as i64 - 1) as usize;
                let takes = dice.int(0, units.len() as i64 - 1) as usize;
                coverage.dissolve(|id| Some(if id == units[gives] { units[takes] } else { id }))
            };
            let (x, y) = (edited(&a), edited(&b));
            let was = laid([&a, &b]);
            let kept = on_both([&x, &y], |sides| was.after([&a, &b], sides)).unwrap();
            let anew = laid([&x, &y]);
            assert_eq!(kept.pieces().len(), anew.pieces().len(), "seed {seed}");
            for (p, q) in kept.pieces().iter().zip(anew.pieces()) {
                assert_eq!((p.units, p.outline.len()), (q.units, q.outline.len()), "seed {seed}");
                assert!(close(p.area_m2, q.area_m2) && close(p.perimeter_m, q.perimeter_m), "seed {seed}");
            }
            assert_eq!(kept.aligned().keys().collect::<Vec<_>>(), anew.aligned().keys().collect::<Vec<_>>());
            for (unit, p) in kept.aligned() {
                let q = anew.aligned()[unit];
                let all = p.within_m.iter().zip(q.within_m).all(|(&p, q)| close(p, q));
                assert!(all && close(p.inner_m, q.inner_m), "seed {seed}: {unit:?} {p:?} {q:?}");
            }
        }
    }
}

/// Compares all pairs with Shapely's.
fn shapely_agrees([a, b]: [&Coverage; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let ground = |coverage: &Coverage| {
        let mut text = String::new();
        for face in coverage.faces() {
            writeln!(text, "{}\t{}", coverage.unit(face).unwrap(), wkt::write(&coverage.shape(face)))
                .unwrap();
        }
        text
    };
    let mut common = String::new();
    for ([u, v], m2) in cells(&laid([a, b])) {
        if let (Some(u), Some(v)) = (u, v) {
            writeln!(common, "{u},{v},{m2:.6}").unwrap();
        }
    }
    let files = [write("first", ground(a)), write("second", ground(b)), write("cells", common)];
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/overlap.py");
    let run = Command::new("python3").arg(tool).args(files).output().expect("python3: make test-tools");
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    println!("{said}");
    assert!(run.status.success(), "{said}");
}

#[test]
fn shapely_finds_the_same_pieces() {
    for seed in 1..4 {
        for [a, b] in pairs(seed) {
            shapely_agrees([&a, &b]);
        }
    }
}

#[test]
fn shapely_finds_the_same_pieces_in_the_demo() {
    let city = crate::demo::city();
    let coverage = |name: &str| {
        let layer = city.layers.iter().find(|l| l.layer.name == name).unwrap();
        Coverage::assemble(&layer.shapes).unwrap()
    };
    let [land, water, police] = ["land", "water", "police"].map(coverage);
    shapely_agrees([&land, &police]);
    shapely_agrees([&water, &police]);
}
