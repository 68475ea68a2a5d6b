//! A standby promoted while somebody publishes.

use super::fixture::{Acknowledged, Node, Publisher, everywhere, fill, publish};
use crate::http::client::wait;
use crate::postgis::Cluster;
use wangge::store::{Location, Store};

#[test]
fn no_acknowledged_publication_is_lost_when_a_standby_takes_over_and_the_old_primary_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut primary = Cluster::start();
    fill(folder.path(), &primary.url("postgres"));
    let mut standby = primary.standby();
    wait(async {
        primary.sql("postgres", "alter system set synchronous_standby_names = 'ANY 1 (*)'").await;
        primary.sql("postgres", "select pg_reload_conf()").await;
    });
    let url = format!("postgres://wangge@{},{}/postgres", primary.host(), standby.host());
    let nodes = ["a", "b"].map(|name| Node::start(&url, &folder.path().join(name)));
    let mut publisher = Publisher::start(&url, 100_000);
    let mut acknowledged: Vec<Acknowledged> = (0..10).map(|_| publisher.next().unwrap()).collect();
    primary.signal("KILL");
    standby.control("promote");
    let before = acknowledged.len();
    acknowledged.extend((0..10).map(|_| publisher.next().unwrap()));
    acknowledged.extend(publisher.stop());
    let gap = acknowledged[before].at - acknowledged[before - 1].at;
    let lost = wait(lost(&standby.url("postgres"), &acknowledged));
    println!(
        "{} acknowledged, {} lost; the longest wait of the client {gap:?} with the promotion",
        acknowledged.len(),
        lost.len()
    );
    assert_eq!(lost, Vec::new());
    let last = acknowledged.last().unwrap();
    everywhere(&nodes, "what was acknowledged last", |node| node.revision() >= last.number);
    // The old one comes back as a primary, which it must not; alone it confirms nothing, and is not asked.
    primary.control("start");
    assert_eq!(publish(&url).0, Some(0));
    let head = nodes[0].revision().max(last.number) + 1;
    everywhere(&nodes, "published on the new one", |n| n.revision() >= head);
    standby.control("-m fast stop");
    everywhere(&nodes, "the old one is refused", |node| !node.writes());
    let served = nodes[0].revision();
    standby.control("start");
    everywhere(&nodes, "writes are on", Node::writes);
    assert_eq!(publish(&standby.url("postgres")).0, Some(0));
    everywhere(&nodes, "the next one", |n| n.revision() > served);
}

/// Those acknowledged that are not in the store as they were acknowledged.
async fn lost(url: &str, acknowledged: &[Acknowledged]) -> Vec<Acknowledged> {
    let store = Store::open(Location::parse(url).unwrap()).await.unwrap();
    let mut lost = Vec::new();
    for one in acknowledged {
        let stored = store.load(one.number).await.map(|loaded| loaded.state_hash.to_string());
        if stored.ok().as_ref() != Some(&one.hash) {
            lost.push(one.clone());
        }
    }
    lost
}
