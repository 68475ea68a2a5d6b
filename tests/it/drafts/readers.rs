//! Whoever reads while others publish sees one revision, whole.

use super::world::{Town, move_node, redraw, set};
use crate::http::client::{Client, wait};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use wangge::http::{Setting, Site, router};

/// Revisions published while others read.
const ROUNDS: u64 = 12;

/// In which grid the probe lies in a revision: the border swings over it.
fn code(revision: u64) -> &'static str {
    if revision.is_multiple_of(2) { "g1" } else { "g2" }
}

fn name(revision: u64) -> String {
    format!("第{revision}版")
}

#[test]
fn readers_see_one_revision_or_the_next_and_never_a_mix() {
    let town = wait(Town::file());
    let site = Site::new(town.app.clone(), Setting::default());
    let client = Client::of(router(site).unwrap(), "127.0.0.1:50000");
    let (over, read) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let (client, over, read) = (client.clone(), over.clone(), read.clone());
            scope.spawn(move || {
                let mut last = 0;
                while !over.load(Ordering::Relaxed) {
                    let answer = client.get("/api/v1/locate?lon=110.0052&lat=25.0025&crs=wgs84").json();
                    let revision = answer["revision"].as_u64().unwrap();
                    assert!(revision >= last, "never back");
                    last = revision;
                    if revision > 1 {
                        assert_eq!(answer["land"]["code"], code(revision), "revision {revision}");
                        let township = &answer["land"]["chain"][2];
                        assert_eq!(township["name"], name(revision), "revision {revision}");
                    }
                    read.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        wait(async {
            let mut old = "长海街道".to_owned();
            for revision in 2..2 + ROUNDS {
                let x = if code(revision) == "g1" { 6. } else { 5.1 };
                let line = if revision == 2 {
                    redraw(&[(5., 1.), (x, 2.5), (5., 4.)])
                } else {
                    move_node((if x > 5.5 { 5.1 } else { 6. }, 2.5), (x, 2.5))
                };
                let rename = set("t1", "name", &old, &name(revision));
                old = name(revision);
                let id = town.drawn(&old, &[line, rename]).await;
                town.approve(id).await;
                town.publish(id).await;
            }
        });
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!(town.head(), 1 + ROUNDS);
    println!("{} answers while {ROUNDS} revisions were published", read.load(Ordering::Relaxed));
    assert!(read.load(Ordering::Relaxed) > ROUNDS);
}
