//! `wangge serve` and `wangge healthcheck` as programs.

use super::client::wait;
use crate::{postgis, square};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;
use wangge::store::{Publication, Store};
use wangge::unit::Attributes;

/// The program with these arguments.
pub fn wangge(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The square town as a file.
pub fn town(folder: &Path) -> PathBuf {
    let path = folder.join("town.gpkg");
    let (layers, effective_from) = (square::layers(), square::revision().effective_from);
    let first = Publication {
        prev: None,
        effective_from,
        note: None,
        attributes: Attributes::new(),
        layers: &layers,
    };
    wait(async {
        let store = Store::create(&path).await.unwrap();
        store.publish(&first).await.unwrap();
        store.close().await;
    });
    path
}

/// A running server and the address that it printed; stopped when it is dropped.
pub struct Served {
    pub child: Child,
    pub url: String,
    pub said: String,
}

impl Served {
    pub fn start(args: &[&str]) -> Self {
        let mut child = wangge(&[&["serve"], args].concat()).spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        while !said.contains("is at http") {
            assert!(lines.read_line(&mut said).unwrap() > 0, "ended before it was ready: {said}");
        }
        let url = said.split_whitespace().find(|word| word.starts_with("http")).unwrap().to_owned();
        Self { child, url, said }
    }

    /// What a service manager does; the exit code.
    pub fn stop(mut self) -> Option<i32> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The exit code and what was said.
pub fn words(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn it_prints_its_address_is_healthy_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let started = Instant::now();
    let served = Served::start(&[path.to_str().unwrap(), "--bind", "127.0.0.1:0"]);
    println!("ready after {:?}", started.elapsed());
    let health = wangge(&["healthcheck", "--url", &served.url]).output().unwrap();
    assert_eq!(words(&health), (Some(0), String::new()));
    let address = served.url.trim_start_matches("http://").trim_end_matches('/');
    let (code, said) =
        words(&wangge(&["serve", path.to_str().unwrap(), "--bind", address]).output().unwrap());
    assert!(code == Some(3) && said.contains("is taken by another program"), "{said}");
    let url = served.url.clone();
    assert_eq!(served.stop(), Some(0));
    assert_eq!(words(&wangge(&["healthcheck", "--url", &url]).output().unwrap()).0, Some(3));
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn it_shares_two_heaps_among_its_threads_unless_somebody_chose() {
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let served = Served::start(&[path.to_str().unwrap(), "--bind", "127.0.0.1:0"]);
    let surroundings = std::fs::read(format!("/proc/{}/environ", served.child.id())).unwrap();
    let chosen = std::env::var("MALLOC_ARENA_MAX").unwrap_or("2".to_owned());
    let wanted = format!("MALLOC_ARENA_MAX={chosen}");
    assert!(surroundings.split(|&b| b == 0).any(|line| line == wanted.as_bytes()));
}

#[test]
fn a_database_is_served_as_a_file_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let url = postgis::shared_url(&wait(postgis::database())).replace("wangge@", "wangge:geheim@");
    let copied = words(&wangge(&["copy", path.to_str().unwrap(), &url]).output().unwrap());
    assert_eq!(copied.0, Some(0), "{}", copied.1);
    let snapshot = folder.path().join("town.snapshot");
    let snapshot = snapshot.to_str().unwrap();
    let served = Served::start(&["--database", &url, "--bind", "127.0.0.1:0", "--snapshot", snapshot]);
    assert!(served.said.contains("postgres:///") && !served.said.contains("geheim"), "{}", served.said);
    let file = Served::start(&[path.to_str().unwrap(), "--bind", "127.0.0.1:0"]);
    for address in ["api/v1/locate?lon=110.0025&lat=25.0025&crs=wgs84", "tiles/grid/14/13198/7016.mvt"] {
        let get = |from: &Served| {
            ureq::get(format!("{}{address}", from.url)).call().unwrap().into_body().read_to_vec().unwrap()
        };
        let (a, b) = (get(&served), get(&file));
        assert!(!a.is_empty() && a == b, "{address}");
    }
    assert_eq!(served.stop(), Some(0));
}

#[test]
fn it_encrypts_with_a_certificate_of_its_own_making() {
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let served = Served::start(&[path.to_str().unwrap(), "--bind", "127.0.0.1:0", "--tls", "self-signed"]);
    assert!(served.url.starts_with("https://"), "{}", served.said);
    assert!(path.with_extension("tls.crt.pem").exists());
    let health = wangge(&["healthcheck", "--url", &served.url]).output().unwrap();
    assert_eq!(words(&health), (Some(0), String::new()));
}

#[test]
fn what_cannot_be_served_is_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let path = path.to_str().unwrap();
    let none = folder.path().join("none.gpkg");
    let table: [(&[&str], i32, &str); 7] = [
        (&["serve", path, "--bind", "127.0.0.1:0", "--snapshot", "x"], 2, "a file is local itself"),
        (&["serve", none.to_str().unwrap(), "--bind", "127.0.0.1:0"], 3, "wangge demo"),
        (&["serve", path, "--bind", "0.0.0.0:0"], 2, "--public-read"),
        (&["serve", path, "--bind", "127.0.0.1:0", "--basemap", "x.mbtiles"], 2, "pmtiles"),
        (&["serve", path, "--bind", "127.0.0.1:0", "--tls-cert", "a.pem"], 2, "--tls-key"),
        (
            &["serve", path, "--bind", "127.0.0.1:0", "--tls-cert", path, "--tls-key", path],
            3,
            "PEM certificate",
        ),
        (&["healthcheck", "--url", "127.0.0.1"], 2, "http(s)://host:port"),
    ];
    for (args, code, hint) in table {
        let (got, said) = words(&wangge(args).output().unwrap());
        assert!(got == Some(code) && said.contains(hint), "{args:?}: {got:?} {said}");
    }
}

/// What a signed-out request gets, and one with a header.
fn status(url: &str, header: (&str, &str)) -> u16 {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    agent.get(url).header(header.0, header.1).call().unwrap().status().as_u16()
}

/// Waits, for some seconds at most, until a request gets a status.
fn comes_to(url: &str, header: (&str, &str), expected: u16) -> bool {
    let start = Instant::now();
    while start.elapsed().as_secs() < 20 {
        if status(url, header) == expected {
            return true;
        }
        std::thread::yield_now();
    }
    false
}

#[test]
fn the_first_account_of_a_database_ends_local_mode_on_a_server_that_runs_and_a_revoked_token_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let url = postgis::shared_url(&wait(postgis::database()));
    let copied = words(&wangge(&["copy", path.to_str().unwrap(), &url]).output().unwrap());
    assert_eq!(copied.0, Some(0), "{}", copied.1);
    let nodes: Vec<Served> = (0..2)
        .map(|_| Served::start(&["--database", &url, "--bind", "127.0.0.1:0", "--snapshot", "none"]))
        .collect();
    let pages: Vec<String> = nodes.iter().map(|node| format!("{}api/v1/revisions", node.url)).collect();
    let nothing = ("accept", "*/*");
    assert!(pages.iter().all(|page| status(page, nothing) == 200));
    let person = Store::open(wangge::store::Location::parse(&url).unwrap());
    let store = wait(person).unwrap();
    let lan = crate::store_people::account("lan", &["viewer"]);
    let phc = wangge::app::access::password::hash("correct horse");
    wait(store.add_account(&lan, &phc, &crate::store_people::act("account.added", "lan"))).unwrap();
    assert!(pages.iter().all(|page| comes_to(page, nothing, 401)));
    let new = wangge(&["token", "new", "intake", "--role", "viewer", "--database", &url]).output().unwrap();
    let secret = format!("Bearer {}", String::from_utf8(new.stdout).unwrap().trim());
    let token = ("authorization", secret.as_str());
    assert!(pages.iter().all(|page| comes_to(page, token, 200)));
    let revoked = wangge(&["token", "revoke", "intake", "--database", &url]).output().unwrap();
    assert_eq!(words(&revoked).0, Some(0));
    assert!(pages.iter().all(|page| comes_to(page, token, 401)));
}

#[test]
fn with_an_account_any_address_may_be_listened_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let lan = crate::store_people::account("lan", &["viewer"]);
    let phc = wangge::app::access::password::hash("correct horse");
    wait(async {
        let store = Store::open(&path).await.unwrap();
        store.add_account(&lan, &phc, &crate::store_people::act("account.added", "lan")).await.unwrap();
        store.close().await;
    });
    let served = Served::start(&[path.to_str().unwrap(), "--bind", "0.0.0.0:0"]);
    let url = format!("{}api/v1/revisions", served.url);
    assert_eq!(status(&url, ("accept", "*/*")), 401);
}
