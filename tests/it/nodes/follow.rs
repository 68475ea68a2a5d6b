//! Two servers, and publications by a third process.

use super::fixture::{Node, Publisher, SOON, everywhere, fill, publish, soaking};
use crate::dice::Dice;
use crate::http::client::wait;
use crate::postgis;
use sqlx::{Connection, PgConnection, Row};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

#[test]
fn what_is_published_on_one_is_served_by_the_others_within_three_seconds() {
    let folder = tempfile::tempdir().unwrap();
    let url = postgis::shared_url(&wait(postgis::database()));
    fill(folder.path(), &url);
    let nodes = ["a", "b"].map(|name| Node::start(&url, &folder.path().join(name)));
    let before = nodes[0].ready();
    assert_eq!(before, nodes[1].ready());
    assert_eq!(before["revision"], 1);
    assert_eq!(publish(&url), (Some(0), String::new()));
    let published = Instant::now();
    everywhere(&nodes, "revision 2", |node| node.revision() == 2);
    println!("both served it {:?} after it was acknowledged", published.elapsed());
    assert!(published.elapsed() < SOON);
    let (a, b) = (nodes[0].ready(), nodes[1].ready());
    assert_eq!(a, b);
    assert_ne!(a["state_hash"], before["state_hash"]);
    for node in &nodes {
        assert_eq!(node.get("api/v1/revisions").1["total"], 2);
        assert_eq!(node.get("api/v1/units/land/g1").1["properties"]["attributes"]["dev_publish"], 1);
    }
}

/// Ends the connections that listen; how many there were.
async fn cut(connection: &mut PgConnection, database: &str) -> usize {
    let cut =
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and query ilike 'listen%'";
    let cut = sqlx::query(cut).bind(database).fetch_all(connection).await.unwrap();
    cut.iter().filter(|row| row.get::<bool, _>(0)).count()
}

#[test]
fn no_publication_is_missed_when_the_hints_are_cut_at_random() {
    let folder = tempfile::tempdir().unwrap();
    let database = wait(postgis::database());
    let url = postgis::shared_url(&database);
    fill(folder.path(), &url);
    let nodes = ["a", "b"].map(|name| Node::start(&url, &folder.path().join(name)));
    let count = if soaking() { 1_000 } else { 20 };
    let over = AtomicBool::new(false);
    let (cuts, latest) = std::thread::scope(|threads| {
        let cutting = threads.spawn(|| {
            let mut dice = Dice::new(7);
            let mut cuts = 0;
            wait(async {
                let mut connection = PgConnection::connect(&postgis::shared_url("postgres")).await.unwrap();
                while !over.load(Ordering::Relaxed) {
                    cuts += cut(&mut connection, &database).await;
                    tokio::time::sleep(Duration::from_millis(dice.int(0, 400) as u64)).await;
                }
            });
            cuts
        });
        let watching = nodes.each_ref().map(|node| {
            let over = &over;
            threads.spawn(move || {
                let mut seen: Vec<(u64, Instant)> = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    let revision = node.revision();
                    let last = seen.last().map_or(0, |&(number, _)| number);
                    assert!(revision >= last, "a node never goes back");
                    if revision > last {
                        seen.push((revision, Instant::now()));
                    }
                    std::thread::sleep(Duration::from_millis(5));
                }
                seen
            })
        });
        let mut publisher = Publisher::start(&url, count);
        let acknowledged: Vec<_> = std::iter::from_fn(|| publisher.next()).collect();
        assert!(publisher.output().status.success());
        assert_eq!(acknowledged.len(), count as usize);
        everywhere(&nodes, "the last revision", |node| node.revision() == u64::from(count) + 1);
        std::thread::sleep(Duration::from_millis(50));
        over.store(true, Ordering::Relaxed);
        let lag = |seen: &[(u64, Instant)], of: &super::fixture::Acknowledged| {
            let (_, served) = seen.iter().find(|(number, _)| *number >= of.number).unwrap();
            served.saturating_duration_since(of.at)
        };
        let seen = watching.map(|watching| watching.join().unwrap());
        let lags = acknowledged.iter().flat_map(|of| seen.iter().map(move |seen| lag(seen, of)));
        let latest = lags.max().unwrap();
        let last = acknowledged.last().unwrap();
        for node in &nodes {
            assert_eq!(node.ready()["state_hash"], last.hash.as_str());
            assert_eq!(node.get("api/v1/revisions").1["total"], count + 1);
        }
        (cutting.join().unwrap(), latest)
    });
    println!("{count} publications, {cuts} cuts, each served at most {latest:?} after it was acknowledged");
    assert!(cuts > 0, "nothing was cut, so this showed nothing");
    assert!(latest < SOON);
}
