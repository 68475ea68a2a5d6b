//! A PostgreSQL of our own: one for all tests, and more for those that kill it.
//!
//! `tools/postgis` starts it and ends it when this process ends, however that comes about: the process
//! holds the other end of the script's standard input.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::{Mutex, OnceCell};
use wangge::store::Location;

/// A running server; stopped when it is dropped.
pub struct Cluster {
    keeper: Child,
    folder: PathBuf,
    postmaster: u32,
}

impl Cluster {
    /// An empty server.
    pub fn start() -> Self {
        Self::run(&[])
    }

    /// A standby that follows this server.
    pub fn standby(&self) -> Self {
        Self::run(&[&self.folder])
    }

    fn run(arguments: &[&Path]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/postgis");
        let mut keeper = Command::new(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("tools/postgis runs where there is bash");
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some((folder, postmaster)) = line.trim().rsplit_once(' ') else {
            panic!("PostgreSQL did not start (the reason stands above); `make test` installs what it needs");
        };
        Self { keeper, folder: folder.into(), postmaster: postmaster.parse().unwrap() }
    }

    /// The host part of an address: the folder of the socket.
    pub fn host(&self) -> String {
        self.folder.display().to_string().replace('/', "%2F")
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://wangge@{}/{database}", self.host())
    }

    /// Runs a statement in a database.
    pub async fn sql(&self, database: &str, statement: &str) {
        let mut connection = PgConnection::connect(&self.url(database)).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Sends a signal to the server and all its processes: `STOP`, `CONT`, `KILL`.
    pub fn signal(&self, name: &str) {
        let children = Command::new("ps")
            .args(["-o", "pid=", "--ppid", &self.postmaster.to_string()])
            .output()
            .unwrap()
            .stdout;
        let children = String::from_utf8(children).unwrap();
        let parent = self.postmaster.to_string();
        let all: Vec<&str> = [parent.as_str()].into_iter().chain(children.split_whitespace()).collect();
        Command::new("kill").arg(format!("-{name}")).args(&all).status().unwrap();
        let alive = || all.iter().any(|pid| Path::new("/proc").join(pid).exists());
        while name == "KILL" && alive() {
            std::thread::yield_now();
        }
    }

    /// Runs `pg_ctl` on the server: `promote`, `start`, `-m immediate stop`.
    pub fn control(&mut self, words: &str) {
        let script = "bin=; for bin in \"${PG_BIN:-}\" /usr/lib/postgresql/*/bin \"$(dirname \"$(command -v pg_ctl)\")\"; do \
            [ -x \"$bin/pg_ctl\" ] && break; done; \
            as=; [ \"$(id -u)\" = 0 ] && as='runuser -u postgres --'; cd \"$1\"; \
            exec $as \"$bin/pg_ctl\" -D \"$1\" -l \"$1/server.log\" -w -t 60 $2 </dev/null >/dev/null 2>&1";
        let data = self.folder.join("data");
        let done = Command::new("bash").args(["-c", script, "-"]).arg(&data).arg(words).status().unwrap();
        assert!(done.success(), "pg_ctl {words}");
        if let Ok(pid) = std::fs::read_to_string(data.join("postmaster.pid")) {
            self.postmaster = pid.lines().next().unwrap().parse().unwrap();
        }
    }

    /// Waits until this standby has all that the primary has written.
    pub async fn catches_up_with(&self, primary: &Self) {
        let mut ask = PgConnection::connect(&primary.url("postgres")).await.unwrap();
        let at: String =
            sqlx::query_scalar("select pg_current_wal_lsn()::text").fetch_one(&mut ask).await.unwrap();
        let mut standby = PgConnection::connect(&self.url("postgres")).await.unwrap();
        for _ in 0..600 {
            let there: bool = sqlx::query_scalar("select pg_last_wal_replay_lsn() >= $1::pg_lsn")
                .bind(&at)
                .fetch_one(&mut standby)
                .await
                .unwrap();
            if there {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("the standby does not follow");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

static SHARED: LazyLock<Cluster> = LazyLock::new(Cluster::start);
static TEMPLATE: OnceCell<()> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);
/// While a database is copied, nobody else may copy it.
static COPYING: Mutex<()> = Mutex::const_new(());

/// The server that all tests share.
pub fn shared() -> &'static Cluster {
    &SHARED
}

/// The name of a new, empty database with PostGIS in the shared server.
pub async fn database() -> String {
    let cluster = tokio::task::spawn_blocking(shared).await.unwrap();
    TEMPLATE
        .get_or_init(|| async {
            cluster.sql("postgres", "create database template_postgis").await;
            cluster.sql("template_postgis", "create extension postgis").await;
        })
        .await;
    let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let _one = COPYING.lock().await;
    cluster.sql("postgres", &format!("create database {name} template template_postgis")).await;
    name
}

/// A place for a store in a new database.
pub async fn place() -> Location {
    Location::parse(shared_url(&database().await)).unwrap()
}

/// The address of a database in the shared server.
pub fn shared_url(database: &str) -> String {
    shared().url(database)
}
