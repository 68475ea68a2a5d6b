//! Measures what resolving an operation costs on the demo's land: `cargo bench --bench edit`.
//!
//! 500 redraws of shared borders, and as many splits and reshapes, each resolved from the published state: the work
//! of a preview. Times are of the processor and the clock; ratios between kinds are what to compare.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops at the first error")]

#[allow(dead_code, reason = "the tests throw more kinds of dice than are thrown here")]
#[path = "../support/dice.rs"]
mod dice;

use dice::Dice;
use std::time::Instant;
use wangge::demo::{Facts, Options, city};
use wangge::edit::{Ground, Keep, Kind, NewUnit, Operation, State, Terms, resolve};
use wangge::geom::Point;
use wangge::snapshot::LayerState;
use wangge::unit::UnitId;

/// Operations of each kind.
const COUNT: usize = 500;

fn main() {
    let facts = Facts::guilin().unwrap();
    let city = city(&facts, &Options::default(), &mut |_| {}).unwrap();
    let states: Vec<LayerState> = city.layers.into_iter().map(|l| LayerState::new(l).unwrap()).collect();
    let grounds = states.iter().map(|s| Ground {
        layer: &s.layer,
        outline: s.outline.as_ref(),
        units: &s.units,
        coverage: &s.coverage,
    });
    let state = State::new(grounds.collect());
    let land = &states[0];
    println!("land: {} units, {} segments", land.units.all().len(), land.coverage.segment_count());
    let outline = land.coverage.outline();
    println!(
        "its stored outline is the border of its grids, vertex for vertex: {}",
        land.outline.as_ref() == Some(&outline)
    );
    println!("kind           resolved  refused  ms median   ms p99   ms worst");
    let draw: [(&str, Throw); 3] = [("replace_path", redraw), ("reshape", reshape), ("split", split)];
    for (name, kind) in draw {
        measure(name, &state, land, kind);
    }
    let start = Instant::now();
    let sources = state.sources();
    println!("the whole state as a store takes it: {:.0} ms for {} layers", ms(start), sources.len());
}

/// A way to draw an operation at random; `None` when the die fell on no place for one.
type Throw = fn(&LayerState, &mut Dice) -> Option<Kind>;

fn measure(name: &str, state: &State, land: &LayerState, kind: Throw) {
    let mut dice = Dice::new(1);
    let terms = Terms { ids: vec![UnitId::try_from(1 << 40).unwrap()], min_area_m2: 1.0 };
    let (mut times, mut refused) = (Vec::new(), 0);
    while times.len() < COUNT {
        let Some(kind) = kind(land, &mut dice) else { continue };
        let operation = Operation { layer: "land".into(), kind };
        let start = Instant::now();
        refused += usize::from(resolve(state, &operation, &terms).is_err());
        times.push(ms(start));
    }
    times.sort_by(f64::total_cmp);
    println!(
        "{name:<14} {:>8} {refused:>8} {:>10.2} {:>8.2} {:>10.2}",
        COUNT - refused,
        times[COUNT / 2],
        times[COUNT * 99 / 100],
        times[COUNT - 1]
    );
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// The points of a border between two grids.
fn border(land: &LayerState, dice: &mut Dice) -> Option<Vec<Point>> {
    let number = dice.int(0, land.coverage.arcs().len() as i64 - 1) as u32;
    let arc = land.coverage.arc(number);
    let between = land.coverage.unit(arc.left).is_some() && land.coverage.unit(arc.right).is_some();
    (between && arc.points.len() >= 6 && !arc.is_closed()).then(|| arc.points.to_vec())
}

/// A point beside the middle of two, by a share of their distance.
fn aside(a: Point, b: Point, share: f64) -> Point {
    let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
    Point::new(a.x.midpoint(b.x) + (share * dy) as i32, a.y.midpoint(b.y) - (share * dx) as i32)
}

/// The middle of a border redrawn a little aside.
fn redraw(land: &LayerState, dice: &mut Dice) -> Option<Kind> {
    let points = border(land, dice)?;
    let (a, b) = (points[1], points[points.len() - 2]);
    let path = vec![a, aside(a, b, 0.2 * (dice.unit() - 0.5)), b];
    Some(Kind::ReplacePath { path, also: Vec::new(), reading: None })
}

/// A bulge into the neighbour, drawn from inside the target.
fn reshape(land: &LayerState, dice: &mut Dice) -> Option<Kind> {
    let number = dice.int(0, land.coverage.arcs().len() as i64 - 1) as u32;
    let target = land.coverage.unit(land.coverage.arc(number).left)?;
    let points = land.coverage.arc(number).points.to_vec();
    (points.len() >= 4).then_some(())?;
    let (a, b) = (points[1], points[2]);
    let path = vec![a, aside(a, b, 0.3), b];
    let target = land.units.get(target)?.code.clone();
    Some(Kind::Reshape { path, target, reading: None, parts: false })
}

/// A cut straight through the middle of a grid.
fn split(land: &LayerState, dice: &mut Dice) -> Option<Kind> {
    let face = land.coverage.faces().nth(dice.int(0, land.coverage.units().len() as i64 - 1) as usize)?;
    let bbox = land.coverage.shape(face).bbox()?;
    let unit = land.units.get(land.coverage.unit(face)?)?.code.clone();
    let y = bbox.min.y.midpoint(bbox.max.y);
    let path = vec![Point::new(bbox.min.x - 10, y), Point::new(bbox.max.x + 10, y + 7)];
    let new = NewUnit { code: None, name: "新网格".into() };
    Some(Kind::Split { unit, path, new, keep: Keep::Larger })
}
