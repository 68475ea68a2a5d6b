//! Programs that are told what happened.

use super::report;
use crate::dice::Dice;
use crate::drafts::world::Town;
use crate::http::client::wait;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use wangge::app::App;
use wangge::app::access::Policy;
use wangge::app::webhooks::{Hosts, Roots, TRIES, WebhookError};
use wangge::store::{Publication, Store};

/// A program that takes what it is told as often as `share` says.
struct Receiver {
    url: String,
    heard: Arc<Mutex<Vec<u64>>>,
    /// Of a hundred, how many it takes.
    takes: Arc<Mutex<u32>>,
    secret: Arc<Mutex<String>>,
}

async fn receiver(takes: u32) -> Receiver {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?x=1", listener.local_addr().unwrap());
    let (heard, takes): (Arc<Mutex<Vec<u64>>>, _) = (Arc::default(), Arc::new(Mutex::new(takes)));
    let secret: Arc<Mutex<String>> = Arc::default();
    let (log, share, key) = (heard.clone(), takes.clone(), secret.clone());
    let dice = Arc::new(Mutex::new(Dice::new(31)));
    let hook = move |headers: HeaderMap, body: Bytes| async move {
        let event: Value = serde_json::from_slice(&body).unwrap();
        let text = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(text("wangge-event"), event["seq"].to_string());
        assert_eq!(text("wangge-signature"), signed(&key.lock().unwrap(), &text("wangge-signature"), &body));
        let draw = 100.0 * dice.lock().unwrap().unit();
        // Sometimes it takes it and says otherwise: then it comes again.
        if draw < f64::from(*share.lock().unwrap()) {
            log.lock().unwrap().push(event["seq"].as_u64().unwrap());
            return if draw < 3.0 { StatusCode::BAD_GATEWAY } else { StatusCode::NO_CONTENT };
        }
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let router = Router::new().route("/hook", post(hook));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Receiver { url, heard, takes, secret }
}

/// The signature as OpenSSL makes it.
fn signed(secret: &str, given: &str, body: &[u8]) -> String {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let second = given.strip_prefix("t=").unwrap().split(',').next().unwrap();
    let mut openssl = Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", secret])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = openssl.stdin.take().unwrap();
    stdin.write_all(format!("{second}.").as_bytes()).unwrap();
    stdin.write_all(body).unwrap();
    drop(stdin);
    let said = String::from_utf8(openssl.wait_with_output().unwrap().stdout).unwrap();
    format!("t={second},v1={}", said.trim().rsplit(' ').next().unwrap())
}

/// An app that may tell programs on this machine.
async fn app(store: Store) -> Arc<App> {
    let layers = crate::square::layers();
    let first = Publication {
        prev: None,
        effective_from: crate::square::revision().effective_from,
        note: None,
        attributes: wangge::unit::Attributes::new(),
        layers: &layers,
    };
    store.publish(&first).await.unwrap();
    let app = App::open(store, Policy::default()).await.unwrap();
    let hosts: Hosts = ["127.0.0.1".to_owned()].into();
    app.telling(hosts, Roots::new(None).unwrap())
}

/// Whatever waits is due.
fn later() -> DateTime<Utc> {
    "2999-01-01T00:00:00Z".parse().unwrap()
}

async fn file(app: &App, keys: std::ops::Range<usize>) {
    for key in keys {
        app.file(report(&key.to_string(), (1., 1.), Some(11))).await.unwrap();
    }
}

promises! {
    a_failing_program_is_told_everything_in_order
    what_is_never_taken_is_put_aside_listed_and_sent_again
}

async fn a_failing_program_is_told_everything_in_order(store: &Store) {
    let app = app(store.clone()).await;
    file(&app, 0..3).await;
    let there = receiver(70).await;
    let hook = app.add_webhook(&there.url, vec!["report.*".into()], "甲", Utc::now()).await.unwrap();
    there.secret.lock().unwrap().clone_from(&hook.secret);
    file(&app, 3..40).await;
    let head = store.event_head().await.unwrap();
    for _ in 0..2_000 {
        // Two nodes: only the one that holds it tells.
        app.tell_all("one", later()).await.unwrap();
        if store.webhooks().await.unwrap()[0].standing.told == head {
            break;
        }
    }
    assert!(!app.tell_all("two", later()).await.unwrap(), "nothing is left");
    let heard = there.heard.lock().unwrap().clone();
    let mut first: Vec<u64> = Vec::new();
    for seq in &heard {
        if !first.contains(seq) {
            first.push(*seq);
        }
    }
    assert_eq!(first, (5..=head).collect::<Vec<_>>(), "each from its adding on, in order");
    assert!(heard.len() >= first.len() && store.dead_letters(hook.id).await.unwrap().is_empty());
}

async fn what_is_never_taken_is_put_aside_listed_and_sent_again(store: &Store) {
    let app = app(store.clone()).await;
    let there = receiver(0).await;
    let hook = app.add_webhook(&there.url, vec!["report.created".into()], "甲", Utc::now()).await.unwrap();
    there.secret.lock().unwrap().clone_from(&hook.secret);
    file(&app, 0..2).await;
    for _ in 0..TRIES - 1 {
        app.tell_all("one", later()).await.unwrap();
    }
    let standing = &store.webhooks().await.unwrap()[0].standing;
    assert_eq!((standing.attempts, standing.told), (TRIES - 1, 1));
    assert!(standing.error.as_ref().unwrap().contains("500"), "{standing:?}");
    assert!(standing.next_at > Utc::now() + chrono::TimeDelta::minutes(30), "the wait has grown");
    for _ in 0..=TRIES {
        app.tell_all("one", later()).await.unwrap();
    }
    let letters = store.dead_letters(hook.id).await.unwrap();
    assert_eq!(letters.iter().map(|l| (l.event, l.attempts)).collect::<Vec<_>>(), [(2, TRIES), (3, TRIES)]);
    assert_eq!(app.resend(hook.id).await.unwrap(), 0);
    *there.takes.lock().unwrap() = 100;
    // Of a hundred three are taken and refused in one.
    while app.resend(hook.id).await.unwrap() == 0 {}
    while !store.dead_letters(hook.id).await.unwrap().is_empty() {
        app.resend(hook.id).await.unwrap();
    }
    let heard = there.heard.lock().unwrap().clone();
    assert!(heard.contains(&2) && heard.contains(&3));
    app.end_webhook(hook.id, "甲", Utc::now()).await.unwrap();
    assert!(matches!(app.end_webhook(hook.id, "甲", Utc::now()).await, Err(WebhookError::Unknown(1))));
    assert!(store.webhooks().await.unwrap().is_empty());
    let acts: Vec<String> = store.audit(0, 9).await.unwrap().into_iter().map(|e| e.action).collect();
    assert_eq!(acts, ["webhook.added", "webhook.ended"]);
}

#[test]
fn a_program_on_a_host_that_nobody_allowed_is_refused() {
    wait(async {
        let town = Town::file().await;
        let refused = town.app.add_webhook("http://127.0.0.1:1/", vec![], "甲", Utc::now()).await;
        assert!(matches!(refused, Err(WebhookError::Address(_))), "{refused:?}");
        assert!(town.app.store().webhooks().await.unwrap().is_empty());
    });
}

#[test]
fn only_who_runs_the_server_adds_programs() {
    use crate::http::session::{Staffed, signed_in};
    let staffed = Staffed::new(Policy::default(), &[("centre", &["dispatcher"]), ("root", &["admin"])]);
    let body = serde_json::json!({"url": "http://127.0.0.1:9/"});
    let post = |name: &str| signed_in(&staffed, name).post_json("/api/v1/webhooks", &body);
    assert_eq!(post("centre").status, 403);
    assert_eq!(post("root").problem(), (403, "denied".into(), "url".into()), "its host is not allowed");
    let root = signed_in(&staffed, "root");
    assert_eq!(root.get("/api/v1/webhooks").json()["total"], 0);
    assert_eq!(root.delete("/api/v1/webhooks/7").problem().0, 404);
    assert_eq!(root.post_json("/api/v1/webhooks/x/resend", &serde_json::json!({})).problem().0, 404);
}
