//! The conflict table through the app: two drafts on one revision, published in either order.

use super::world::{Town, approver, move_node, planner, redraw, set, split};
use crate::http::client::wait;
use chrono::Utc;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wangge::app::Order;
use wangge::app::drafting::{DraftError, Review, Settling};
use wangge::edit::{ConflictKind, Stage, StateHash};

/// Draws both drafts, publishes one, and carries the other over.
async fn after(a: &[Value], b: &[Value], second_first: bool) -> Result<(Town, StateHash), Vec<ConflictKind>> {
    let town = Town::file().await;
    let (a, b) = (town.drawn("a", a).await, town.drawn("b", b).await);
    for id in [a, b] {
        town.approve(id).await;
    }
    let (first, last) = if second_first { (b, a) } else { (a, b) };
    town.publish(first).await;
    let seen = town.seen(last).await;
    let carried = town.app.rebase_draft(seen, Settling::default(), &planner(), Utc::now()).await;
    let carried = match carried {
        Err(DraftError::Conflicts(found)) => {
            assert_eq!(town.seen(last).await, seen, "a draft in conflict stays as it was");
            let shown = town.app.draft_conflicts(last).await.unwrap();
            assert_eq!(shown.len(), found.len());
            assert!(shown.iter().all(|s| s.conflict.units.is_empty() || !s.theirs.is_empty()), "{shown:?}");
            let refused = town.try_publish(last, Order::default()).await;
            assert!(matches!(refused, Err(DraftError::Conflicts(_))), "{refused:?}");
            assert_eq!(town.head(), 2, "the head stays");
            return Err(found.iter().map(|c| c.kind).collect());
        }
        other => other.unwrap(),
    };
    assert_eq!(carried.draft.standing.base, 2);
    if carried.draft.standing.flow.stage() == Stage::Submitted {
        town.review(last, Review::Approve(None), &approver()).await.unwrap();
    }
    town.publish(last).await;
    let hash = town.app.published().state_hash;
    Ok((town, hash))
}

fn merges(a: &[Value], b: &[Value]) -> Town {
    wait(async {
        let (town, one) = after(a, b, false).await.unwrap_or_else(|c| panic!("b on a: {c:?}"));
        let (_, other) = after(a, b, true).await.unwrap_or_else(|c| panic!("a on b: {c:?}"));
        assert_eq!(one, other, "the order matters");
        assert_eq!(town.app.store().verify().await.unwrap(), Vec::<String>::new());
        town
    })
}

fn conflict(a: &[Value], b: &[Value], kind: ConflictKind) {
    wait(async {
        for second_first in [false, true] {
            let found = after(a, b, second_first).await.err().expect("a person must settle this");
            assert!(found.contains(&kind), "{found:?}");
        }
    });
}

fn bend() -> Value {
    redraw(&[(5., 1.), (6., 2.5), (5., 4.)])
}

#[test]
fn different_borders_of_one_grid_merge() {
    let town = merges(&[bend()], &[redraw(&[(1., 5.), (2.5, 6.), (4., 5.)])]);
    assert_eq!((town.owner(5.5, 2.5).as_deref(), town.owner(2.5, 5.5).as_deref()), (Some("g1"), Some("g1")));
}

#[test]
fn separate_runs_of_one_border_merge() {
    wait(async {
        let town = Town::file().await;
        let first =
            town.drawn("0", &[redraw(&[(5., 0.5), (5.5, 1.5), (5., 2.5), (5.5, 3.5), (5., 4.5)])]).await;
        town.approve(first).await;
        town.publish(first).await;
        let a = town.drawn("a", &[move_node((5.5, 1.5), (6., 1.5))]).await;
        let b = town.drawn("b", &[move_node((5.5, 3.5), (6., 3.5))]).await;
        town.approve(a).await;
        town.approve(b).await;
        town.publish(a).await;
        // Nothing of it changes, so the approval holds.
        town.publish(b).await;
        assert_eq!(
            (town.owner(5.8, 1.5).as_deref(), town.owner(5.8, 3.5).as_deref()),
            (Some("g1"), Some("g1"))
        );
    });
}

#[test]
fn the_same_vertex_moved_twice_is_a_conflict() {
    let (a, b) = (move_node((5., 5.), (5.5, 5.5)), move_node((5., 5.), (4.5, 4.8)));
    conflict(&[a], &[b], ConflictKind::Border);
}

#[test]
fn the_same_run_redrawn_twice_is_a_conflict() {
    conflict(&[bend()], &[redraw(&[(5., 1.), (4., 2.5), (5., 4.)])], ConflictKind::Border);
}

#[test]
fn a_split_and_a_move_of_the_far_border_merge() {
    let town = merges(&[split("g1", "g9", &[(2.5, 0.), (2.5, 5.)])], &[bend()]);
    assert_eq!((town.owner(1., 1.).as_deref(), town.owner(5.5, 2.5).as_deref()), (Some("g1"), Some("g9")));
}

#[test]
fn a_merge_and_a_move_of_the_border_that_vanishes_are_a_conflict() {
    let merge = json!({"kind": "merge", "keep": "g1", "drop": ["g2"]});
    conflict(&[merge], &[bend()], ConflictKind::Border);
}

#[test]
fn two_edits_that_cross_only_together_are_a_conflict() {
    let (a, b) = (redraw(&[(5., 1.), (2., 3.), (5., 4.)]), redraw(&[(1., 5.), (3., 2.), (4., 5.)]));
    conflict(&[a], &[b], ConflictKind::Crossing);
}

#[test]
fn a_new_name_and_a_move_merge_and_two_new_names_do_not() {
    let name = |new| set("g1", "name", "南社区第1网格", new);
    let town = merges(&[name("新名")], &[bend()]);
    assert_eq!(town.unit("g1").unwrap().name, "新名");
    conflict(&[name("新名")], &[name("别名")], ConflictKind::Field);
}

#[test]
fn a_recode_under_a_draft_hits_no_other_unit() {
    let swap =
        [set("g1", "code", "g1", "g0"), set("g2", "code", "g2", "g1"), set("g1", "attributes.x", "", "")];
    let town = merges(&swap[..2], &[redraw(&[(1., 5.), (2.5, 6.), (4., 5.)])]);
    // The draft spoke of the unit that was g1 then.
    assert_eq!(town.owner(2.5, 5.5).as_deref(), Some("g0"));
    assert_eq!(town.unit("g1").unwrap().id.get(), 12);
}

#[test]
fn an_approval_survives_a_rebase_that_leaves_the_change_identical_and_no_other() {
    wait(async {
        let town = Town::file().await;
        let mine = town.drawn("mine", &[split("g1", "g9", &[(2.5, 0.), (2.5, 5.)])]).await;
        let far = town.drawn("far", &[redraw(&[(5., 6.), (6., 7.5), (5., 9.)])]).await;
        let near = town.drawn("near", &[bend()]).await;
        for id in [mine, far, near] {
            town.approve(id).await;
        }
        town.publish(far).await;
        let before = town.app.working(mine).await.unwrap().hash();
        let seen = town.seen(mine).await;
        let rebased = town.app.rebase_draft(seen, Settling::default(), &planner(), Utc::now()).await.unwrap();
        assert_eq!((rebased.hash(), rebased.draft.standing.flow.stage()), (before, Stage::Approved));
        assert_eq!(rebased.draft.standing.base, 2);
        let twice = town.seen(mine).await;
        let again = town.app.rebase_draft(twice, Settling::default(), &planner(), Utc::now()).await.unwrap();
        assert_eq!((again.draft.version, again.hash()), (twice.1, before), "rebased twice is rebased once");
        town.publish(near).await;
        let refused = town.try_publish(mine, Order::default()).await;
        assert!(matches!(refused, Err(DraftError::Illegal(_))), "{refused:?}");
        let seen = town.seen(mine).await;
        let rebased = town.app.rebase_draft(seen, Settling::default(), &planner(), Utc::now()).await.unwrap();
        assert_eq!(rebased.draft.standing.flow.stage(), Stage::Submitted);
        assert!(rebased.trail.iter().any(|e| e.kind == "approval lost"), "{:?}", rebased.trail);
    });
}

#[test]
fn a_person_settles_a_conflict_by_leaving_out_or_by_drawing_again() {
    wait(async {
        for again in [false, true] {
            let town = Town::file().await;
            let theirs = town.drawn("theirs", &[redraw(&[(5., 1.), (4., 2.5), (5., 4.)])]).await;
            let mine = town.drawn("mine", &[bend(), redraw(&[(1., 5.), (2.5, 6.), (4., 5.)])]).await;
            town.approve(theirs).await;
            town.publish(theirs).await;
            let operation = bend();
            let refused = town.try_draw(mine, operation, &planner()).await;
            assert!(
                matches!(refused, Err(DraftError::Conflicts(_))),
                "it must be settled first: {refused:?}"
            );
            let of = BTreeSet::from([1]);
            let settling = if again {
                Settling { again: of, ..Settling::default() }
            } else {
                Settling { drop: of, ..Settling::default() }
            };
            let seen = town.seen(mine).await;
            town.app.rebase_draft(seen, settling, &planner(), Utc::now()).await.unwrap();
            town.approve(mine).await;
            town.publish(mine).await;
            let owner = if again { "g1" } else { "g2" };
            assert_eq!(town.owner(5.5, 2.5).as_deref(), Some(owner), "again: {again}");
            assert_eq!(
                town.owner(4.7, 2.5).as_deref(),
                Some(if again { "g1" } else { "g2" }),
                "again: {again}"
            );
            assert_eq!(town.owner(2.5, 5.5).as_deref(), Some("g1"), "what was not in conflict is kept");
        }
    });
}
