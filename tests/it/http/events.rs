//! What happened, over HTTP: a stretch at a time, and as a stream on a real socket.

use super::client::{Client, wait};
use super::wire::{Server, read_to_end, read_until, write};
use crate::drafts::world::{Town, redraw, set};
use serde_json::{Value, json};
use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use wangge::app::App;
use wangge::app::access::Policy;
use wangge::http::listen::Limits;
use wangge::http::{Setting, Site, router};

const SOON: Duration = Duration::from_secs(5);

/// A town of its own with somebody on its machine, and a server on a socket.
fn town() -> (Town, Client, Server) {
    let town = wait(Town::file());
    let router = router(Site::new(town.app.clone(), Setting::default())).unwrap();
    let client = Client::of(router.clone(), "127.0.0.1:50000");
    (town, client, Server::start(router, Limits::default()))
}

fn published(town: &Town, operation: Value) {
    wait(async {
        let id = town.drawn("改", &[operation]).await;
        town.approve(id).await;
        town.publish(id).await;
    });
}

/// Opens a stream, and reads its beginning.
fn follow(server: &Server, last: Option<u64>) -> (TcpStream, String) {
    let stream = server.connect();
    let last = last.map_or(String::new(), |seq| format!("last-event-id: {seq}\r\n"));
    write(
        &stream,
        &format!("GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\naccept-encoding: br, gzip\r\n{last}\r\n"),
    );
    let start = read_until(&stream, "id: ");
    (stream, start)
}

/// Reads on until a whole event with `wanted` was said, which it may have been already.
fn heard(stream: &TcpStream, mut said: String, wanted: &str) -> String {
    let whole = |said: &str| said.find(wanted).is_some_and(|at| said[at..].contains("\n\n"));
    while !whole(&said) {
        said += &read_until(stream, "\n");
    }
    said
}

/// The events in what a stream said.
fn told(said: &str) -> Vec<Value> {
    said.lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|d| serde_json::from_str(d).unwrap())
        .collect()
}

#[test]
fn a_stretch_of_the_log_leads_to_the_next() {
    let (town, client, _server) = town();
    published(&town, set("g3", "name", "北村第1网格", "新"));
    let first = client.get("/api/v1/events?limit=2").json();
    let kinds = |list: &Value| -> Vec<String> {
        list["items"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap().into()).collect()
    };
    assert_eq!(kinds(&first), ["revision.published", "draft.created"]);
    assert_eq!((&first["total"], &first["next"]), (&json!(6), &json!("2")));
    let rest = client.get("/api/v1/events?after=2").json();
    assert_eq!(kinds(&rest), ["draft.submitted", "draft.approved", "draft.published", "revision.published"]);
    assert_eq!(rest["next"], Value::Null);
    let numbers: Vec<u64> =
        rest["items"].as_array().unwrap().iter().map(|e| e["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [3, 4, 5, 6]);
    let last = &rest["items"][3];
    assert_eq!((&last["revision"], &last["subject"]), (&json!(2), &json!("2")));
    assert_eq!(last["data"]["title"], "改");
    assert_eq!(last["data"]["swept"]["area_m2"], 0.0, "a name moves no ground: {last}");
    assert_eq!(client.get("/api/v1/events?after=6").json()["items"], json!([]));
    for (query, field) in
        [("after=x", "after"), ("after=-1", "after"), ("limit=0", "limit"), ("limit=1001", "limit")]
    {
        assert_eq!(
            client.get(&format!("/api/v1/events?{query}")).problem(),
            (400, "bad_value".into(), field.into())
        );
    }
    assert_eq!(client.get("/api/v1/events?x=1").problem().1, "unknown_parameter");
    let wrong = client.clone().with("last-event-id", "seven").get("/api/v1/events");
    assert_eq!(wrong.problem(), (400, "bad_value".into(), "last-event-id".into()));
}

#[test]
fn a_stream_tells_what_happens_and_goes_on_where_it_broke() {
    let (town, _client, server) = town();
    let (stream, start) = follow(&server, None);
    assert!(start.contains("content-type: text/event-stream"), "{start}");
    assert!(!start.contains("content-encoding"), "what is pressed is held back: {start}");
    assert!(start.contains("retry: 1000\nid: 1\n\n"), "it begins now: {start}");
    let begun = Instant::now();
    published(&town, redraw(&[(5., 1.), (6., 2.5), (5., 4.)]));
    let said = heard(&stream, String::new(), "\"revision.published\"");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    let events = told(&said);
    let kinds: Vec<&str> = events.iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["draft.created", "draft.submitted", "draft.approved", "draft.published", "revision.published"]
    );
    assert!(said.contains("id: 6\ndata: "), "{said}");
    drop(stream);
    let (stream, start) = follow(&server, Some(4));
    let again = heard(&stream, start, "\"revision.published\"");
    let seqs: Vec<u64> =
        said.lines().filter_map(|l| l.strip_prefix("id: ")).map(|n| n.parse().unwrap()).collect();
    assert_eq!(seqs, [2, 3, 4, 5, 6]);
    assert!(again.contains("id: 5\n") && !again.contains("id: 3\n"), "{again}");
}

#[test]
fn a_stream_ends_when_the_server_stops() {
    let (_town, _client, mut server) = town();
    let (stream, _) = follow(&server, None);
    let begun = Instant::now();
    server.tell_to_stop();
    read_to_end(&stream);
    assert_eq!(server.ended().cut, 0);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[test]
fn one_stream_too_many_is_told_to_come_back_and_other_questions_are_answered() {
    let (_town, client, server) = town();
    let streams: Vec<_> = (0..256).map(|_| follow(&server, None)).collect();
    let late = server.connect();
    write(&late, "GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let (said, _) = read_to_end(&late);
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("retry-after: 1"), "{said}");
    assert_eq!(client.get("/api/v1/units?limit=1").status, 200);
    drop(streams);
    let begun = Instant::now();
    loop {
        let again = server.connect();
        write(&again, "GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let mut start = [0; 12];
        (&again).read_exact(&mut start).unwrap();
        if &start == b"HTTP/1.1 200" {
            break;
        }
        assert!(begun.elapsed() < SOON, "a place that was left is never free");
    }
}

#[test]
fn only_planners_and_approvers_hear_of_drafts() {
    let town = wait(Town::file());
    published(&town, set("g3", "name", "北村第1网格", "新"));
    let app = wait(async {
        let store = town.app.store().clone();
        App::open(store, Policy { public_read: true }).await.unwrap()
    });
    let router = router(Site::new(app, Setting::default())).unwrap();
    let stranger = Client::of(router, "192.0.2.7:50000");
    let list = stranger.get("/api/v1/events?after=0").json();
    let kinds: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["revision.published", "revision.published"]);
    assert_eq!(Client::stranger(false).get("/api/v1/events?after=0").problem().1, "denied");
}
