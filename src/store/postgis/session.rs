//! A connection in use: every statement has a deadline, every failure its meaning, and whatever was left
//! half done ends with the connection.

use super::primary::{Hosts, Primary};
use super::{fault, settings};
use crate::store::{Location, StoreError};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, PgConnection, Postgres};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for a statement: longer than the server may work on it, because a paused server or a
/// cut line says nothing at all.
const STATEMENT: Duration = Duration::from_secs(settings::STATEMENT_S + 2);

/// The same on both sides for what is done once per store: PostGIS makes itself with thousands of statements
/// in one.
const LONG: Duration = Duration::from_secs(122);
const LONG_ON_THE_SERVER: &str = "set statement_timeout = '120s'";

/// A connection to the primary, alone or inside a transaction.
pub(super) struct Session {
    hosts: Arc<Hosts>,
    primary: Arc<Primary>,
    /// Gone when it must not be used again.
    connection: Option<PoolConnection<Postgres>>,
    doing: &'static str,
    in_transaction: bool,
    /// A statement was begun and its end not seen.
    waiting: bool,
    /// How long a statement is waited for.
    patience: Duration,
}

impl Session {
    /// A connection that just answered, to a store that was found to be one.
    pub(super) async fn start(hosts: &Arc<Hosts>, doing: &'static str) -> Result<Self, StoreError> {
        hosts.settle().await?;
        Self::bare(hosts, doing).await
    }

    /// A connection that just answered, to whatever is there.
    pub(super) async fn bare(hosts: &Arc<Hosts>, doing: &'static str) -> Result<Self, StoreError> {
        let (primary, connection) = hosts.connection().await?;
        Ok(Self {
            hosts: hosts.clone(),
            primary,
            connection: Some(connection),
            doing,
            in_transaction: false,
            waiting: false,
            patience: STATEMENT,
        })
    }

    /// Gives statements two minutes; the connection is then for this work only.
    pub(super) async fn take_time(&mut self) -> Result<(), StoreError> {
        self.script(LONG_ON_THE_SERVER).await?;
        self.patience = LONG;
        Ok(())
    }

    /// The same inside a transaction that writes.
    pub(super) async fn begin(hosts: &Arc<Hosts>, doing: &'static str) -> Result<Self, StoreError> {
        Self::start(hosts, doing).await?.transaction("begin").await
    }

    /// The same inside a transaction that sees one moment and writes nothing.
    pub(super) async fn view(hosts: &Arc<Hosts>, doing: &'static str) -> Result<Self, StoreError> {
        Self::start(hosts, doing).await?.transaction("begin isolation level repeatable read, read only").await
    }

    /// Opens a transaction.
    pub(super) async fn transaction(mut self, begin: &'static str) -> Result<Self, StoreError> {
        self.in_transaction = true;
        self.script(begin).await?;
        Ok(self)
    }

    /// Where this is.
    pub(super) fn place(&self) -> Location {
        self.hosts.place()
    }

    /// All rows of a statement.
    pub(super) async fn rows(
        &mut self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, StoreError> {
        let answer = timeout(self.patience, query.fetch_all(self.wait())).await;
        self.heard(answer)
    }

    /// The one row of a statement, if there is one.
    pub(super) async fn row(
        &mut self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> Result<Option<PgRow>, StoreError> {
        let answer = timeout(self.patience, query.fetch_optional(self.wait())).await;
        self.heard(answer)
    }

    /// Runs a statement; how many rows it touched.
    pub(super) async fn run(&mut self, query: Query<'_, Postgres, PgArguments>) -> Result<u64, StoreError> {
        let answer = timeout(self.patience, query.execute(self.wait())).await;
        self.heard(answer).map(|done| done.rows_affected())
    }

    /// Runs several statements without parameters.
    pub(super) async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let answer = timeout(self.patience, sqlx::raw_sql(sql).execute(self.wait())).await;
        self.heard(answer).map(|_| ())
    }

    /// Ends the transaction. Without an answer the outcome is [`StoreError::OutcomeUnknown`].
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let answer = timeout(self.patience, sqlx::raw_sql("commit").execute(self.wait())).await;
        let error = match answer {
            Ok(Ok(_)) => {
                (self.in_transaction, self.waiting) = (false, false);
                return Ok(());
            }
            Ok(Err(error)) => fault::of_commit(&self.place(), self.doing, error),
            Err(_late) => fault::unknown(&self.place(), self.doing, "no answer in time"),
        };
        self.hosts.forget(&self.primary);
        Err(error)
    }

    /// Ends the transaction by what came of it: commits what succeeded, undoes what did not.
    pub(super) async fn end<T>(self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        match done {
            Ok(value) => self.commit().await.map(|()| value),
            Err(error) => {
                self.undo().await;
                Err(error)
            }
        }
    }

    /// Undoes the transaction, after a refusal of our own or the server's.
    pub(super) async fn undo(mut self) {
        // Unheard, the connection is closed, which undoes it as well.
        if !self.waiting && self.script("rollback").await.is_ok() {
            self.in_transaction = false;
        }
    }

    /// Closes the connection, and with it what belongs to it, such as an advisory lock.
    pub(super) async fn hang_up(mut self) {
        if let Some(connection) = self.connection.take() {
            // That the server heard it does not matter.
            let _ = timeout(STATEMENT, connection.detach().close()).await;
        }
    }

    /// The connection, marked as one whose answer is awaited.
    fn wait(&mut self) -> &mut PgConnection {
        self.waiting = true;
        self.connection.as_mut().expect("a session has its connection until it is dropped")
    }

    /// What an answer, or none, means; a primary that failed is forgotten.
    fn heard<T>(
        &mut self,
        answer: Result<Result<T, sqlx::Error>, tokio::time::error::Elapsed>,
    ) -> Result<T, StoreError> {
        let error = match answer {
            Ok(Ok(value)) => {
                self.waiting = false;
                return Ok(value);
            }
            Ok(Err(error)) => fault::of(&self.place(), self.doing, error),
            Err(_late) => StoreError::Interrupted {
                doing: self.doing,
                place: self.place(),
                reason: format!("no answer within {} s", self.patience.as_secs()),
            },
        };
        if matches!(error, StoreError::Interrupted { .. }) {
            self.hosts.forget(&self.primary);
        } else {
            self.waiting = false;
        }
        Err(error)
    }
}

impl Drop for Session {
    /// A connection whose answer or whose transaction's end was not seen is closed, not given back: the
    /// server then undoes what was not committed.
    fn drop(&mut self) {
        if (self.waiting || self.in_transaction || self.patience != STATEMENT)
            && let Some(connection) = self.connection.take()
        {
            drop(connection.detach());
        }
    }
}
