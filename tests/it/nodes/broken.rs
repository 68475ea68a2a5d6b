//! A client that follows the log of two nodes while its connections break and the commits of both are delayed.

use super::fixture::{Node, agent, fill, publish, soaking};
use crate::dice::Dice;
use crate::http::client::wait;
use crate::postgis;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Each commit that has events takes up to 20 ms longer for each, at random.
const LINGER: &str = "
    create function wangge.linger() returns trigger language plpgsql as
      $$ begin perform pg_sleep(random() * 0.02); return null; end $$;
    create constraint trigger linger after insert on wangge.event deferrable initially deferred
      for each row execute function wangge.linger();";

/// Files reports one after the other, some of them twice.
fn file_all(node: &Node, sender: usize, count: usize) {
    let (agent, mut dice) = (agent(), Dice::new(sender as u64));
    for n in 0..count {
        let lon = 110.0 + f64::from(dice.int(1, 90) as u32) / 10_000.0;
        let body = json!({"crs": "wgs84", "lon": lon, "lat": 25.001, "category": "waste",
            "occurred_at": "2026-11-27T08:00:00Z"});
        for _ in 0..dice.int(1, 2) {
            let post = agent.post(node.address("api/v1/reports"));
            let post = post.header("content-type", "application/json");
            let answer =
                post.header("idempotency-key", format!("{sender}-{n}")).send(body.to_string()).unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
        }
    }
}

/// Reads the stream of a node after a number until it breaks; whole events only.
fn read(node: &Node, after: u64, dice: &mut Dice) -> Vec<u64> {
    let (address, _) = node.served.url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(dice.int(1, 400) as u64))).unwrap();
    let ask = format!("GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\nlast-event-id: {after}\r\n\r\n");
    stream.write_all(ask.as_bytes()).unwrap();
    let most = dice.int(0, 40) as usize;
    let (mut whole, mut begun, mut says): (Vec<u64>, u64, bool) = (Vec::new(), 0, false);
    for line in BufReader::new(stream).lines() {
        // A wait that was too long breaks the connection too.
        let Ok(line) = line else { break };
        // A stream begins with a number alone: where it goes on.
        if let Some(number) = line.strip_prefix("id: ") {
            begun = number.parse().unwrap();
        } else if line.starts_with("data: ") {
            says = true;
        } else if line.is_empty() && std::mem::take(&mut says) {
            whole.push(begun);
        }
        if whole.len() >= most {
            break;
        }
    }
    whole
}

#[test]
fn a_reader_hears_every_number_once_and_in_order_through_broken_connections() {
    let folder = tempfile::tempdir().unwrap();
    let url = postgis::shared_url(&wait(postgis::database()));
    fill(folder.path(), &url);
    wait(async {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(LINGER).execute(&mut connection).await.unwrap();
    });
    let nodes = ["a", "b"].map(|name| Node::start(&url, &folder.path().join(name)));
    let (count, over) = (if soaking() { 4_000 } else { 120 }, AtomicBool::new(false));
    let (nodes, over) = (&nodes, &over);
    let (heard, connections) = std::thread::scope(|threads| {
        let reader = threads.spawn(move || {
            let (mut dice, mut heard, mut connections) = (Dice::new(3), Vec::<u64>::new(), 0);
            let mut quiet = Instant::now();
            loop {
                let (after, known) = (heard.last().copied().unwrap_or(0), heard.len());
                heard.extend(read(&nodes[dice.int(0, 1) as usize], after, &mut dice));
                connections += 1;
                if heard.len() > known {
                    quiet = Instant::now();
                } else if over.load(Ordering::Relaxed) && quiet.elapsed() > Duration::from_secs(4) {
                    return (heard, connections);
                }
            }
        });
        let writers = [0, 1].map(|k| threads.spawn(move || file_all(&nodes[k], k, count)));
        for _ in 0..3 {
            assert_eq!(publish(&url), (Some(0), String::new()));
        }
        for writer in writers {
            writer.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    // The first publication and three more, and each report once.
    println!("{} events over {connections} connections", heard.len());
    assert_eq!(heard, (1..=4 + 2 * count as u64).collect::<Vec<_>>());
    assert!(connections > 10);
}
