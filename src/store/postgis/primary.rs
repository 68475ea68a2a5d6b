//! Finding the host that takes decisions, and noticing when it no longer does.
//!
//! A pool of connections belongs to one primary. When a ping goes unanswered, a connection is lost or a
//! statement is refused as read-only, the whole pool is forgotten, and the next caller asks all hosts again.

use super::address::{Address, Host};
use super::{migrate, settings};
use crate::store::{Location, StoreError};
use arc_swap::ArcSwapOption;
use futures::future::join_all;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Postgres};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};
use tokio::time::timeout;

/// How long a pooled connection may take to show that it lives: sqlx has no TCP keepalive, and a host that
/// was paused or cut off answers nothing at all.
const PING: Duration = Duration::from_secs(1);

/// Connections per node: a publication, a load or two, the polls.
const CONNECTIONS: u32 = 8;

/// The hosts of a store, and a pool to the one that is primary.
#[derive(Debug)]
pub(super) struct Hosts {
    address: Address,
    /// The schema in which the tables lie.
    schema: &'static str,
    current: ArcSwapOption<Primary>,
    finding: Mutex<()>,
    /// The newest timeline seen. A promotion starts a new one; a primary of an older one was left behind.
    timeline: AtomicU32,
    /// Set when a store was found there and brought forward.
    settled: OnceCell<()>,
}

/// A primary and the connections to it.
#[derive(Debug)]
pub(super) struct Primary {
    pool: PgPool,
}

impl Hosts {
    /// The hosts of a store that is looked at before its first use, whenever that is.
    pub(super) fn of_a_store(address: Address) -> Arc<Self> {
        Self::with(address, settings::SCHEMA, OnceCell::new())
    }

    /// The hosts of whatever is there.
    pub(super) fn new(address: Address, schema: &'static str) -> Arc<Self> {
        Self::with(address, schema, OnceCell::new_with(Some(())))
    }

    fn with(address: Address, schema: &'static str, settled: OnceCell<()>) -> Arc<Self> {
        Arc::new(Self {
            address,
            schema,
            current: ArcSwapOption::empty(),
            finding: Mutex::default(),
            timeline: AtomicU32::new(0),
            settled,
        })
    }

    /// Looks at the store once: it is there, of no newer program, and brought forward if it was older.
    pub(super) async fn settle(self: &Arc<Self>) -> Result<(), StoreError> {
        self.settled.get_or_try_init(|| migrate::bring_forward(self)).await.copied()
    }

    pub(super) fn place(&self) -> Location {
        Location::Database(Box::new(self.address.clone()))
    }

    pub(super) fn schema(&self) -> &'static str {
        self.schema
    }

    /// A connection to the primary that has just answered a ping.
    pub(super) async fn connection(&self) -> Result<(Arc<Primary>, PoolConnection<Postgres>), StoreError> {
        let known = self.current.load_full();
        if let Some(primary) = known {
            match primary.connection().await {
                Ok(connection) => return Ok((primary, connection)),
                Err(reason) => {
                    tracing::warn!(place = %self.address, %reason, "the primary is asked for again");
                    self.forget(&primary);
                }
            }
        }
        let primary = self.find().await?;
        match primary.connection().await {
            Ok(connection) => Ok((primary, connection)),
            Err(reason) => {
                self.forget(&primary);
                Err(StoreError::Unreachable { place: self.place(), reason })
            }
        }
    }

    /// Lets go of a primary that failed, unless another one was found since.
    pub(super) fn forget(&self, failed: &Arc<Primary>) {
        self.current.compare_and_swap(failed, None);
    }

    /// Drops the pool; connections in use end when they are given back.
    pub(super) fn close(&self) {
        self.current.store(None);
    }

    /// Asks all hosts at once. One caller asks, the others wait for its answer.
    async fn find(&self) -> Result<Arc<Primary>, StoreError> {
        let _one = self.finding.lock().await;
        if let Some(primary) = self.current.load_full() {
            return Ok(primary);
        }
        let hosts = self.address.hosts();
        let asked = join_all(hosts.iter().map(|host| self.ask(host))).await;
        let newest = self.timeline.load(Ordering::Relaxed);
        let (mut best, mut reasons): (Option<(u32, &Host)>, Vec<String>) = (None, Vec::new());
        for (host, answer) in hosts.iter().zip(asked) {
            match answer {
                Ok(Some(line)) if line >= newest && best.is_none_or(|(other, _)| line > other) => {
                    best = Some((line, host));
                }
                Ok(Some(line)) => reasons.push(format!("{} is an old primary (timeline {line})", host.name)),
                Ok(None) => reasons.push(format!("{} is a standby", host.name)),
                Err(Refusal::Cluster(error)) => return Err(error),
                Err(Refusal::Host(reason)) => reasons.push(format!("{}: {reason}", host.name)),
            }
        }
        let Some((line, host)) = best else {
            return Err(StoreError::Unreachable { place: self.place(), reason: reasons.join("; ") });
        };
        self.timeline.fetch_max(line, Ordering::Relaxed);
        let primary = Arc::new(Primary { pool: self.pool(host) });
        self.current.store(Some(primary.clone()));
        Ok(primary)
    }

    /// What a host is: its timeline when it is a primary, nothing when it is a standby.
    async fn ask(&self, host: &Host) -> Result<Option<u32>, Refusal> {
        let asking = async {
            let mut connection = host.options.connect().await?;
            let role = settings::check(&mut connection).await?;
            // A courtesy to the host; it is no failure when it goes unheard.
            let _ = connection.close().await;
            Ok::<_, Refusal>(role)
        };
        let late = |_| Refusal::Host(format!("no answer within {} s", self.address.patience.as_secs()));
        timeout(self.address.patience, asking).await.map_err(late)?
    }

    fn pool(&self, host: &Host) -> PgPool {
        let schema = self.schema;
        PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(self.address.patience)
            .idle_timeout(Duration::from_mins(10))
            .max_lifetime(Duration::from_mins(30))
            .test_before_acquire(false)
            .after_connect(move |connection, _| Box::pin(settings::apply(connection, schema)))
            .connect_lazy_with(host.options.clone())
    }
}

impl Primary {
    /// A pool of one connection beside those that work, for somebody who only listens.
    pub(super) fn aside(&self) -> PgPool {
        let options = PgConnectOptions::clone(&self.pool.connect_options());
        PgPoolOptions::new().max_connections(1).acquire_timeout(PING).connect_lazy_with(options)
    }

    async fn connection(&self) -> Result<PoolConnection<Postgres>, String> {
        let mut connection = self.pool.acquire().await.map_err(|e| e.to_string())?;
        let reason = match timeout(PING, ping(&mut connection)).await {
            Ok(Ok(())) => return Ok(connection),
            Ok(Err(error)) => error.to_string(),
            Err(_late) => format!("no answer to a ping within {} s", PING.as_secs()),
        };
        drop(connection.detach());
        Err(reason)
    }
}

async fn ping(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    connection.ping().await
}

/// Why a host is not used.
pub(super) enum Refusal {
    /// Another host may do.
    Host(String),
    /// No host of this cluster would: its settings keep nothing safe.
    Cluster(StoreError),
}

impl From<sqlx::Error> for Refusal {
    /// A failure of connecting, or of the first questions.
    fn from(error: sqlx::Error) -> Self {
        Self::Host(error.to_string())
    }
}
