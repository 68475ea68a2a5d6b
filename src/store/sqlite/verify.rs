//! What SQLite itself can check.

use super::{Sqlite, StoreError};
use sqlx::Row;

impl Sqlite {
    /// Pages and references.
    pub(in crate::store) async fn verify(&self) -> Result<Vec<String>, StoreError> {
        let failed = || StoreError::database("checking the file");
        let mut connection = self.reader().await?;
        let pages: Vec<String> = sqlx::query_scalar("pragma integrity_check")
            .fetch_all(&mut *connection)
            .await
            .map_err(failed())?;
        let mut findings: Vec<String> = pages.into_iter().filter(|line| line != "ok").collect();
        let dangling =
            sqlx::query("pragma foreign_key_check").fetch_all(&mut *connection).await.map_err(failed())?;
        for row in dangling {
            let (table, to): (&str, &str) =
                (row.try_get(0).map_err(failed())?, row.try_get(2).map_err(failed())?);
            findings.push(format!("a row of {table} refers to a row of {to} that is missing"));
        }
        Ok(findings)
    }
}
