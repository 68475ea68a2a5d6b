//! The database stopped, killed and paused under two servers.

use super::fixture::{Node, Publisher, SOON, everywhere, fill, publish, soaking};
use super::watch::Watch;
use crate::http::client::wait;
use crate::postgis::Cluster;
use std::time::{Duration, Instant};

/// A way in which a database goes, and how it comes back.
pub type Outage = (&'static str, fn(&mut Cluster), fn(&mut Cluster));

pub const OUTAGES: [Outage; 3] = [
    ("stopped", |c| c.control("-m immediate stop"), |c| c.control("start")),
    ("killed", |c| c.signal("KILL"), |c| c.control("start")),
    ("paused", |c| c.signal("STOP"), |c| c.signal("CONT")),
];

#[test]
fn lookups_and_tiles_never_fail_while_the_database_is_away_and_writes_come_back_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start();
    let url = cluster.url("postgres");
    fill(folder.path(), &url);
    // Pasts that nobody asked for yet, one for each outage.
    for _ in 0..6 {
        assert_eq!(publish(&url).0, Some(0));
    }
    let nodes = ["a", "b"].map(|name| Node::start(&url, &folder.path().join(name)));
    let moments = nodes[0].get("api/v1/revisions").1["items"].clone();
    let watch = Watch::start(&nodes);
    let (calm, away) = if soaking() { (10, 30) } else { (1, 2) };
    for (round, (name, go, back)) in OUTAGES.into_iter().enumerate() {
        std::thread::sleep(Duration::from_secs(calm));
        let mut normal = watch.take();
        go(&mut cluster);
        let noticed = nodes.each_ref().map(|node| node.until("writes are off", |node| !node.writes()));
        let at = moments[round]["effective_from"].as_str().unwrap();
        for node in &nodes {
            let (status, problem) = node.get(&format!("api/v1/units?at={at}"));
            assert_eq!((status, problem["code"].as_str()), (503, Some("store_away")), "{name}: {problem}");
        }
        let (code, said) = publish(&url);
        assert_eq!(code, Some(3), "{name}: {said}");
        std::thread::sleep(Duration::from_secs(away));
        let head = nodes[0].revision();
        back(&mut cluster);
        let returned = Instant::now();
        let acknowledged = Publisher::start(&url, 1).next().expect("written again");
        let written = acknowledged.at - returned;
        let works = nodes.each_ref().map(|node| node.until("writes are on", Node::writes));
        for node in &nodes {
            let (status, _) = node.get(&format!("api/v1/units?at={at}"));
            assert_eq!(status, 200, "{name}");
            node.until("the new revision", |node| node.revision() == head + 1);
        }
        let served = returned.elapsed();
        let mut during = watch.take();
        println!("{name}: normal {}; during {}", normal.figures(), during.figures());
        println!("{name}: noticed {noticed:?}; back: written {written:?}, told {works:?}, served {served:?}");
        assert_eq!(normal.failures, Vec::<String>::new(), "{name}");
        assert_eq!(during.failures, Vec::<String>::new(), "{name}");
        assert!(written < SOON && works.iter().all(|&took| took < SOON), "{name}");
    }
    drop(watch);
    read_only(&cluster, &nodes);
}

/// A primary that was told to take no writes answers, but neither edits nor intake work.
fn read_only(cluster: &Cluster, nodes: &[Node]) {
    let set = |value: &str| {
        let sql = format!("alter database postgres set default_transaction_read_only = {value}");
        wait(cluster.sql("template1", &sql));
        let cut = "select pg_terminate_backend(pid) from pg_stat_activity
            where datname = 'postgres'";
        wait(cluster.sql("template1", cut));
    };
    set("on");
    everywhere(nodes, "read-only is told", |node| !node.writes());
    let text = nodes[0].metrics();
    assert!(text.contains("wangge_store_answers 1") && text.contains("wangge_store_writable 0"), "{text}");
    set("off");
    everywhere(nodes, "writes are on", Node::writes);
}
