//! PostgreSQL killed while reports come in: whoever asks again until he is answered has one report, and the first answer.

use super::report;
use crate::dice::Dice;
use crate::http::client::wait;
use crate::postgis::Cluster;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wangge::app::App;
use wangge::app::access::Policy;
use wangge::store::{Filing, Location, Order, Publication, Store, Wish};

const SENDERS: usize = 8;

/// Files reports until the end, each again until it is answered; the answers by key, and how often it was asked again.
async fn send(app: Arc<App>, sender: usize, over: Arc<AtomicBool>) -> (BTreeMap<String, String>, usize) {
    let (mut answers, mut again) = (BTreeMap::new(), 0);
    while !over.load(Ordering::Relaxed) {
        let key = format!("{sender}-{}", answers.len());
        let filing = loop {
            match app.file(report(&key, (1., 1.), Some(11))).await {
                Ok(filing) => break filing,
                Err(_away) => {
                    again += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        };
        let (Filing::New(receipt) | Filing::Again(receipt)) = filing else { panic!("one body a key") };
        answers.insert(key, receipt.text());
    }
    (answers, again)
}

#[test]
fn no_report_is_lost_or_twice_when_the_database_is_killed() {
    let cycles = if std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1") { 100 } else { 5 };
    let mut cluster = Cluster::start();
    let place = Location::parse(cluster.url("postgres")).unwrap();
    let app = wait(async {
        let store = Store::create(place).await.unwrap();
        let layers = crate::square::layers();
        let first = Publication {
            prev: None,
            effective_from: crate::square::revision().effective_from,
            note: None,
            attributes: wangge::unit::Attributes::new(),
            layers: &layers,
        };
        store.publish(&first).await.unwrap();
        App::open(store, Policy::default()).await.unwrap()
    });
    let over = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (app, over) = (app.clone(), over.clone());
            std::thread::spawn(move || wait(send(app, sender, over)))
        })
        .collect();
    let mut dice = Dice::new(8);
    for _ in 0..cycles {
        std::thread::sleep(Duration::from_millis(150 + (400.0 * dice.unit()) as u64));
        cluster.signal("KILL");
        cluster.control("start");
    }
    std::thread::sleep(Duration::from_millis(300));
    over.store(true, Ordering::Relaxed);
    let (mut answers, mut again) = (BTreeMap::new(), 0);
    for sender in senders {
        let (own, tries) = sender.join().unwrap();
        answers.extend(own);
        again += tries;
    }
    wait(async {
        let (total, reports) =
            app.store().reports(&Wish::default(), Order::Newest, None, 1_000_000).await.unwrap();
        assert_eq!((total as usize, reports.len()), (answers.len(), answers.len()), "none lost, none twice");
        let stored: BTreeMap<String, u64> =
            reports.into_iter().map(|r| (r.given.source_ref.unwrap(), r.id)).collect();
        for (key, answer) in &answers {
            let id = stored[&format!("ref-{key}")];
            assert!(answer.starts_with(&format!("{{\"id\":{id},")), "{key}: {answer}");
        }
        let mut seq = 0;
        loop {
            let events = app.store().events(seq, 10_000).await.unwrap();
            let Some(last) = events.last() else { break };
            assert!(events.iter().zip(seq + 1..).all(|(event, n)| event.seq == n), "no hole after {seq}");
            seq = last.seq;
        }
        assert_eq!(seq, total + 1);
    });
    println!("{cycles} kills, {} reports, {again} asked again", answers.len());
    assert!(again > 0);
}
