//! Rows that are answered while they come in.

use crate::app::{Published, Question};
use crate::exchange::locate_rows::{Block, Cutter, Format, RowCode, RowError, Table};
use crate::geom::crs::{Crs, UnknownCrs};
use crate::http::extract::broken;
use crate::http::problem::{Code, Problem};
use axum::body::{Body, BodyDataStream};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::sync::Arc;

/// A stream in the middle of its rows. At no time is more in memory than one piece of the body, the row
/// that it broke in, and their answers: the next piece is read when the client has taken the answers to
/// the last.
struct Rows {
    body: BodyDataStream,
    cutter: Option<Cutter>,
    lookup: Arc<Lookup>,
    /// What is answered before the body is read on: the head, and the rows that came with it.
    ready: Vec<Bytes>,
}

/// What all blocks of a stream share.
struct Lookup {
    table: Table,
    published: Arc<Published>,
    question: Question,
}

/// Answers a stream of rows. What is wrong with all of it (no system, no columns, nothing at all) is
/// found before the first byte goes out.
pub(super) async fn answer(
    format: Format,
    crs: Option<Crs>,
    published: Arc<Published>,
    question: Question,
    body: Body,
) -> Result<Response, Problem> {
    let mut body = body.into_data_stream();
    let mut cutter = Some(Cutter::new(format));
    let Some(mut first) = next_block(&mut body, &mut cutter).await? else {
        let problem = Problem::new(Code::EmptyBody, "the body is empty");
        return Err(problem.at("body").expecting("rows; CSV with a head"));
    };
    let (table, head) = Table::open(format, crs, &mut first)?;
    let lookup = Arc::new(Lookup { table, published, question });
    let ready = vec![lookup.clone().answer(first).await?, head.into()];
    let rows = Rows { body, cutter, lookup, ready };
    let kind = if format == Format::Csv { "text/csv; charset=utf-8" } else { "application/x-ndjson" };
    let body = Body::from_stream(stream::try_unfold(rows, Rows::next).filter(|piece| {
        let empty = piece.as_ref().is_ok_and(Bytes::is_empty);
        async move { !empty }
    }));
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

impl Rows {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Problem> {
        if let Some(ready) = self.ready.pop() {
            return Ok(Some((ready, self)));
        }
        match next_block(&mut self.body, &mut self.cutter).await? {
            None => Ok(None),
            Some(block) => {
                // The head of the answer has gone out, and its id with it.
                let answer = self.lookup.clone().answer(block).await;
                Ok(Some((answer.inspect_err(|problem| problem.log("in a stream"))?, self)))
            }
        }
    }
}

impl Lookup {
    /// Looks a block up, away from the threads that answer requests.
    async fn answer(self: Arc<Self>, block: Block) -> Result<Bytes, Problem> {
        let work = move || {
            let (answers, _) = self.table.answer(&block, |points| {
                let briefs = self.published.locate_many(points, &self.question);
                briefs.iter().map(|brief| self.published.row(brief)).collect()
            });
            answers
        };
        tokio::task::spawn_blocking(work).await.map(Bytes::from).map_err(Problem::internal)
    }
}

/// The next rows of a body; `None` at its end.
async fn next_block(
    body: &mut BodyDataStream,
    cutter: &mut Option<Cutter>,
) -> Result<Option<Block>, Problem> {
    while let Some(cutting) = cutter {
        let block = match body.next().await {
            Some(piece) => cutting.push(&piece.map_err(|error| broken(&error))?),
            None => cutter.take().map(Cutter::finish).unwrap_or_default(),
        };
        if !block.is_empty() {
            return Ok(Some(block));
        }
    }
    Ok(None)
}

impl From<RowError> for Problem {
    /// What is wrong with a head is wrong with the whole request.
    fn from(error: RowError) -> Self {
        let code = match error.code {
            RowCode::Missing => Code::Missing,
            RowCode::UnknownCrs => Code::UnknownCrs,
            _ => Code::BadRow,
        };
        let field = error.field.unwrap_or("body");
        let expected = match field {
            "crs" => UnknownCrs::EXPECTED.to_owned(),
            "body" => "a head of columns".to_owned(),
            column => format!("a column {column} in the head"),
        };
        Self::new(code, error.detail).at(field).expecting(expected)
    }
}
