//! Many rows in one statement.
//!
//! A statement is handed to the thread that owns the connection and back again, which takes longer than to insert a row. A
//! text is prepared once per number of rows, so the parts have few sizes.

use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, SqliteConnection};

/// How many rows one statement inserts, the largest that fits first. 64 rows of a report have some 2,000 values;
/// SQLite takes 32,766.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// A row whose values are added one after the other.
pub(super) type Values<'a> = Separated<'a, sqlx::Sqlite, &'static str>;

/// Inserts rows in their order; `insert` is the statement up to its `values`.
pub(super) async fn insert_all<T>(
    connection: &mut SqliteConnection,
    insert: &str,
    mut rows: &[T],
    mut bind: impl FnMut(Values<'_>, &T),
) -> Result<(), sqlx::Error> {
    while let Some(size) = SIZES.into_iter().find(|&size| size <= rows.len()) {
        let (part, rest) = rows.split_at(size);
        let mut statement = QueryBuilder::new(insert);
        statement.push_values(part, &mut bind);
        statement.build().execute(&mut *connection).await?;
        rows = rest;
    }
    Ok(())
}
