//! Servers as processes of their own, on one database.

use crate::http::client::wait;
use crate::http::serve::{Served, town, wangge, words};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Output};
use std::time::{Duration, Instant};
use wangge::store::{Location, Store, copy};

/// What is promised for everything that another node or a returning database brings.
pub const SOON: Duration = Duration::from_secs(3);

/// Whether the long form runs.
pub fn soaking() -> bool {
    std::env::var_os("WANGGE_SOAK").is_some()
}

/// Puts the square town into a database.
pub fn fill(folder: &Path, url: &str) {
    let path = town(folder);
    wait(async {
        let store = Store::open_to_read(&path).await.unwrap();
        copy(&store, Location::parse(url).unwrap(), &mut |_| ()).await.unwrap();
    });
}

/// A server, and somebody who asks it.
pub struct Node {
    pub served: Served,
    agent: ureq::Agent,
}

impl Node {
    pub fn start(url: &str, snapshot: &Path) -> Self {
        let place = snapshot.to_str().unwrap();
        let served = Served::start(&["--database", url, "--bind", "127.0.0.1:0", "--snapshot", place]);
        Self { served, agent: agent() }
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.served.url)
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.agent.get(self.address(path)).call().unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_reader(answer.into_body().into_reader()).unwrap())
    }

    /// What `/metrics` says.
    pub fn metrics(&self) -> String {
        self.agent.get(self.address("metrics")).call().unwrap().into_body().read_to_string().unwrap()
    }

    /// What `/readyz` says; it says 200 whatever happens to the database.
    pub fn ready(&self) -> Value {
        let (status, body) = self.get("readyz");
        assert_eq!(
            (status, &body["works"]["lookup"], &body["works"]["tiles"]),
            (200, &true.into(), &true.into())
        );
        body
    }

    pub fn revision(&self) -> u64 {
        self.ready()["revision"].as_u64().unwrap()
    }

    pub fn writes(&self) -> bool {
        let works = self.ready()["works"].clone();
        assert_eq!(works["edit"], works["intake"], "both take the store");
        works["edit"].as_bool().unwrap()
    }

    /// Waits until something is so; how long that took.
    pub fn until(&self, what: &str, so: impl Fn(&Self) -> bool) -> Duration {
        until(what, || so(self))
    }
}

/// Waits until something is so on each node; how long that took.
pub fn everywhere(nodes: &[Node], what: &str, so: impl Fn(&Node) -> bool) -> Duration {
    let started = Instant::now();
    for node in nodes {
        node.until(what, &so);
    }
    started.elapsed()
}

/// A client that takes every status as an answer, and waits for none for ever.
pub fn agent() -> ureq::Agent {
    let settings = ureq::Agent::config_builder().http_status_as_error(false);
    settings.timeout_global(Some(Duration::from_secs(20))).build().into()
}

/// Waits until something is so, for at most a minute; how long that took.
pub fn until(what: &str, so: impl Fn() -> bool) -> Duration {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < Duration::from_mins(1), "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
    started.elapsed()
}

/// Publishes once through the store; the exit code and what was said.
pub fn publish(url: &str) -> (Option<i32>, String) {
    words(&dev_publish(url, &[]).output().unwrap())
}

/// `wangge dev-publish`, ready to run.
pub fn dev_publish(url: &str, more: &[&str]) -> std::process::Command {
    wangge(&[&["dev-publish", "--database", url], more].concat())
}

/// What a publication was acknowledged as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    pub number: u64,
    pub hash: String,
    pub at: Instant,
}

/// A publisher as a process of its own; each line that it prints is an acknowledgement.
pub struct Publisher {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Publisher {
    pub fn start(url: &str, count: u32) -> Self {
        let more = ["--count", &count.to_string(), "--patience", "120"];
        let mut child = dev_publish(url, &more).stderr(std::process::Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// Waits for the next acknowledgement; `None` at the end.
    pub fn next(&mut self) -> Option<Acknowledged> {
        let line = self.lines.next()?.unwrap();
        let (number, hash) = line.split_once(' ').unwrap();
        Some(Acknowledged { number: number.parse().unwrap(), hash: hash.into(), at: Instant::now() })
    }

    /// Stops it, wherever it is; what it was still told.
    pub fn stop(mut self) -> Vec<Acknowledged> {
        self.child.kill().unwrap();
        let rest = std::iter::from_fn(|| self.next()).collect();
        self.child.wait().unwrap();
        rest
    }

    pub fn output(self) -> Output {
        self.child.wait_with_output().unwrap()
    }
}
