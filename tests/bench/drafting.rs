//! Measures a preview through the app on the demo city: `cargo bench --bench drafting`.
//!
//! 500 redraws of shared borders, each tried on a draft that holds some operations already: the store is asked for the
//! draft's version and for claims, the operation is resolved, and what it does is measured. Then some operations are
//! added and the draft is published.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops at the first error")]

#[allow(dead_code, reason = "the tests throw more kinds of dice than are thrown here")]
#[path = "../support/dice.rs"]
mod dice;

use chrono::Utc;
use dice::Dice;
use std::sync::Arc;
use std::time::Instant;
use wangge::app::access::{Actor, Duties, Policy, Territory};
use wangge::app::drafting::{DraftWords, Review};
use wangge::app::{App, Order};
use wangge::demo::{Facts, Options, city};
use wangge::edit::{Kind, Operation};
use wangge::geom::Point;
use wangge::store::{Publication, Store};
use wangge::unit::Attributes;

/// Previews.
const COUNT: usize = 500;
/// Operations that the draft holds.
const HELD: usize = 20;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::open(demo(folder.path()).await, Policy::default()).await.unwrap();
    let who = Actor {
        name: "planner".into(),
        duties: Duties::All,
        territory: Territory::Everywhere,
        four_eyes: false,
    };
    let words = DraftWords { layer: "land".into(), title: "x".into(), reason: "x".into(), document: None };
    let id = app.begin_draft(words, &who, Utc::now()).await.unwrap().draft.id;
    let mut dice = Dice::new(1);
    let mut held = Vec::new();
    while held.len() < HELD {
        let seen = app.working(id).await.unwrap().draft.version;
        let start = Instant::now();
        let added = app.add_operation((id, seen), redraw(&app, &mut dice), &who, Utc::now()).await;
        held.extend(added.ok().map(|_| ms(start)));
    }
    let (mut times, mut refused) = (Vec::new(), 0);
    for _ in 0..COUNT {
        let operation = redraw(&app, &mut dice);
        let start = Instant::now();
        refused += usize::from(app.preview(id, operation, &who, Utc::now()).await.is_err());
        times.push(ms(start));
    }
    println!("           ms median   ms p99   ms worst");
    tell("add", &mut held);
    tell("preview", &mut times);
    println!("{refused} of {COUNT} previews were refused by a rule");
    publish(&app, id, &who).await;
}

async fn publish(app: &Arc<App>, id: u64, who: &Actor) {
    for review in [Review::Submit, Review::Approve(None)] {
        let seen = app.working(id).await.unwrap().draft.version;
        app.review((id, seen), review, None, who, Utc::now()).await.unwrap();
    }
    let seen = app.working(id).await.unwrap().draft.version;
    let start = Instant::now();
    app.publish((id, seen), Order::default(), who, Utc::now()).await.unwrap();
    println!("published and in force after {:.0} ms", ms(start));
}

/// A store with the demo city.
async fn demo(folder: &std::path::Path) -> Store {
    let city = city(&Facts::guilin().unwrap(), &Options::default(), &mut |_| {}).unwrap();
    let store = Store::create(folder.join("demo.gpkg").as_path()).await.unwrap();
    let first = Publication {
        prev: None,
        effective_from: Utc::now(),
        note: None,
        attributes: Attributes::new(),
        layers: &city.layers,
    };
    store.publish(&first).await.unwrap();
    store
}

/// The middle of a border redrawn a little aside.
fn redraw(app: &App, dice: &mut Dice) -> Operation {
    let published = app.published();
    let land = published.base.layer("land").unwrap();
    loop {
        let arc = land.coverage.arc(dice.int(0, land.coverage.arcs().len() as i64 - 1) as u32);
        let between = land.coverage.unit(arc.left).is_some() && land.coverage.unit(arc.right).is_some();
        if !between || arc.points.len() < 6 || arc.is_closed() {
            continue;
        }
        let (a, b) = (arc.points[1], arc.points[arc.points.len() - 2]);
        let share = 0.2 * (dice.unit() - 0.5);
        let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
        let aside =
            Point::new(a.x.midpoint(b.x) + (share * dy) as i32, a.y.midpoint(b.y) - (share * dx) as i32);
        let kind = Kind::ReplacePath { path: vec![a, aside, b], also: Vec::new(), reading: None };
        return Operation { layer: "land".into(), kind };
    }
}

fn tell(name: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[times.len() * share / 100];
    println!("{name:<10} {:>9.2} {:>8.2} {:>10.2}", at(50), at(99), times[times.len() - 1]);
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
