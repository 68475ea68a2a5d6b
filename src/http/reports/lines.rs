//! Filing one report, and a stream of them.

use super::ask::{ReportBody, key};
use super::problem::refused;
use super::receipt::FiledView;
use super::{KEY_EXPECTED, outcome};
use crate::exchange::locate_rows::ROW_BYTES;
use crate::http::Site;
use crate::http::extract::{broken, from_slice};
use crate::http::problem::Problem;
use crate::http::view::{PostsShown, Reader};
use crate::store::Filing;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use chrono::Utc;
use futures::future::join_all;
use futures::{StreamExt, stream};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Lines that are filed together.
const TOGETHER: usize = 256;

/// Files one report that was read, under its key; `body` is what it was read from.
pub(super) async fn file(
    site: &Site,
    source: &str,
    reader: &Reader,
    (key, told): (String, ReportBody),
    body: &[u8],
) -> Result<Filing, Problem> {
    let now = Utc::now();
    let telling = told.read(site, source, (key, Sha256::digest(body).into()), now)?;
    let prepared = site.app.prepare(telling, now);
    let receipt = FiledView::json(&prepared, &PostsShown::new(site, reader, None));
    Ok(site.app.file(prepared.with_receipt(receipt)).await?)
}

/// Answers a stream of reports, line by line and in order. At no time are more than a group of lines in memory.
pub(super) fn answer(site: Arc<Site>, source: String, reader: Reader, body: Body) -> Response {
    let lines = Lines { body: Some(body.into_data_stream()), rest: BytesMut::new(), number: 0 };
    let state = (lines, Arc::new((site, source, reader)));
    let answers = stream::try_unfold(state, |(mut lines, sender)| async move {
        let group = lines.group().await?;
        if group.is_empty() {
            return Ok::<_, Problem>(None);
        }
        let answered = join_all(group.iter().map(|(number, line)| one(&sender, *number, line))).await;
        let text: String = answered.into_iter().map(|answer| answer + "\n").collect();
        Ok(Some((Bytes::from(text), (lines, sender))))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(answers)).into_response()
}

/// The answer to a line.
#[derive(Serialize)]
struct Answer {
    line: u64,
    key: Option<String>,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

async fn one(sender: &(Arc<Site>, String, Reader), line: u64, body: &[u8]) -> String {
    let (site, source, reader) = sender;
    let mut key = None;
    let filed = async {
        let named = named(body)?;
        key = Some(named.0.clone());
        outcome(file(site, source, reader, named, body).await?)
    };
    let (status, report, error) = match filed.await {
        Ok((status, receipt)) => (status, RawValue::from_string(receipt.text()).ok(), None),
        Err(problem) => (problem.code.status(), None, Some(refused(&problem))),
    };
    let answer = Answer { line, key, status: status.as_u16(), report, error };
    serde_json::to_string(&answer).expect("an answer is plain data")
}

/// A line, read, with its key.
fn named(line: &[u8]) -> Result<(String, ReportBody), Problem> {
    if line.len() > ROW_BYTES {
        return Err(too_long());
    }
    let told: ReportBody = from_slice(line)?;
    let given = told.key.as_deref().ok_or_else(|| Problem::missing("key", KEY_EXPECTED))?;
    let key = key(given).ok_or_else(|| Problem::bad_value("key", KEY_EXPECTED, format!("{given:?}")))?;
    Ok((key, told))
}

fn too_long() -> Problem {
    Problem::bad_value("body", format!("lines of at most {ROW_BYTES} bytes"), "a longer one")
}

/// The lines of a body.
struct Lines {
    body: Option<BodyDataStream>,
    rest: BytesMut,
    number: u64,
}

impl Lines {
    /// The next lines that are not blank, with their numbers; none at the end.
    async fn group(&mut self) -> Result<Vec<(u64, Bytes)>, Problem> {
        let mut group = Vec::new();
        while group.len() < TOGETHER {
            if let Some(end) = self.rest.iter().position(|&b| b == b'\n') {
                let line = self.rest.split_to(end + 1).freeze();
                self.take(&mut group, line.slice(..end));
                continue;
            }
            if self.rest.len() > ROW_BYTES && !group.is_empty() {
                break;
            }
            if !self.more().await? {
                let line = std::mem::take(&mut self.rest).freeze();
                self.take(&mut group, line);
                break;
            }
            if self.rest.len() > 2 * ROW_BYTES {
                return Err(too_long());
            }
        }
        Ok(group)
    }

    fn take(&mut self, group: &mut Vec<(u64, Bytes)>, line: Bytes) {
        self.number += 1;
        if !line.trim_ascii().is_empty() {
            group.push((self.number, line));
        }
    }

    async fn more(&mut self) -> Result<bool, Problem> {
        let Some(body) = &mut self.body else { return Ok(false) };
        if let Some(piece) = body.next().await {
            self.rest.extend_from_slice(&piece.map_err(|error| broken(&error))?);
            return Ok(true);
        }
        self.body = None;
        Ok(false)
    }
}
