//! What becomes of codes and units: successors, and lives told turn by turn. On both stores.

use super::world::{Town, redraw, set, split};
use crate::http::client::wait;
use crate::square;
use chrono::Utc;
use serde_json::{Value, json};
use wangge::app::{Gone, Happened, Turn};
use wangge::store::Publication;
use wangge::unit::{Attributes, Code, UnitId};

fn code(text: &str) -> Code {
    Code::try_from(text).unwrap()
}

fn id(n: u64) -> UnitId {
    UnitId::try_from(n).unwrap()
}

async fn publish(town: &Town, title: &str, operations: &[Value]) {
    let draft = town.drawn(title, operations).await;
    town.approve(draft).await;
    town.publish(draft).await;
}

async fn gone(town: &Town, of: &str) -> Option<Gone> {
    let published = town.app.published();
    town.app.gone(&published, "land", &code(of)).await.unwrap()
}

/// `revision happened…`, and the codes of those from whom and into whom the ground went.
fn told(turns: &[Turn]) -> Vec<String> {
    let codes =
        |all: &[wangge::app::Relative]| all.iter().map(|r| r.code.to_string()).collect::<Vec<_>>().join(",");
    let line = |t: &Turn| {
        let happened: Vec<String> = t.happened.iter().map(|h| format!("{h:?}")).collect();
        format!("{} {} <{} >{}", t.revision, happened.join("+"), codes(&t.from), codes(&t.into))
    };
    turns.iter().map(line).collect()
}

async fn a_unit_is_split_merged_and_recoded(town: &Town) {
    publish(town, "拆分", &[split("g3", "g9", &[(2., 5.), (2., 10.)])]).await;
    let g9 = town.unit("g9").unwrap().id;
    publish(town, "再拆", &[split("g9", "g10", &[(3., 5.), (3., 10.)])]).await;
    let g10 = town.unit("g10").unwrap().id;
    assert_eq!(gone(town, "g9").await, None, "it is in use");
    publish(town, "合并", &[json!({"kind": "merge", "keep": "g4", "drop": ["g10"]})]).await;
    publish(town, "又合并", &[json!({"kind": "merge", "keep": "g3", "drop": ["g9"]})]).await;
    assert_eq!(gone(town, "g10").await, Some(Gone { unit: g10, revision: 4, successors: vec![id(14)] }));
    assert_eq!(gone(town, "g9").await, Some(Gone { unit: g9, revision: 5, successors: vec![id(13)] }));
    // The heir goes as well: the successor of a successor answers.
    let last = [set("g4", "name", "北村第2网格", "新名"), set("g4", "code", "g4", "g4b")];
    publish(town, "换码", &last).await;
    publish(town, "并掉", &[json!({"kind": "merge", "keep": "g3", "drop": ["g4b"]})]).await;
    assert_eq!(gone(town, "g10").await.unwrap().successors, [id(13)]);
    assert_eq!(gone(town, "g4").await, Some(Gone { unit: id(14), revision: 6, successors: vec![id(13)] }));
    assert_eq!(gone(town, "nobody").await, None);
    let life = town.app.life(g9).await.unwrap();
    assert_eq!(told(&life), ["2 Born <g3 >", "3 Redrawn < >g10", "5 Retired < >g3"]);
    assert_eq!((&life[0].said["title"], &life[0].said["author"]), (&json!("拆分"), &json!("planner")));
    let (before, after) = life[1].areas_m2();
    assert!(after.unwrap() < before.unwrap());
    let life = town.app.life(id(14)).await.unwrap();
    assert_eq!(told(&life), ["1 Born < >", "4 Redrawn <g10 >", "6 Renamed+Recoded < >", "7 Retired < >g3"]);
    let parents = life[2].parents.clone();
    assert_eq!(parents, (Some(code("v2")), Some(code("v2"))));
    // A unit above the grids has the life of its fields.
    assert_eq!(told(&town.app.life(id(5)).await.unwrap()), ["1 Born < >"]);
}

/// An import keeps no lineage; who holds the ground then answers for the code.
async fn a_unit_that_an_import_ended_is_succeeded_by_who_holds_its_ground(town: &Town) {
    let store = town.app.store();
    let mut layers = store.load(1).await.unwrap().layers;
    let land = &mut layers[0];
    land.units.retain(|unit| unit.id != id(12));
    land.shapes.retain(|(unit, _)| *unit != id(12));
    land.shapes[0].1 = square::shape(&[(0., 0.), (5., 0.), (10., 0.), (10., 5.), (5., 5.), (0., 5.)]);
    let next = Publication {
        prev: Some(1),
        effective_from: Utc::now(),
        note: None,
        attributes: Attributes::new(),
        layers: &layers,
    };
    store.publish(&next).await.unwrap();
    assert_eq!(gone(town, "g2").await, None, "not before this node serves it");
    town.app.take_up().await.unwrap().unwrap();
    assert_eq!(gone(town, "g2").await, Some(Gone { unit: id(12), revision: 2, successors: vec![id(11)] }));
    let life = town.app.life(id(12)).await.unwrap();
    assert_eq!(life[1].happened, [Happened::Retired]);
    assert!(life[1].said.is_empty() && life[1].into.is_empty());
}

#[test]
fn a_retired_code_answers_with_its_successors_and_a_unit_has_a_life() {
    wait(async {
        a_unit_is_split_merged_and_recoded(&Town::file().await).await;
        a_unit_is_split_merged_and_recoded(&Town::database().await).await;
    });
}

#[test]
fn a_code_that_an_import_retired_answers_with_who_holds_its_ground() {
    wait(async {
        for town in [Town::file().await, Town::database().await] {
            a_unit_that_an_import_ended_is_succeeded_by_who_holds_its_ground(&town).await;
        }
    });
}

#[test]
fn households_move_with_the_share_of_the_ground_that_moves() {
    wait(async {
        let town = Town::file().await;
        let id = town.drawn("改", &[redraw(&[(5., 1.), (6., 2.5), (5., 4.)])]).await;
        let impact = town.app.draft_impact(id).await.unwrap();
        // 1.5 of 25 squares of g2, which has 1200 households.
        let rows: Vec<_> = impact.households.iter().map(|r| (r.code.as_str(), r.before)).collect();
        assert_eq!(rows, [("g1", Some(1100)), ("g2", Some(1200))]);
        let [g1, g2] = &impact.households[..] else { panic!("two grids") };
        assert!((g1.gained - 72.0).abs() < 0.1 && g1.lost == 0.0, "{g1:?}");
        assert!((g2.lost - g1.gained).abs() < 1e-9 && g2.gained == 0.0, "{g2:?}");
        let renamed = town.drawn("名", &[set("g3", "name", "北村第1网格", "新")]).await;
        assert_eq!(town.app.draft_impact(renamed).await.unwrap().households, []);
    });
}
