//! A draft's life: steps lost and kept, whose ground, what comes of it. On both stores.

use super::world::{Town, approver, move_node, planner, redraw, set, split};
use crate::http::client::wait;
use crate::square;
use chrono::Utc;
use serde_json::json;
use std::collections::BTreeSet;
use wangge::app::Order;
use wangge::app::access::{Actor, Duties, Territory};
use wangge::app::drafting::{DraftError, Review};
use wangge::edit::{IllegalStep, Stage};
use wangge::store::Part;

fn bend() -> serde_json::Value {
    redraw(&[(5., 1.), (6., 2.5), (5., 4.)])
}

#[test]
fn a_draft_goes_from_its_first_line_to_a_revision_on_either_store() {
    wait(async {
        for town in [Town::file().await, Town::database().await] {
            let id = town.begin("改界").await;
            let drawn = town.draw(id, bend()).await;
            assert_eq!((drawn.seq, drawn.name, drawn.version), (Some(1), "replace_path", 2));
            let sum: f64 = drawn.effect.areas.iter().map(|a| a.after_m2 - a.before_m2).sum();
            assert!(drawn.effect.areas.len() == 2 && sum.abs() < 1e-6, "{:?}", drawn.effect.areas);
            town.draw(id, split("g3", "g9", &[(2.5, 5.), (2.5, 10.)])).await;
            let impact = town.app.draft_impact(id).await.unwrap();
            assert_eq!(impact.levels, [("land".to_owned(), "grid".to_owned())]);
            assert!(impact.conflicts.is_empty() && impact.defects.is_empty());
            town.approve(id).await;
            town.publish(id).await;
            assert_eq!((town.head(), town.owner(5.5, 2.5).as_deref()), (2, Some("g1")));
            let published = town.app.published();
            assert_eq!(published.revisions.len(), 2);
            let again = town.node_or_same().await;
            assert_eq!(again.state_hash, published.state_hash, "what is in force is what is stored");
            assert_eq!(town.app.store().verify().await.unwrap(), Vec::<String>::new());
            let difference = town.app.difference(1, 2).await.unwrap();
            assert_eq!(difference.lineage.len(), 1);
            assert_eq!(difference.lineage[0].1.as_str(), "g9");
            let back = town.app.difference(2, 1).await.unwrap();
            let invert = difference.change.invert();
            assert_eq!(back.change, invert);
            assert_eq!(town.app.difference(2, 2).await.unwrap().change.layers().len(), 0);
        }
    });
}

#[test]
fn of_two_browsers_on_one_draft_none_loses_a_step() {
    wait(async {
        let town = Town::file().await;
        let id = town.begin("x").await;
        let seen = town.seen(id).await;
        let operation = |mut o: serde_json::Value| {
            o["layer"] = "land".into();
            serde_json::from_value(o).unwrap()
        };
        let (planner, now) = (planner(), Utc::now());
        let one = town.app.add_operation(seen, operation(bend()), &planner, now);
        let two = town.app.add_operation(seen, operation(move_node((5., 5.), (5.2, 5.2))), &planner, now);
        let (one, two) = tokio::join!(one, two);
        assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
        let lost = one.err().or(two.err()).unwrap();
        assert!(matches!(lost, DraftError::Stale { expected: 1, got: 2 }), "{lost:?}");
        assert_eq!(town.app.working(id).await.unwrap().stored.len(), 1);
    });
}

#[test]
fn undo_and_redo_survive_a_restart_and_end_where_they_began() {
    wait(async {
        let town = Town::file().await;
        let operations = [bend(), move_node((5., 5.), (5.2, 5.2)), set("g3", "name", "北村第1网格", "新")];
        let id = town.drawn("x", &operations).await;
        let full = town.app.working(id).await.unwrap();
        let planner = planner();
        for (left, name) in [(2, "set_attributes"), (1, "move_node")] {
            let undone = town.app.undo(town.seen(id).await, &planner, Utc::now()).await.unwrap();
            assert_eq!((undone.name, undone.seq), (name, Some(left + 1)));
            assert!(!undone.effect.after.is_empty(), "it tells what it took back");
        }
        let town = town.reopened().await;
        let working = town.app.working(id).await.unwrap();
        let parts: Vec<Part> = working.stored.iter().map(|o| o.part).collect();
        assert_eq!(parts, [Part::Done, Part::Undone, Part::Undone]);
        for name in ["move_node", "set_attributes"] {
            assert_eq!(town.app.redo(town.seen(id).await, &planner, Utc::now()).await.unwrap().name, name);
        }
        assert_eq!(town.app.working(id).await.unwrap().hash(), full.hash());
        let none = town.app.redo(town.seen(id).await, &planner, Utc::now()).await;
        assert!(matches!(none, Err(DraftError::Nothing("redo"))), "{none:?}");
        for _ in 0..3 {
            town.app.undo(town.seen(id).await, &planner, Utc::now()).await.unwrap();
        }
        let working = town.app.working(id).await.unwrap();
        assert_eq!(working.state_hash(), Some(town.app.published().state_hash));
        let none = town.app.undo(town.seen(id).await, &planner, Utc::now()).await;
        assert!(matches!(none, Err(DraftError::Nothing("undo"))), "{none:?}");
        town.draw(id, move_node((5., 5.), (4.8, 4.8))).await;
        let parts: Vec<Part> = town.app.working(id).await.unwrap().stored.iter().map(|o| o.part).collect();
        assert_eq!(
            parts,
            [Part::Dropped, Part::Dropped, Part::Dropped, Part::Done],
            "a new line ends redoing"
        );
    });
}

#[test]
fn a_preview_writes_nothing_and_says_what_the_operation_then_does() {
    wait(async {
        let town = Town::file().await;
        let id = town.begin("x").await;
        let seen = town.seen(id).await;
        let mut operation = split("g1", "g9", &[(2.5, 0.), (2.5, 5.)]);
        operation["layer"] = "land".into();
        let operation: wangge::edit::Operation = serde_json::from_value(operation).unwrap();
        let tried = town.app.preview(id, operation.clone(), &planner(), Utc::now()).await.unwrap();
        assert_eq!((tried.seq, town.seen(id).await), (None, seen));
        let made = town.app.add_operation(seen, operation, &planner(), Utc::now()).await.unwrap();
        let areas = |d: &wangge::app::drafting::Drawn| {
            let mut rows: Vec<_> = d.effect.areas.iter().map(|a| (a.code.clone(), a.after_m2)).collect();
            rows.sort_by(|a, b| a.0.cmp(&b.0));
            rows
        };
        assert_eq!(areas(&tried), areas(&made));
    });
}

#[test]
fn a_border_is_moved_by_whoever_holds_both_sides() {
    wait(async {
        let town = Town::file().await;
        let of = |units: &[u64]| Actor {
            duties: Duties::All,
            territory: Territory::Of(units.iter().map(|&n| square::id(n)).collect()),
            ..planner()
        };
        // v1 holds g1 and g2, v2 holds g3 and g4.
        let (south, north, all) = (of(&[4]), of(&[5]), of(&[3]));
        let id = town.begin("x").await;
        town.try_draw(id, bend(), &south).await.unwrap();
        let across = redraw(&[(1., 5.), (2.5, 6.), (4., 5.)]);
        for actor in [&south, &north] {
            let refused = town.try_draw(id, across.clone(), actor).await;
            assert!(matches!(&refused, Err(DraftError::Territory(units)) if units.len() == 1), "{refused:?}");
        }
        town.try_draw(id, across, &all).await.unwrap();
        let moved = json!({"kind": "reassign_parent", "units": ["g1"], "parent": "v2"});
        let refused = town.try_draw(id, moved.clone(), &south).await;
        assert!(matches!(refused, Err(DraftError::Territory(_))), "{refused:?}");
        town.try_draw(id, moved, &all).await.unwrap();
        let outline =
            json!({"kind": "move_outline", "path": super::world::line(&[(1., 0.), (2.5, -1.), (4., 0.)])});
        let refused = town.try_draw(id, outline.clone(), &all).await;
        assert!(matches!(refused, Err(DraftError::Territory(_))), "{refused:?}");
        town.try_draw(id, outline, &planner()).await.unwrap();
        // A cut that ends on a border puts a vertex into the neighbour, which needs no right.
        town.try_draw(id, split("g2", "g8", &[(7.5, 0.), (7.5, 5.)]), &south).await.unwrap();
        town.review(id, Review::Submit, &planner()).await.unwrap();
        let approver = Actor { name: "approver".into(), ..south };
        let refused = town.review(id, Review::Approve(None), &approver).await;
        assert!(matches!(refused, Err(DraftError::Territory(_))), "{refused:?}");
    });
}

#[test]
fn only_the_author_draws_and_somebody_else_approves() {
    wait(async {
        let town = Town::file().await;
        let id = town.drawn("x", &[bend()]).await;
        let other = town.try_draw(id, move_node((5., 5.), (5.2, 5.2)), &approver()).await;
        assert!(matches!(other, Err(DraftError::NotAuthor { .. })), "{other:?}");
        town.review(id, Review::Submit, &planner()).await.unwrap();
        let own = town.review(id, Review::Approve(None), &planner()).await;
        assert!(matches!(own, Err(DraftError::Illegal(IllegalStep::OwnDraft(_)))), "{own:?}");
        let drawn = town.try_draw(id, move_node((5., 5.), (5.2, 5.2)), &planner()).await;
        assert!(matches!(drawn, Err(DraftError::Illegal(IllegalStep::NotFromHere { .. }))), "{drawn:?}");
        let wrong = Review::Approve(Some(wangge::edit::Change::default().hash()));
        let wrong = town.review(id, wrong, &approver()).await;
        assert!(matches!(wrong, Err(DraftError::Illegal(IllegalStep::OtherChange { .. }))), "{wrong:?}");
        town.review(id, Review::Return, &approver()).await.unwrap();
        town.draw(id, move_node((5., 5.), (5.2, 5.2))).await;
        let working = town.app.working(id).await.unwrap();
        assert_eq!(working.draft.standing.flow.stage(), Stage::Draft);
        let kinds: Vec<&str> = working.trail.iter().map(|e| e.kind.as_str()).collect();
        assert_eq!(kinds, ["created", "submitted", "returned", "reopened"]);
        town.review(id, Review::Withdraw, &planner()).await.unwrap();
        let gone = town.review(id, Review::Submit, &planner()).await;
        assert!(matches!(gone, Err(DraftError::Illegal(_))), "{gone:?}");
    });
}

#[test]
fn a_draft_may_hold_gaps_and_a_revision_may_not() {
    wait(async {
        let town = Town::file().await;
        let id = town.drawn("x", &[json!({"kind": "retire", "unit": "g1"})]).await;
        let defects = town.app.draft_defects(id).await.unwrap();
        assert_eq!(defects.len(), 1);
        let refused = town.review(id, Review::Submit, &planner()).await;
        assert!(matches!(&refused, Err(DraftError::Refused(found)) if *found == defects), "{refused:?}");
        let fill = json!({"kind": "create", "parent": "v1", "new": {"code": "g9", "name": "新"},
            "area": [super::world::line(&[(0., 0.), (5., 0.), (5., 5.), (0., 5.)])]});
        town.draw(id, fill).await;
        town.approve(id).await;
        town.publish(id).await;
        assert_eq!((town.owner(1., 1.).as_deref(), town.unit("g1")), (Some("g9"), None));
        let empty = town.begin("y").await;
        let refused = town.review(empty, Review::Submit, &planner()).await;
        assert!(matches!(refused, Err(DraftError::Empty)), "{refused:?}");
    });
}

#[test]
fn a_revision_is_taken_back_whatever_came_after_it() {
    wait(async {
        let town = Town::file().await;
        let before = town.app.published();
        let first = town.drawn("合并", &[json!({"kind": "merge", "keep": "g1", "drop": ["g2"]})]).await;
        town.approve(first).await;
        town.publish(first).await;
        let later = town.drawn("改名", &[set("g3", "name", "北村第1网格", "新")]).await;
        town.approve(later).await;
        town.publish(later).await;
        let back = town.app.revert(2, (None, None), &planner(), Utc::now()).await.unwrap();
        assert_eq!((back.draft.reverts, back.draft.standing.base), (Some(2), 3));
        town.approve(back.draft.id).await;
        town.publish(back.draft.id).await;
        assert_eq!(town.unit("g2").unwrap().id, square::id(12), "the retired unit is itself again");
        assert_eq!(town.unit("g3").unwrap().name, "新", "what came later stays");
        let rename = town.app.revert(3, (None, None), &planner(), Utc::now()).await.unwrap();
        town.approve(rename.draft.id).await;
        town.publish(rename.draft.id).await;
        assert_eq!(town.app.published().state_hash, before.state_hash, "all is as it was");
        let twice = town.app.revert(3, (None, None), &planner(), Utc::now()).await;
        assert!(matches!(twice, Err(DraftError::Empty | DraftError::Conflicts(_))), "{twice:?}");
        let first = town.app.revert(1, (None, None), &planner(), Utc::now()).await;
        assert!(matches!(first, Err(DraftError::UnknownRevision(1))), "{first:?}");
    });
}

#[test]
fn two_drafts_never_make_a_unit_of_one_id() {
    wait(async {
        let town = Town::file().await;
        let a = town.drawn("a", &[split("g1", "g8", &[(2.5, 0.), (2.5, 5.)])]).await;
        let b = town.drawn("b", &[split("g4", "g9", &[(7.5, 5.), (7.5, 10.)])]).await;
        for id in [a, b] {
            town.approve(id).await;
        }
        for id in [a, b] {
            town.publish(id).await;
        }
        let ids: BTreeSet<_> = ["g1", "g4", "g8", "g9"].iter().map(|c| town.unit(c).unwrap().id).collect();
        assert_eq!(ids.len(), 4);
        assert!(town.try_publish(a, Order::default()).await.is_err(), "a draft is published once");
    });
}

#[test]
fn who_works_on_the_same_units_is_told() {
    wait(async {
        let town = Town::file().await;
        let (a, b) = (town.drawn("a", &[bend()]).await, town.begin("b").await);
        let far = town.draw(b, redraw(&[(5., 6.), (6., 7.5), (5., 9.)])).await;
        assert_eq!(far.claims, [], "nobody works there");
        let mut near = town.draw(b, move_node((5., 5.), (5.2, 5.2))).await.claims;
        for _ in 0..200 {
            if !near.is_empty() {
                break;
            }
            // Claims are noted beside the answer.
            tokio::task::yield_now().await;
            near = town.app.undo(town.seen(b).await, &planner(), Utc::now()).await.unwrap().claims;
            town.app.redo(town.seen(b).await, &planner(), Utc::now()).await.unwrap();
        }
        assert_eq!((near.len(), near[0].draft, near[0].actor.as_str()), (1, a, "planner"));
    });
}
