//! Open reports follow the borders.

use super::{dispatcher, report};
use crate::dice::Dice;
use crate::drafts::world::{Town, move_node, redraw};
use crate::http::client::wait;
use crate::square;
use chrono::Utc;
use std::sync::Arc;
use wangge::app::{App, Question, Transfer};
use wangge::report::{Kind, Reason, Report, Stage};
use wangge::store::{Filing, NewReport, Order, Wish};
use wangge::unit::UnitId;

fn owner(app: &App, (x, y): (f64, f64)) -> Option<UnitId> {
    let located = app.published().locate(square::at(x, y), &Question::default());
    located.responsible.map(|(_, unit)| unit)
}

/// A report as the server in force would file it.
fn new(app: &App, key: &str, place: (f64, f64)) -> NewReport {
    let unit = owner(app, place).map(UnitId::get);
    let mut new = report(key, place, unit);
    new.filed.revision = app.published().revision().number;
    new
}

async fn file(app: &App, key: &str, place: (f64, f64)) -> u64 {
    match app.file(new(app, key, place)).await.unwrap() {
        Filing::New(receipt) => receipt.id,
        other => panic!("{other:?}"),
    }
}

async fn found(town: &Town, id: u64) -> Report {
    town.app.store().report(id).await.unwrap().unwrap().0
}

/// The border between g1 and g2 moves to the west, past x = 3.
async fn move_west(town: &Town) {
    let id = town.drawn("改", &[redraw(&[(5., 1.), (2., 2.5), (5., 4.)])]).await;
    town.approve(id).await;
    town.publish(id).await;
}

async fn follows(town: &Town) {
    let moved = file(&town.app, "moved", (4., 2.5)).await;
    let stays = file(&town.app, "stays", (1., 1.)).await;
    let by_hand = file(&town.app, "by hand", (4., 2.4)).await;
    let closed = file(&town.app, "closed", (4., 2.6)).await;
    let (who, now) = (dispatcher(), Utc::now());
    let order = Transfer { layer: None, to: "g3".into(), reason: "他们近".into() };
    town.app.transfer(by_hand, &order, &who, now).await.unwrap();
    town.app.stage(closed, Stage::Closed, Some("重复".into()), &who, now).await.unwrap();
    move_west(town).await;
    assert_eq!(town.app.relocate(Utc::now()).await.unwrap(), 2);
    assert_eq!(town.app.relocate(Utc::now()).await.unwrap(), 0, "once is enough");
    let is = found(town, moved).await;
    assert_eq!((is.assigned.unit, is.assigned.revision), (Some(square::id(12)), 2));
    assert_eq!((is.assigned.reason, is.filed.unit), (Reason::Boundary, Some(square::id(11))));
    let trail = town.app.store().report(moved).await.unwrap().unwrap().1;
    assert_eq!((trail[0].kind, trail[0].actor.as_str()), (Kind::Moved, "revision:2"));
    assert_eq!((trail[0].from.as_deref(), trail[0].to.as_deref()), (Some("11"), Some("12")));
    assert_eq!(found(town, stays).await.version, 1);
    let is = found(town, by_hand).await;
    assert!(is.flagged && is.assigned.reason == Reason::Manual && is.assigned.unit == Some(square::id(13)));
    let is = found(town, closed).await;
    assert_eq!((is.assigned.unit, is.stage), (Some(square::id(11)), Stage::Closed), "frozen");
    town.app.stage(closed, Stage::Dispatched, Some("又有了".into()), &who, now).await.unwrap();
    let is = found(town, closed).await;
    assert_eq!(
        (is.assigned.unit, is.returned),
        (Some(square::id(12)), 1),
        "opened on the ground as it is now"
    );
    let told = town.app.store().events(0, 1_000).await.unwrap();
    let moves: Vec<&str> =
        told.iter().filter(|e| e.kind == "report.moved").map(|e| e.subject.as_str()).collect();
    assert_eq!(moves, [moved.to_string()]);
}

#[test]
fn open_reports_go_with_their_ground_and_those_given_by_hand_are_flagged() {
    wait(async { follows(&Town::file().await).await });
}

#[test]
fn the_same_on_a_database() {
    wait(async { follows(&Town::database().await).await });
}

#[test]
fn one_given_by_hand_and_opened_again_is_not_flagged_by_that() {
    wait(async {
        let town = Town::file().await;
        let (who, now) = (dispatcher(), Utc::now());
        let id = file(&town.app, "by hand", (1., 1.)).await;
        let order = Transfer { layer: None, to: "g3".into(), reason: "他们近".into() };
        town.app.transfer(id, &order, &who, now).await.unwrap();
        for (to, why) in [(Stage::Closed, "重复"), (Stage::Dispatched, "又有了")] {
            town.app.stage(id, to, Some(why.into()), &who, now).await.unwrap();
        }
        let is = found(&town, id).await;
        assert_eq!(
            (is.assigned.unit, is.flagged),
            (Some(square::id(13)), false),
            "no revision moved its ground"
        );
    });
}

async fn late(town: &Town) {
    // Located by revision 1, filed when 2 is in force and all open reports were looked at.
    let late = new(&town.app, "late", (4., 2.5));
    move_west(town).await;
    town.app.relocate(Utc::now()).await.unwrap();
    let Filing::New(receipt) = town.app.file(late).await.unwrap() else { panic!("it is new") };
    assert_eq!(found(town, receipt.id).await.assigned.unit, Some(square::id(11)));
    assert_eq!(town.app.relocate(Utc::now()).await.unwrap(), 1);
    assert_eq!(found(town, receipt.id).await.assigned.unit, Some(square::id(12)));
}

#[test]
fn one_that_was_located_before_a_publication_and_filed_after_it_follows() {
    wait(async {
        late(&Town::file().await).await;
        late(&Town::database().await).await;
    });
}

/// Publishes while reports come in; afterwards each is with the owner of its ground.
async fn races(town: Town, publications: usize) {
    let town = Arc::new(town);
    let (done, filing) = (Arc::new(std::sync::atomic::AtomicBool::new(false)), town.clone());
    let ended = done.clone();
    let intake = tokio::spawn(async move {
        let mut dice = Dice::new(11);
        let mut filed = Vec::new();
        while !ended.load(std::sync::atomic::Ordering::Relaxed) {
            let place = (3.0 + 4.0 * dice.unit(), 3.0 + 4.0 * dice.unit());
            filed.push(file(&filing.app, &format!("r{}", filed.len()), place).await);
            if filed.len() % 17 == 0 {
                filing.app.relocate(Utc::now()).await.unwrap();
            }
        }
        filed
    });
    let (mut dice, mut middle) = (Dice::new(12), (5.0, 5.0));
    for round in 0..publications {
        let to = (4.2 + 1.6 * dice.unit(), 4.2 + 1.6 * dice.unit());
        let id = town.drawn(&format!("第{round}次"), &[move_node(middle, to)]).await;
        town.approve(id).await;
        town.publish(id).await;
        middle = to;
        town.app.relocate(Utc::now()).await.unwrap();
    }
    done.store(true, std::sync::atomic::Ordering::Relaxed);
    let filed = intake.await.unwrap();
    while town.app.relocate(Utc::now()).await.unwrap() > 0 {}
    let (total, reports) =
        town.app.store().reports(&Wish::default(), Order::Newest, None, 1_000_000).await.unwrap();
    assert_eq!((total as usize, reports.len()), (filed.len(), filed.len()), "none is lost");
    let published = town.app.published();
    let mut moved = 0;
    for report in &reports {
        let fresh = published.locate(report.given.position, &Question::default());
        assert_eq!(report.assigned.unit, fresh.responsible.map(|(_, unit)| unit), "{report:?}");
        moved += usize::from(report.assigned.reason == Reason::Boundary);
    }
    println!("{publications} publications, {} reports, {moved} moved", filed.len());
    assert!(moved > 0);
}

#[test]
fn whatever_comes_in_while_borders_move_is_with_the_owner_of_its_ground() {
    let soak = std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1");
    wait(async {
        races(Town::file().await, if soak { 1_000 } else { 12 }).await;
        races(Town::database().await, if soak { 100 } else { 5 }).await;
    });
}
