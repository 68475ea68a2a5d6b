//! `make bench-http`: the server beside a plain axum `hello`, both on loopback and both driven by wrk.
//!
//! The rounds of all are taken in turn, so that a busy machine is busy for each. Requests a second depend
//! on what wrk leaves of the machine; the processor time that a server spends on a request, read from the
//! kernel, does so less, and is what the ratios are about.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measuring program, not the product"
)]

use axum::Router;
use axum::routing::get;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ROUNDS: usize = 5;
const SECONDS: u32 = 2;
const CONNECTIONS: u32 = 16;

/// What a tile and a lookup are asked with: downtown, where most is in both.
const TILE: &str = "/tiles/grid/11/1650/876.mvt";
const LOCATE: &str = "/api/v1/locate?lon=110.29&lat=25.27&crs=wgs84";
const PACKING: (&str, &str) = ("accept-encoding", "br");

fn main() {
    if std::env::args().nth(1).as_deref() == Some("hello") {
        return hello();
    }
    if Command::new("wrk").arg("-v").output().is_err() {
        println!("wrk is not installed, so nothing was measured; `apt-get install wrk`");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let hello = Served::start(Command::new(std::env::current_exe().unwrap()).arg("hello"));
    let city = city(folder.path());
    let wangge = Served::start(wangge().args(["serve", &city, "--bind", "127.0.0.1:0"]));
    let tag = wangge.tag(TILE);
    let cases = [
        Case::new("hello", &hello, "/", &[]),
        Case::new("livez", &wangge, "/livez", &[]),
        Case::new("tile", &wangge, TILE, &[PACKING]),
        Case::new("tile, 304", &wangge, TILE, &[PACKING, ("if-none-match", &tag)]),
        Case::new("locate", &wangge, LOCATE, &[]),
        Case::new("locate, br", &wangge, LOCATE, &[PACKING]),
    ];
    let mut rounds = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS {
        for (case, rounds) in cases.iter().zip(&mut rounds) {
            rounds.push(case.round());
        }
    }
    let medians: Vec<Round> = rounds.iter().map(|rounds| Round::median(rounds)).collect();
    tell(&cases, &medians);
}

fn tell(cases: &[Case<'_>], medians: &[Round]) {
    println!("{CONNECTIONS} connections, median of {ROUNDS} rounds of {SECONDS} s, taken in turn");
    println!(
        "{:<12} {:>12} {:>8} {:>18} {:>8}",
        "", "requests/s", "of hello", "CPU µs a request", "of hello"
    );
    for (case, median) in cases.iter().zip(medians) {
        println!(
            "{:<12} {:>12.0} {:>8.2} {:>18.1} {:>8.2}",
            case.name,
            median.per_second,
            median.per_second / medians[0].per_second,
            median.cpu_us,
            median.cpu_us / medians[0].cpu_us,
        );
    }
}

/// The least that an axum server can do.
#[tokio::main]
async fn hello() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    eprintln!("hello is at http://{}/", listener.local_addr().unwrap());
    axum::serve(listener, Router::new().route("/", get(|| async { "hello" }))).await.unwrap();
}

fn wangge() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wangge"))
}

/// The demo city's file.
fn city(folder: &Path) -> String {
    let path = folder.join("city.gpkg").display().to_string();
    let made = wangge().args(["demo", &path]).stderr(Stdio::null()).status().unwrap();
    assert!(made.success(), "no demo city was made");
    path
}

/// A server in a process of its own, ended when it is dropped.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    /// Starts a program that tells its address on standard error.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        while !said.contains("://") {
            assert!(lines.read_line(&mut said).unwrap() > 0, "ended before it was ready: {said}");
        }
        let url = said.split_whitespace().find(|word| word.contains("://")).unwrap();
        Self { child, url: url.trim_end_matches('/').to_owned() }
    }

    /// The entity tag at an address, which is then warm.
    fn tag(&self, path: &str) -> String {
        let answer = ureq::get(format!("{}{path}", self.url)).call().unwrap();
        answer.headers()["etag"].to_str().unwrap().to_owned()
    }

    /// The processor time that it has used, in the kernel too.
    fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let after_name = stat.rsplit_once(") ").unwrap().1;
        let ticks: u64 = after_name.split(' ').skip(11).take(2).map(|n| n.parse::<u64>().unwrap()).sum();
        // Linux counts in hundredths of a second wherever it tells user space.
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One thing to ask for, again and again.
struct Case<'a> {
    name: &'static str,
    server: &'a Served,
    url: String,
    headers: Vec<String>,
}

#[derive(Clone, Copy)]
struct Round {
    per_second: f64,
    cpu_us: f64,
}

impl<'a> Case<'a> {
    fn new(name: &'static str, server: &'a Served, path: &str, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Self { name, server, url: format!("{}{path}", server.url), headers }
    }

    fn round(&self) -> Round {
        let before = self.server.cpu();
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", &format!("-c{CONNECTIONS}"), &format!("-d{SECONDS}s")]);
        wrk.args(self.headers.iter().flat_map(|header| ["-H", header]));
        let said = String::from_utf8(wrk.arg(&self.url).output().unwrap().stdout).unwrap();
        let used = self.server.cpu().saturating_sub(before);
        assert!(!said.contains("Non-2xx"), "{}: {said}", self.name);
        let requests: f64 = word_before(&said, " requests in ").parse().unwrap();
        let seconds: f64 = word_after(&said, "Requests/sec:").parse().unwrap();
        Round { per_second: seconds, cpu_us: used.as_secs_f64() * 1e6 / requests }
    }
}

impl Round {
    fn median(rounds: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> f64| {
            let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        Self { per_second: middle(|r| r.per_second), cpu_us: middle(|r| r.cpu_us) }
    }
}

fn word_before<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split(mark).next().and_then(|before| before.split_whitespace().last()).unwrap_or_default()
}

fn word_after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.split(mark).nth(1).and_then(|after| after.split_whitespace().next()).unwrap_or_default()
}
