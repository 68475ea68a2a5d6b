use super::*;
use crate::coverage::{BuildOptions, Coverage, Face, Index};
use crate::geom::{Point, Polygon, Ring, Shape, area};
use crate::unit::UnitId;

/// A coverage of polygons given by corners in lattice units.
fn coverage(polygons: &[&[(i32, i32)]]) -> Coverage {
    let shape = |corners: &[(i32, i32)]| {
        let ring = Ring::new(corners.iter().map(|&(x, y)| Point::new(x, y)).collect()).unwrap();
        Shape(vec![Polygon::simple(ring)])
    };
    let id = |i: usize| UnitId::try_from(i as u64 + 1).unwrap();
    let shapes: Vec<_> = polygons.iter().enumerate().map(|(i, p)| (id(i), shape(p))).collect();
    Coverage::build(&shapes, &BuildOptions::default()).unwrap().coverage
}

/// From and to on one axis.
type Span = (i32, i32);

fn rectangle(x: Span, y: Span) -> Vec<(i32, i32)> {
    vec![(x.0, y.0), (x.1, y.0), (x.1, y.1), (x.0, y.1)]
}

fn rectangles(all: &[(Span, Span)]) -> Coverage {
    let corners: Vec<_> = all.iter().map(|&(x, y)| rectangle(x, y)).collect();
    coverage(&corners.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn on_both<T>([a, b]: [&Coverage; 2], f: impl FnOnce([Side<'_>; 2]) -> T) -> T {
    let indexes = [Index::build(a), Index::build(b)];
    let owners = [0, 1].map(|k| {
        let index: &Index = &indexes[k];
        move |p| index.owner(p)
    });
    f([Side { coverage: a, owner: &owners[0] }, Side { coverage: b, owner: &owners[1] }])
}

fn lay(a: &Coverage, b: &Coverage) -> Overlay {
    on_both([a, b], Overlay::new).unwrap()
}

fn crosswalk_of(a: &Coverage, b: &Coverage, rule: SliverRule) -> Crosswalk {
    let crosswalk = Crosswalk::of(&on_both([a, b], Laid::new).unwrap(), rule);
    sums_close(&crosswalk, a, b);
    crosswalk
}

fn walked(a: &Coverage, b: &Coverage) -> Crosswalk {
    crosswalk_of(a, b, SliverRule::default())
}

fn id(number: u64) -> UnitId {
    UnitId::try_from(number).unwrap()
}

/// Rows and columns sum to their units.
fn sums_close(crosswalk: &Crosswalk, a: &Coverage, b: &Coverage) {
    let turned = crosswalk.transposed();
    for (coverage, matrix) in [(a, crosswalk), (b, &turned)] {
        for face in coverage.faces() {
            let want = area::shape_m2(&coverage.shape(face));
            let got: f64 = matrix.row_cells(coverage.unit(face)).map(|(_, cell)| cell.area_m2).sum();
            assert!((got / want - 1.0).abs() < 1e-9, "{face:?}: {got} of {want}");
        }
    }
}

/// The square of DESIGN: four quadrants, and two strips that part at 6 of 10.
const STEP: i32 = 10_000;

fn golden() -> (Coverage, Coverage) {
    let s = |from: i32, to: i32| (from * STEP, to * STEP);
    let land =
        rectangles(&[(s(0, 5), s(0, 5)), (s(5, 10), s(0, 5)), (s(0, 5), s(5, 10)), (s(5, 10), s(5, 10))]);
    let police = rectangles(&[(s(0, 6), s(0, 10)), (s(6, 10), s(0, 10))]);
    (land, police)
}

#[test]
fn the_golden_square_has_its_measures() {
    let (land, police) = golden();
    let overlay = lay(&land, &police);
    assert_eq!(overlay.pieces().len(), 6);
    let crosswalk = walked(&land, &police);
    let measures = crosswalk.measures();
    assert!((measures.mismatch - 0.10).abs() < 1e-6, "{measures:?}");
    assert!((measures.nesting - 0.628_236).abs() < 1e-6, "{measures:?}");
    assert_eq!((measures.units, measures.split), (4, 2));
    let g2 = crosswalk.row(id(2)).unwrap();
    assert!((g2.effective_splits - 0.470_588).abs() < 1e-6, "{g2:?}");
    assert!((g2.purity - 0.8).abs() < 1e-6 && g2.most == Some(id(2)), "{g2:?}");
}

fn whole_of(of: &Coverage, along: &Coverage, distance_m: f64) -> Aligned<1> {
    aligned([of, along], [distance_m], |_| true).values().fold(Aligned::NONE, Aligned::plus)
}

#[test]
fn the_golden_square_is_aligned_as_it_says() {
    let (land, police) = golden();
    let step_m = crate::geom::metric::Metric::at(Point::new(0, 0)).east_m * f64::from(STEP);
    let share = |steps: f64| whole_of(&police, &land, steps * step_m).shares()[0];
    assert!((share(0.5) - 0.1).abs() < 1e-3, "{}", share(0.5));
    assert!((share(1.000_001) - 1.0).abs() < 1e-9, "{}", share(1.000_001));
    assert!(share(0.0).abs() < 1e-12);
    let own = whole_of(&land, &land, 0.0);
    assert!(own.inner_m > 0.0 && (own.shares()[0] - 1.0).abs() < 1e-12);
}

#[test]
fn a_layer_over_itself_has_its_own_units_for_pieces() {
    let (land, _) = golden();
    let overlay = lay(&land, &land);
    let pairs: Vec<_> = overlay.pieces().iter().map(|p| p.faces).collect();
    assert_eq!(pairs, land.faces().map(|f| [f, f]).collect::<Vec<_>>());
    let measures = walked(&land, &land).measures();
    assert!(measures.mismatch.abs() < 1e-12 && (measures.nesting - 1.0).abs() < 1e-12, "{measures:?}");
}

#[test]
fn grids_that_nest_in_the_other_layer_have_nesting_one() {
    let (land, _) = golden();
    let halves = rectangles(&[((0, 100_000), (0, 50_000)), ((0, 100_000), (50_000, 100_000))]);
    let measures = walked(&land, &halves).measures();
    assert!(measures.mismatch.abs() < 1e-12 && (measures.nesting - 1.0).abs() < 1e-12, "{measures:?}");
    assert_eq!(measures.split, 0);
}

#[test]
fn ground_that_only_one_has_lies_outside_the_other() {
    let a = rectangles(&[((0, 10_000), (0, 10_000))]);
    let b = rectangles(&[((5_000, 20_000), (2_000, 8_000))]);
    let overlay = lay(&a, &b);
    let faces: Vec<_> = overlay.pieces().iter().map(|p| p.faces.map(|f| f.0)).collect();
    assert_eq!(faces, [[0, 1], [1, 0], [1, 1]]);
    let apart = rectangles(&[((50_000, 60_000), (0, 10_000))]);
    assert_eq!(lay(&a, &apart).pieces().len(), 2);
}

#[test]
fn an_island_in_a_unit_is_a_hole_of_the_piece_around_it() {
    let a = rectangles(&[((0, 30_000), (0, 30_000))]);
    let b = rectangles(&[((10_000, 20_000), (10_000, 20_000))]);
    let overlay = lay(&a, &b);
    let around = overlay.pieces().iter().find(|p| p.faces == [Face(1), Face::OUTSIDE]).unwrap();
    let outline = overlay.outline(around);
    assert_eq!(outline.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5]);
    let whole = area::shape_m2(&a.shape(Face(1)));
    assert!((around.area_m2 / whole - 8.0 / 9.0).abs() < 1e-6);
}

#[test]
fn a_hole_goes_to_the_piece_around_it_when_a_pair_has_two() {
    // One unit of two squares, each with a hole of the other layer's outside.
    let a = rectangles(&[((0, 90_000), (0, 30_000))]);
    let b = rectangles(&[((30_000, 60_000), (0, 30_000)), ((10_000, 20_000), (10_000, 20_000))]);
    let overlay = lay(&a, &b);
    let outside: Vec<_> = overlay.pieces().iter().filter(|p| p.faces == [Face(1), Face(0)]).collect();
    let holes: Vec<usize> = outside.iter().map(|p| overlay.outline(p).len() - 1).collect();
    // The western one has the hole, so it is the smaller.
    assert_eq!(holes, [0, 1]);
    assert!(overlay.outline(outside[1])[0].iter().all(|p| p.0 <= 0.003_000_1));
}

#[test]
fn a_thin_strip_is_a_sliver_and_counts_in_the_sums_only() {
    let (land, _) = golden();
    // Three metres beside the border of the quadrants.
    let shifted = rectangles(&[((0, 50_300), (0, 100_000)), ((50_300, 100_000), (0, 100_000))]);
    let crosswalk = walked(&land, &shifted);
    assert_eq!(crosswalk.measures().split, 0);
    assert_eq!(crosswalk.cell([Some(id(2)), Some(id(1))]).slivers, 1);
    assert!(crosswalk.measures().mismatch > 0.0);
    let strict = crosswalk_of(&land, &shifted, SliverRule { width_m: 0.0, area_m2: 0.0 });
    assert_eq!(strict.measures().split, 2);
}

#[test]
fn borders_that_run_along_each_other_in_parts_meet_where_they_part() {
    // The upper border of `a` and the lower one of `b` share the middle third, vertices apart.
    let a = coverage(&[&[(0, 0), (90_000, 0), (90_000, 30_000), (0, 30_000)]]);
    let b = coverage(&[&[(30_000, 30_000), (60_000, 30_000), (60_000, 60_000), (30_000, 60_000)]]);
    let overlay = lay(&a, &b);
    assert_eq!(overlay.pieces().len(), 2);
    let east_m = crate::geom::metric::Metric::at(Point::new(0, 30_000)).east_m;
    assert!((overlay.shared_m() / (30_000.0 * east_m) - 1.0).abs() < 1e-6, "{}", overlay.shared_m());
}

#[test]
fn the_other_way_round_is_the_transpose() {
    let a = coverage(&[&[(0, 0), (50_000, 10_000), (70_000, 60_000), (10_000, 80_000)]]);
    let b = coverage(&[
        &[(20_000, -10_000), (90_000, 20_000), (40_000, 90_000)],
        &[(20_000, -10_000), (40_000, 90_000), (-30_000, 40_000)],
    ]);
    let there = walked(&a, &b);
    let back = walked(&b, &a).transposed();
    let pairs: Vec<_> = there.cells().map(|(pair, _)| pair).collect();
    assert_eq!(pairs, back.cells().map(|(pair, _)| pair).collect::<Vec<_>>());
    for (pair, cell) in there.cells() {
        assert!((cell.area_m2 - back.cell(pair).area_m2).abs() < 1e-6 * cell.area_m2.max(1.0));
    }
}

#[test]
fn a_unit_that_is_cut_has_the_outlines_of_its_pieces_and_a_whole_one_none() {
    let (land, police) = golden();
    let laid = on_both([&land, &police], Laid::new).unwrap();
    let outlines: Vec<usize> = laid.pieces().iter().map(|p| p.outline.len()).collect();
    assert_eq!(outlines, [0, 1, 1, 0, 1, 1], "{:?}", laid.pieces());
}

#[test]
fn what_is_kept_up_with_an_edit_is_what_would_be_laid_anew() {
    let (land, police) = golden();
    let was = on_both([&land, &police], Laid::new).unwrap();
    let s = |from: i32, to: i32| (from * STEP, to * STEP);
    // The border between the two upper quadrants moves on to that of the police grids.
    let moved =
        rectangles(&[(s(0, 5), s(0, 5)), (s(5, 10), s(0, 5)), (s(0, 6), s(5, 10)), (s(6, 10), s(5, 10))]);
    assert_eq!(land.differing_units(&moved), [id(2), id(3), id(4)].into());
    let kept = on_both([&moved, &police], |sides| was.after([&land, &police], sides)).unwrap();
    let anew = on_both([&moved, &police], Laid::new).unwrap();
    assert_eq!(kept.pieces(), anew.pieces());
    assert_eq!(kept.aligned(), anew.aligned());
    assert!(Crosswalk::of(&kept, SliverRule::default()).measures().mismatch < 0.06);
}
