//! A backup taken while reports come in restores to its moment.

use super::report;
use crate::drafts::world::Town;
use crate::http::client::wait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wangge::store::{Filing, Order, Store, Wish};

#[test]
fn a_backup_under_load_has_what_was_answered_before_it_and_nothing_by_halves() {
    wait(async {
        let town = Arc::new(Town::file().await);
        let (over, folder) = (Arc::new(AtomicBool::new(false)), tempfile::tempdir().unwrap());
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let (town, over) = (town.clone(), over.clone());
                tokio::spawn(async move {
                    let mut count = 0;
                    while !over.load(Ordering::Relaxed) {
                        town.app
                            .file(report(&format!("{sender}-{count}"), (1., 1.), Some(11)))
                            .await
                            .unwrap();
                        count += 1;
                    }
                })
            })
            .collect();
        let mut restored = Vec::new();
        for n in 0..3 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            let Filing::New(before) =
                town.app.file(report(&format!("mark-{n}"), (1., 1.), Some(11))).await.unwrap()
            else {
                panic!("its key is new")
            };
            let backup = folder.path().join(format!("{n}.gpkg"));
            town.app.store().backup(&backup).await.unwrap();
            let after = town.app.store().reports(&Wish::default(), Order::Newest, None, 1).await.unwrap().0;
            let to = folder.path().join(format!("restored-{n}.gpkg"));
            Store::restore(&backup, &to).await.unwrap();
            restored.push((to, before.id, after));
        }
        over.store(true, Ordering::Relaxed);
        for sender in senders {
            sender.await.unwrap();
        }
        for (path, before, after) in restored {
            let store = Store::open(&path).await.unwrap();
            assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
            let (total, reports) =
                store.reports(&Wish::default(), Order::Newest, None, 1_000_000).await.unwrap();
            assert!(before <= total && total <= after, "{before} ≤ {total} ≤ {after}");
            let ids: Vec<u64> = reports.iter().map(|report| report.id).collect();
            assert_eq!(ids, (1..=total).rev().collect::<Vec<_>>(), "no hole");
            assert_eq!(store.event_head().await.unwrap(), total + 1, "each with its event, and no other");
        }
    });
}
