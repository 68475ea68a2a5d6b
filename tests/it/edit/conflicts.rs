//! The conflict table: two drafts on one base, on squared paper. Four units around the node (100, 100); unit 1 in the
//! south-west, then 2 south-east, 3 north-west, 4 north-east. Each row is tried in both orders.

use super::cases::operation;
use super::world::{World, hash, id, land, on, shapes, terms};
use crate::coverage::wkt;
use wangge::edit::{Change, ConflictKind, Flow, Stage, State, Step, rebase, resolve};
use wangge::geom::Shape;
use wangge::unit::UnitId;

fn quarters() -> World {
    let square = |n, x: i32, y: i32| {
        let (e, t) = (x + 100, y + 100);
        (id(n), wkt::shape(&format!("POLYGON(({x} {y},{e} {y},{e} {t},{x} {t},{x} {y}))")))
    };
    World::new(vec![land(vec![square(1, 0, 0), square(2, 100, 0), square(3, 0, 100), square(4, 100, 100)])])
}

/// The net change of operations in a row.
fn drawn(base: &State, operations: &[&str], first: u64) -> Change {
    let mut state = base.clone();
    for text in operations {
        let resolved = resolve(&state, &on("land", operation(text)), &terms(first));
        state = state.after(&resolved.unwrap_or_else(|d| panic!("{text}: {d:?}")).change).unwrap();
    }
    state.change().clone()
}

fn shape(state: &State, unit: u64) -> Option<Shape> {
    shapes(state, "land").remove(&id(unit))
}

/// Both orders merge to one state, which is given to `check`.
fn merges(a: &[&str], b: &[&str], check: impl Fn(&State)) {
    let world = quarters();
    let base = world.state();
    let (a, b) = (drawn(&base, a, 100), drawn(&base, b, 200));
    let (after_a, after_b) = (base.after(&a).unwrap(), base.after(&b).unwrap());
    let b_on_a = rebase(&b, &after_a).unwrap_or_else(|c| panic!("b on a: {c:?}"));
    let a_on_b = rebase(&a, &after_b).unwrap_or_else(|c| panic!("a on b: {c:?}"));
    let (ab, ba) = (after_a.after(&b_on_a).unwrap(), after_b.after(&a_on_b).unwrap());
    assert_eq!(hash(&ab), hash(&ba), "the order matters");
    assert_eq!(rebase(&b_on_a, &after_a), Ok(b_on_a), "rebased twice is rebased once");
    check(&ab);
}

/// Neither order merges; the conflicts are of this kind.
fn conflicts(a: &[&str], b: &[&str], kind: ConflictKind) {
    let world = quarters();
    let base = world.state();
    let (a, b) = (drawn(&base, a, 100), drawn(&base, b, 200));
    for (mine, theirs) in [(&a, &b), (&b, &a)] {
        let found = rebase(mine, &base.after(theirs).unwrap()).expect_err("this must be settled by a person");
        assert!(found.iter().any(|c| c.kind == kind), "{found:?}");
        assert!(kind == ConflictKind::Field || found.iter().all(|c| c.at.is_some()), "{found:?}");
    }
}

fn is(state: &State, unit: u64, want: &str) {
    assert_eq!(
        shape(state, unit).map(|s| wkt::write(&s)),
        Some(wkt::write(&wkt::shape(want).canonical())),
        "{unit}"
    );
}

#[test]
fn different_borders_of_one_grid_merge() {
    merges(&["replace_path (100 20, 120 50, 100 80)"], &["replace_path (20 100, 50 120, 80 100)"], |state| {
        is(state, 1, "POLYGON((0 0,100 0,100 20,120 50,100 80,100 100,80 100,50 120,20 100,0 100,0 0))");
    });
}

#[test]
fn separate_runs_of_one_border_merge() {
    let bend = &["replace_path (100 10, 110 30, 100 50, 110 70, 100 90)"];
    let world = quarters();
    let bent = world.state().after(&drawn(&world.state(), bend, 100)).unwrap();
    let on_bent = |text| resolve(&bent, &on("land", operation(text)), &terms(100)).unwrap().change;
    let (a, b) = (on_bent("move_node (110 30, 120 30)"), on_bent("move_node (110 70, 120 70)"));
    let (after_a, after_b) = (bent.after(&a).unwrap(), bent.after(&b).unwrap());
    let (b_on_a, a_on_b) = (rebase(&b, &after_a).unwrap(), rebase(&a, &after_b).unwrap());
    assert_eq!((&b_on_a, &a_on_b), (&b, &a), "nothing of either changes");
    assert_eq!(hash(&after_a.after(&b_on_a).unwrap()), hash(&after_b.after(&a_on_b).unwrap()));
}

#[test]
fn the_same_vertex_moved_twice_is_a_conflict() {
    conflicts(&["move_node (100 100, 110 110)"], &["move_node (100 100, 90 95)"], ConflictKind::Border);
}

#[test]
fn the_same_run_redrawn_twice_is_a_conflict() {
    conflicts(
        &["replace_path (100 0, 120 50, 100 100)"],
        &["replace_path (100 0, 90 50, 100 100)"],
        ConflictKind::Border,
    );
}

#[test]
fn a_run_of_many_segments_that_both_redrew_is_told_once() {
    let world = quarters();
    let bend = &["replace_path (100 10, 110 30, 100 50, 110 70, 100 90)"];
    let bent = world.state().after(&drawn(&world.state(), bend, 100)).unwrap();
    let on_bent = |text| resolve(&bent, &on("land", operation(text)), &terms(100)).unwrap().change;
    let theirs = bent.after(&on_bent("replace_path (100 10, 130 50, 100 90)")).unwrap();
    let found = rebase(&on_bent("replace_path (100 10, 80 50, 100 90)"), &theirs).unwrap_err();
    assert_eq!(
        found.iter().map(|c| (c.kind, c.segments)).collect::<Vec<_>>(),
        [(ConflictKind::Border, 4)],
        "{found:?}"
    );
    assert_eq!(found[0].units, [id(1), id(2)], "{found:?}");
}

#[test]
fn a_split_and_a_move_of_the_far_border_merge() {
    merges(
        &["split g1 (50 0, 50 100) new g9 keep left"],
        &["replace_path (100 20, 120 50, 100 80)"],
        |state| {
            is(state, 1, "POLYGON((0 0,50 0,50 100,0 100,0 0))");
            is(state, 100, "POLYGON((50 0,100 0,100 20,120 50,100 80,100 100,50 100,50 0))");
        },
    );
}

#[test]
fn a_split_and_a_neighbour_that_takes_a_corner_of_the_piece_merge() {
    merges(
        &["split g1 (50 0, 50 100) new g9 keep left"],
        &["transfer g1 g2 (80 20, 120 20, 120 60, 80 60)"],
        |state| is(state, 100, "POLYGON((50 0,100 0,100 20,80 20,80 60,100 60,100 100,50 100,50 0))"),
    );
}

#[test]
fn a_merge_and_a_move_of_the_border_that_vanishes_are_a_conflict() {
    conflicts(&["merge g1 g2"], &["replace_path (100 20, 120 50, 100 80)"], ConflictKind::Border);
}

#[test]
fn a_merge_and_a_move_of_the_far_border_of_what_ends_merge() {
    merges(&["merge g1 g2"], &["replace_path (120 100, 150 120, 180 100)"], |state| {
        assert_eq!(shape(state, 2), None);
        let want = "POLYGON((0 0,100 0,200 0,200 100,180 100,150 120,120 100,100 100,0 100,0 0))";
        is(state, 1, want);
    });
}

#[test]
fn two_edits_that_cross_only_together_are_a_conflict() {
    conflicts(
        &["replace_path (100 20, 40 60, 100 80)"],
        &["replace_path (20 100, 60 40, 80 100)"],
        ConflictKind::Crossing,
    );
}

#[test]
fn a_new_name_and_a_move_merge_and_two_new_names_do_not() {
    merges(&["set g1 name g1 新名"], &["replace_path (100 20, 120 50, 100 80)"], |state| {
        assert_eq!(state.layer("land").unwrap().unit(id(1)).unwrap().name, "新名");
    });
    conflicts(&["set g1 name g1 新名"], &["set g1 name g1 别名"], ConflictKind::Field);
}

#[test]
fn a_vertex_that_the_other_put_into_a_border_is_no_conflict() {
    // Both borders that end on the run of 1 and 2 are new; neither moves the run.
    merges(
        &["split g1 (0 30, 100 30) new g8 keep left"],
        &["split g2 (100 70, 200 70) new g9 keep left"],
        |state| {
            is(state, 1, "POLYGON((0 30,100 30,100 70,100 100,0 100,0 30))");
            is(state, 2, "POLYGON((100 70,200 70,200 100,100 100,100 70))");
        },
    );
}

#[test]
fn a_recode_under_a_draft_hits_no_other_unit() {
    // The draft speaks of ids: after 1 and 2 have swapped their codes it still moves the border of unit 1.
    let swap = ["set g1 code g1 g0", "set g2 code g2 g1"];
    merges(&swap, &["replace_path (20 100, 50 120, 80 100)"], |state| {
        is(state, 1, "POLYGON((0 0,100 0,100 100,80 100,50 120,20 100,0 100,0 0))");
        let bearer = state.layer("land").unwrap().by_code(&super::world::code("g1")).unwrap().id;
        assert_eq!(bearer, UnitId::try_from(2).unwrap());
    });
}

#[test]
fn an_approval_survives_a_rebase_that_leaves_the_change_identical_and_no_other() {
    let world = quarters();
    let base = world.state();
    let mine = drawn(&base, &["split g1 (50 0, 50 100) new g9 keep left"], 100);
    let approved = Flow::new("planner").take(Step::Submit, mine.hash(), true).unwrap();
    let approve = Step::Approve { by: "approver", change: mine.hash() };
    let approved = approved.take(approve, mine.hash(), true).unwrap();
    let elsewhere = drawn(&base, &["replace_path (120 100, 150 120, 180 100)"], 200);
    let same = rebase(&mine, &base.after(&elsewhere).unwrap()).unwrap();
    assert_eq!((same.hash(), approved.rebased(same.hash()).stage()), (mine.hash(), Stage::Approved));
    let near = drawn(&base, &["replace_path (100 20, 120 50, 100 80)"], 200);
    let other = rebase(&mine, &base.after(&near).unwrap()).unwrap();
    assert_ne!(other.hash(), mine.hash());
    assert_eq!(approved.rebased(other.hash()).stage(), Stage::Submitted);
}
