//! Batches of columns that are answered while they come in.

use crate::app::{Published, Question};
use crate::exchange::locate_rows::{ArrowIn, ArrowOut, BadStream, Columns};
use crate::geom::crs::{Crs, UnknownCrs};
use crate::http::extract::broken;
use crate::http::problem::{Code, Problem};
use axum::body::{Body, BodyDataStream};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::sync::Arc;

/// The media type.
pub(super) const KIND: &str = "application/vnd.apache.arrow.stream";

/// A stream in the middle of its batches. At no time is more in memory than a batch with its answers, one
/// piece of the body, and the dictionaries: what comes next is read when the client has taken the answers.
struct Batches {
    body: BodyDataStream,
    /// `None` once all is answered.
    turn: Option<Turn>,
    ready: Option<Bytes>,
}

/// Batches in, answers out.
struct Turn {
    incoming: ArrowIn,
    columns: Columns,
    out: ArrowOut,
    row: u64,
    published: Arc<Published>,
    question: Question,
}

/// Answers a stream of batches. What is wrong with all of it (no system, no columns, broken from the start)
/// and with its first batch is found before the first byte goes out.
pub(super) async fn answer(
    crs: Option<Crs>,
    published: Arc<Published>,
    question: Question,
    body: Body,
) -> Result<Response, Problem> {
    let crs = crs.ok_or_else(|| Problem::missing("crs", UnknownCrs::EXPECTED))?;
    let mut body = body.into_data_stream();
    let mut incoming = ArrowIn::default();
    let schema = loop {
        if incoming.is_ready()? {
            incoming.read()?;
        }
        match incoming.schema() {
            Some(schema) => break schema,
            None if fill(&mut body, &mut incoming).await? => {}
            None => incoming.finish()?,
        }
    };
    let columns = Columns::open(crs, &schema)?;
    let out = ArrowOut::new(columns.schema())?;
    let turn = Some(Turn { incoming, columns, out, row: 1, published, question });
    let mut batches = Batches { body, turn, ready: None };
    batches.ready = batches.next().await?;
    let body = Body::from_stream(stream::try_unfold(batches, |mut batches| async move {
        let ready = match batches.ready.take() {
            Some(ready) => Some(ready),
            // The head of the answer has gone out, and its id with it.
            None => batches.next().await.inspect_err(|problem| problem.log("in a stream"))?,
        };
        Ok::<_, Problem>(ready.map(|bytes| (bytes, batches)))
    }));
    Ok(([(header::CONTENT_TYPE, KIND)], body).into_response())
}

/// Takes the next piece of a body; false at its end.
async fn fill(body: &mut BodyDataStream, incoming: &mut ArrowIn) -> Result<bool, Problem> {
    match body.next().await {
        Some(piece) => incoming.push(&piece.map_err(|error| broken(&error))?),
        None => return Ok(false),
    }
    Ok(true)
}

impl Batches {
    /// The answers to the next batch, and at the end the stream's last bytes; then `None`.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        while let Some(mut turn) = self.turn.take() {
            if turn.incoming.is_ready()? {
                let work = move || turn.batch().map(|bytes| (bytes, turn));
                let (bytes, turn) = tokio::task::spawn_blocking(work).await.map_err(Problem::internal)??;
                self.turn = Some(turn);
                if !bytes.is_empty() {
                    return Ok(Some(bytes.into()));
                }
            } else if fill(&mut self.body, &mut turn.incoming).await? {
                self.turn = Some(turn);
            } else {
                turn.incoming.finish()?;
                return Ok(Some(turn.out.finish()?.into()));
            }
        }
        Ok(None)
    }
}

impl Turn {
    /// Reads the message that is there; the answers when it is a batch, else nothing.
    fn batch(&mut self) -> Result<Vec<u8>, Problem> {
        let Some(batch) = self.incoming.read()? else { return Ok(Vec::new()) };
        let (answers, _) = self.columns.answer(&batch, self.row, |points| {
            let briefs = self.published.locate_many(points, &self.question);
            briefs.iter().map(|brief| self.published.row(brief)).collect()
        })?;
        self.row += batch.num_rows() as u64;
        Ok(self.out.batch(&answers)?)
    }
}

impl From<BadStream> for Problem {
    fn from(error: BadStream) -> Self {
        let (code, expected) = match error {
            BadStream::Broken(_) => (Code::BadRow, "a stream as Arrow's IPC format describes it"),
            BadStream::Refused(_) => (Code::BadRow, "columns of plain values, structs and lists"),
            BadStream::TooLarge(_) => {
                (Code::BodyTooLarge, "batches of at most 131,072 rows and 16 MiB; there may be any number")
            }
        };
        Self::new(code, error.to_string()).at("body").expecting(expected)
    }
}
