//! Servers killed while reports come in: whatever was acknowledged is there, once, as it was sent.

use crate::dice::Dice;
use crate::http::client::wait;
use crate::http::serve::{Served, town};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wangge::store::{Order, Store, Wish};

/// Senders at a time.
const SENDERS: usize = 8;

/// What senders know: the body of each key, and the answer of those that were acknowledged.
#[derive(Default)]
struct Ledger {
    sent: BTreeMap<String, String>,
    acknowledged: BTreeMap<String, String>,
}

fn post(url: &str, key: &str, body: &str) -> Option<(u16, String)> {
    let post = ureq::post(url).header("idempotency-key", key).header("content-type", "application/json");
    let mut answer = post.config().timeout_global(Some(Duration::from_secs(5))).build().send(body).ok()?;
    let status = answer.status().as_u16();
    answer.body_mut().read_to_string().ok().map(|text| (status, text))
}

fn body(n: usize) -> String {
    let (x, y) = (110.0 + (n % 97) as f64 / 10_000.0, 25.0 + (n % 89) as f64 / 10_000.0);
    json!({"crs": "wgs84", "lon": x, "lat": y, "category": "waste", "occurred_at": "2026-11-27T08:00:00Z",
        "text": format!("第{n}件"), "source_ref": n.to_string()})
    .to_string()
}

/// Sends until the server is gone.
fn send(url: &str, ledger: &Mutex<Ledger>, next: &AtomicUsize) {
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let (key, body) = (format!("k{n}"), body(n));
        ledger.lock().unwrap().sent.insert(key.clone(), body.clone());
        match post(url, &key, &body) {
            Some((201, answer)) => {
                ledger.lock().unwrap().acknowledged.insert(key, answer);
            }
            Some(other) => panic!("{other:?}"),
            None => return,
        }
    }
}

#[test]
fn what_was_acknowledged_is_there_once_and_as_it_was_sent() {
    let cycles = if std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1") { 500 } else { 5 };
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let file = path.to_str().unwrap().to_owned();
    let (ledger, next) = (Arc::new(Mutex::new(Ledger::default())), Arc::new(AtomicUsize::new(0)));
    let mut dice = Dice::new(6);
    for _ in 0..cycles {
        let mut served = Served::start(&[&file, "--bind", "127.0.0.1:0"]);
        let url = format!("{}api/v1/reports", served.url);
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                let (url, ledger, next) = (url.clone(), ledger.clone(), next.clone());
                std::thread::spawn(move || send(&url, &ledger, &next))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(100 + (500.0 * dice.unit()) as u64));
        served.child.kill().unwrap();
        served.child.wait().unwrap();
        for sender in senders {
            sender.join().unwrap();
        }
    }
    let ledger = Arc::try_unwrap(ledger).ok().unwrap().into_inner().unwrap();
    let served = Served::start(&[&file, "--bind", "127.0.0.1:0"]);
    let url = format!("{}api/v1/reports", served.url);
    // Whoever got no answer asks again: he gets the one that stands, or it is filed now.
    let mut again = 0;
    for (key, body) in &ledger.sent {
        let (status, answer) = post(&url, key, body).unwrap();
        if let Some(known) = ledger.acknowledged.get(key) {
            assert_eq!((status, &answer), (200, known), "{key}");
        } else {
            assert!(status == 200 || status == 201, "{status} {answer}");
            again += 1;
        }
    }
    drop(served);
    wait(async {
        let store = Store::open(&path).await.unwrap();
        assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
        let (total, reports) =
            store.reports(&Wish::default(), Order::Newest, None, 10_000_000).await.unwrap();
        assert_eq!(total as usize, ledger.sent.len(), "none twice, none lost");
        for report in reports {
            let n = report.given.source_ref.clone().unwrap();
            let sent: Value = serde_json::from_str(&ledger.sent[&format!("k{n}")]).unwrap();
            assert_eq!(report.given.text.as_deref(), sent["text"].as_str());
            let [lon, lat] = report.given.coordinates;
            assert_eq!((json!(lon), json!(lat)), (sent["lon"].clone(), sent["lat"].clone()));
        }
        let mut seq = 0;
        loop {
            let events = store.events(seq, 10_000).await.unwrap();
            let Some(last) = events.last() else { break };
            assert!(events.iter().zip(seq + 1..).all(|(event, n)| event.seq == n), "no hole after {seq}");
            seq = last.seq;
        }
        assert_eq!(seq, total + 1);
    });
    println!("{cycles} kills, {} acknowledged, {again} sent again", ledger.acknowledged.len());
}
