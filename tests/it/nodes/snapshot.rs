//! A server that starts while the database is down.

use super::fixture::{Node, agent, fill, publish, until};
use crate::http::serve::{wangge, words};
use crate::postgis::Cluster;
use std::io::Write;
use std::path::Path;

const LOOKUP: &str = "api/v1/locate?lon=110.0025&lat=25.0025&crs=wgs84";

/// Waits until the snapshot on the disk is of a revision, then ends the server.
fn stop_with(node: Node, revision: u64) {
    let line = format!("wangge_snapshot_revision {revision}\n");
    node.until("the snapshot", |node| node.metrics().contains(&line));
    assert_eq!(node.served.stop(), Some(0));
}

fn refused(url: &str, snapshot: &Path) -> String {
    let place = snapshot.to_str().unwrap();
    let serve = ["serve", "--database", url, "--bind", "127.0.0.1:0", "--snapshot", place];
    let (code, said) = words(&wangge(&serve).output().unwrap());
    assert_eq!(code, Some(3), "{said}");
    said
}

#[test]
fn a_node_starts_from_its_snapshot_while_the_database_is_down_and_refuses_a_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start();
    let url = cluster.url("postgres");
    fill(folder.path(), &url);
    let snapshot = folder.path().join("kept/town.snapshot");
    let node = Node::start(&url, &snapshot);
    assert!(refused(&url, &snapshot).contains("--snapshot"), "each node has its own");
    assert_eq!(publish(&url).0, Some(0));
    node.until("revision 2", |node| node.revision() == 2);
    let (answer, ready) = (node.get(LOOKUP).1, node.ready());
    stop_with(node, 2);

    cluster.control("-m immediate stop");
    let node = Node::start(&url, &snapshot);
    assert_eq!(node.get(LOOKUP).1, answer, "posts included");
    let mut away = node.ready();
    assert_eq!(away["works"]["edit"], false);
    away["works"] = ready["works"].clone();
    assert_eq!(away, ready);
    assert_eq!(node.get("api/v1/revisions").1["total"], 2);
    assert!(node.metrics().contains("wangge_store_answers 0"));
    cluster.control("start");
    node.until("writes are on", Node::writes);
    assert_eq!(publish(&url).0, Some(0));
    node.until("revision 3", |node| node.revision() == 3);
    stop_with(node, 3);

    let whole = std::fs::read(&snapshot).unwrap();
    cluster.control("-m immediate stop");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    for (bytes, words) in
        [(&damaged[..], "it is damaged"), (&whole[..100], "expected"), (b"", "expected 52 bytes")]
    {
        std::fs::write(&snapshot, bytes).unwrap();
        let said = refused(&url, &snapshot);
        assert!(said.contains(words) && said.contains("no local snapshot to start from"), "{said}");
    }
    std::fs::write(&snapshot, &whole).unwrap();
    let other = refused(&cluster.url("town"), &snapshot);
    assert!(other.contains("got one of postgres"), "{other}");

    // With the database there a damaged snapshot costs nothing: the store is loaded, and a new one written.
    std::fs::write(&snapshot, &damaged).unwrap();
    cluster.control("start");
    let node = Node::start(&url, &snapshot);
    assert_eq!(node.revision(), 3);
    stop_with(node, 3);
    assert_eq!(std::fs::read(&snapshot).unwrap(), whole, "the same state is the same file");
    // And a whole one is taken as it is.
    let node = Node::start(&url, &snapshot);
    assert!(node.metrics().contains("wangge_snapshot_revision 3\n"), "at once");
    drop(node);
}

#[test]
fn a_token_works_on_a_node_that_was_started_without_its_database_and_nobody_signs_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start();
    let url = cluster.url("postgres");
    fill(folder.path(), &url);
    let password = ["user", "add", "lan", "--role", "viewer", "--password-stdin", "--database", &url];
    let mut add = wangge(&password).stdin(std::process::Stdio::piped()).spawn().unwrap();
    add.stdin.take().unwrap().write_all("correct horse battery\n".as_bytes()).unwrap();
    assert!(add.wait_with_output().unwrap().status.success());
    let made = wangge(&["token", "new", "intake", "--role", "viewer", "--database", &url]).output().unwrap();
    let secret = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let snapshot = folder.path().join("town.snapshot");
    let node = Node::start(&url, &snapshot);
    let bearer = format!("Bearer {secret}");
    let agent = agent();
    let lookup = |node: &Node, bearer: &str| {
        let ask = agent.get(node.address(LOOKUP)).header("authorization", bearer);
        ask.call().unwrap().status().as_u16()
    };
    assert_eq!((lookup(&node, &bearer), node.get(LOOKUP).0), (200, 401));
    until("the snapshot", || snapshot.exists());
    assert_eq!(node.served.stop(), Some(0));
    cluster.control("-m immediate stop");
    let node = Node::start(&url, &snapshot);
    assert_eq!((lookup(&node, &bearer), node.get(LOOKUP).0), (200, 401));
    assert_eq!(lookup(&node, "Bearer wgt_nobody"), 401);
    let words = r#"{"name":"lan","password":"correct horse battery"}"#;
    let answer = agent.post(node.address("api/v1/session")).header("content-type", "application/json");
    let answer = answer.send(words).unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    assert!(answer.headers().get("retry-after").is_some());
}
