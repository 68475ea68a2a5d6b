//! A server that starts while the database is down.

use super::fixture::{Node, fill, publish};
use crate::http::serve::{wangge, words};
use crate::postgis::Cluster;
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
