//! Drafts that are published at a moment to come.

use super::world::{Town, approver, move_node, planner, redraw, set};
use crate::http::client::wait;
use chrono::{TimeDelta, Utc};
use std::collections::BTreeSet;
use wangge::app::Order;
use wangge::app::drafting::{DraftError, Review};
use wangge::edit::Stage;

#[test]
fn two_scheduled_drafts_and_a_publish_between_them() {
    wait(async {
        let town = Town::file().await;
        let (tomorrow, after) = (Utc::now() + TimeDelta::days(1), Utc::now() + TimeDelta::days(2));
        let first = town.drawn("先", &[redraw(&[(1., 5.), (2.5, 6.), (4., 5.)])]).await;
        let second = town.drawn("后", &[redraw(&[(5., 1.), (6., 2.5), (5., 4.)])]).await;
        let between = town.drawn("中", &[redraw(&[(5., 1.), (4., 2.5), (5., 4.)])]).await;
        for id in [first, second, between] {
            town.approve(id).await;
        }
        town.schedule(first, tomorrow).await;
        town.schedule(second, after).await;
        let refused = town.try_publish(between, Order::default()).await;
        let Err(DraftError::WouldBlock(lost)) = refused else { panic!("{refused:?}") };
        assert_eq!(lost.iter().map(|d| d.id).collect::<Vec<_>>(), [second], "it is reported first");
        assert_eq!(town.head(), 1);
        let consent = Order { blocks: BTreeSet::from([second]), ..Order::default() };
        town.try_publish(between, consent).await.unwrap();
        // A restart in between.
        let town = town.reopened().await;
        assert_eq!(town.app.publish_due(Utc::now()).await.unwrap(), 0, "nobody's moment has come");
        assert_eq!(town.app.publish_due(tomorrow).await.unwrap(), 1);
        assert_eq!((town.head(), town.owner(2.5, 5.5).as_deref()), (3, Some("g1")));
        assert_eq!(town.app.publish_due(after).await.unwrap(), 0);
        assert_eq!(town.head(), 3, "the head stays");
        let blocked = town.app.working(second).await.unwrap();
        assert_eq!(blocked.draft.standing.flow.stage(), Stage::Blocked);
        assert!(blocked.draft.standing.blocked.as_ref().unwrap().contains("conflict"));
        let listed = town.app.drafts(&[Stage::Blocked]).await.unwrap();
        assert_eq!(listed.iter().map(|d| d.id).collect::<Vec<_>>(), [second]);
        assert_eq!(town.app.publish_due(after).await.unwrap(), 0, "it is blocked once");
        assert_eq!(town.app.store().verify().await.unwrap(), Vec::<String>::new());
    });
}

#[test]
fn exactly_one_node_publishes_a_scheduled_draft() {
    wait(async {
        let town = Town::database().await;
        let nodes = [town.node().await, town.node().await];
        for round in 0..4 {
            let (y, x) = (1. + f64::from(round), 4.5 + 0.2 * f64::from(round));
            let line = if round == 0 {
                redraw(&[(5., 0.5), (x, y), (5., 4.5)])
            } else {
                move_node(town_vertex(round), (x, y))
            };
            let id = town.drawn(&format!("{round}"), &[line]).await;
            town.approve(id).await;
            let at = Utc::now() + TimeDelta::hours(1);
            town.schedule(id, at).await;
            let all = [&town.app, &nodes[0], &nodes[1]];
            let done = futures::future::join_all(all.iter().map(|app| app.publish_due(at))).await;
            let done: Vec<usize> = done.into_iter().map(|d| d.unwrap()).collect();
            assert_eq!(done.iter().sum::<usize>(), 1, "{done:?}");
            for app in all {
                app.take_up().await.unwrap();
                assert_eq!(app.published().revision().number, round as u64 + 2);
                assert_eq!(app.published().state_hash, town.app.published().state_hash);
            }
        }
    });
}

/// Where the vertex stands that the round before made or moved.
fn town_vertex(round: i32) -> (f64, f64) {
    (4.5 + 0.2 * f64::from(round - 1), f64::from(round))
}

#[test]
fn a_scheduled_draft_can_be_sent_back_and_a_moment_that_has_passed_is_none() {
    wait(async {
        let town = Town::file().await;
        let id = town.drawn("x", &[set("g3", "name", "北村第1网格", "新")]).await;
        town.approve(id).await;
        let past = Order { at: Some(Utc::now() - TimeDelta::seconds(1)), ..Order::default() };
        let refused = town.try_publish(id, past).await;
        assert!(matches!(refused, Err(DraftError::Passed { .. })), "{refused:?}");
        let at = Utc::now() + TimeDelta::hours(1);
        town.schedule(id, at).await;
        town.review(id, Review::Return, &approver()).await.unwrap();
        assert_eq!(town.app.publish_due(at).await.unwrap(), 0);
        assert_eq!((town.head(), town.unit("g3").unwrap().name.as_str()), (1, "北村第1网格"));
        town.review(id, Review::Withdraw, &planner()).await.unwrap();
    });
}
