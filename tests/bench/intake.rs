//! `cargo bench --bench intake`: reports filed over HTTP from 32 connections, beside a bare SQLite group-commit loop on the
//! same disk, rounds in turn; and what lookups take meanwhile.
//!
//! The loop is the least that keeps the promise: 32 senders hand rows to one writer, which takes all that wait into one
//! transaction, syncs, and tells them. It reads no HTTP, locates nothing and writes no event.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measuring program, not the product"
)]

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

const SENDERS: usize = 32;
const ROUNDS: usize = 3;
const SECONDS: u64 = 4;

/// Keys that nobody used, downtown places, a text of the usual length.
const SCRIPT: &str = r#"
local thread = 0
function setup(t) t:set("id", thread) thread = thread + 1 end
function init() n = 0; stamp = os.time() .. "-" .. math.random(1, 1e9) end
function request()
  n = n + 1
  local lon, lat = 110.25 + (n % 997) / 10000, 25.24 + (n % 787) / 10000
  local body = string.format('{"crs":"wgs84","lon":%.6f,"lat":%.6f,"category":"waste",' ..
    '"occurred_at":"2026-11-27T08:00:00Z","text":"路边垃圾堆放,未清运","source_ref":"%d"}', lon, lat, n)
  return wrk.format("POST", "/api/v1/reports",
    {["content-type"] = "application/json", ["idempotency-key"] = stamp .. "-" .. id .. "-" .. n}, body)
end
function response(status) if status ~= 201 then print("not filed: " .. status) os.exit(1) end end
"#;

fn main() {
    if Command::new("wrk").arg("-v").output().is_err() {
        println!("wrk is not installed, so nothing was measured; `apt-get install wrk`");
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let script = folder.path().join("reports.lua");
    std::fs::write(&script, SCRIPT).unwrap();
    let city = folder.path().join("city.gpkg").display().to_string();
    let made = wangge().args(["demo", &city, "--reports", "0"]).stderr(Stdio::null()).status().unwrap();
    assert!(made.success(), "no demo city was made");
    let served = Served::start(&city);
    let alone = lookups(&served.url);
    let (mut ours, mut bare, mut during) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        bare.push(group_commit(&folder.path().join(format!("bare-{round}.db"))));
        let intake = intake(&served.url, &script);
        std::thread::sleep(Duration::from_millis(500));
        during.push(lookups(&served.url));
        ours.push(filed(intake));
    }
    let (ours, bare) = (median(&ours), median(&bare));
    println!(
        "{SENDERS} senders, median of {ROUNDS} rounds of {SECONDS} s, taken in turn, every answer synced"
    );
    println!("bare SQLite group commit {bare:>10.0} rows/s");
    println!("reports over HTTP        {ours:>10.0} /s, {:.2} of it", ours / bare);
    println!("lookup p99 alone {:.2} ms, while reports come in {:.2} ms", alone, median(&during));
}

fn median(all: &[f64]) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn wangge() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wangge"))
}

fn wrk(args: &[&str]) -> Child {
    Command::new("wrk").args(args).stdout(Stdio::piped()).spawn().unwrap()
}

fn said(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

fn intake(url: &str, script: &Path) -> Child {
    let (senders, seconds) = (format!("-c{SENDERS}"), format!("-d{SECONDS}s"));
    wrk(&["-t2", &senders, &seconds, "-s", script.to_str().unwrap(), url])
}

/// Reports a second.
fn filed(child: Child) -> f64 {
    let said = said(child);
    let line = said.lines().find(|line| line.starts_with("Requests/sec:")).unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}

/// The 99th percentile of lookups from two connections, in milliseconds.
fn lookups(url: &str) -> f64 {
    let url = format!("{url}/api/v1/locate?lon=110.29&lat=25.27&crs=wgs84");
    let said = said(wrk(&["-t1", "-c2", "-d2s", "--latency", &url]));
    let line = said.lines().find(|line| line.trim().starts_with("99%")).unwrap();
    let text = line.split_whitespace().last().unwrap();
    let number: f64 = text.trim_end_matches(|c: char| c.is_alphabetic()).parse().unwrap();
    if text.ends_with("us") {
        number / 1_000.0
    } else if text.ends_with("ms") {
        number
    } else {
        number * 1_000.0
    }
}

/// Rows a second.
fn group_commit(path: &Path) -> f64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut writer = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .connect()
            .await
            .unwrap();
        let table =
            "create table report (id integer primary key, key text not null unique, body text not null)";
        sqlx::query(table).execute(&mut writer).await.unwrap();
        let (send, mut rows) = mpsc::channel::<(String, String, oneshot::Sender<()>)>(1_024);
        let until = Instant::now() + Duration::from_secs(SECONDS);
        let body = "x".repeat(1_200);
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let (send, body) = (send.clone(), body.clone());
                tokio::spawn(async move {
                    let mut count = 0_u64;
                    while Instant::now() < until {
                        let (answer, heard) = oneshot::channel();
                        send.send((format!("{sender}-{count}"), body.clone(), answer)).await.unwrap();
                        heard.await.unwrap();
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        drop(send);
        let mut group = Vec::new();
        while rows.recv_many(&mut group, 256).await > 0 {
            let mut transaction = writer.begin_with("begin immediate").await.unwrap();
            let mut answers = Vec::new();
            for (key, body, answer) in group.drain(..) {
                let insert = sqlx::query("insert into report (key, body) values (?, ?)").bind(key).bind(body);
                insert.execute(&mut *transaction).await.unwrap();
                answers.push(answer);
            }
            transaction.commit().await.unwrap();
            for answer in answers {
                let _ = answer.send(());
            }
        }
        let mut rows = 0;
        for sender in senders {
            rows += sender.await.unwrap();
        }
        rows as f64 / SECONDS as f64
    })
}

/// A server in a process of its own, ended when it is dropped.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(city: &str) -> Self {
        let mut child =
            wangge().args(["serve", city, "--bind", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        while !said.contains("://") {
            assert!(lines.read_line(&mut said).unwrap() > 0, "ended before it was ready: {said}");
        }
        let url = said.split_whitespace().find(|word| word.contains("://")).unwrap();
        Self { child, url: url.trim_end_matches('/').to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
