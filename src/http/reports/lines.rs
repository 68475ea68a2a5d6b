//! Filing one report, and a stream of them.

use super::ask::{ReportBody, key};
use super::problem::{Refused, key_reused};
use super::receipt::FiledView;
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
use serde_json::{Value, json, value::RawValue};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Lines that are filed together.
const TOGETHER: usize = 256;

/// Files one report as it came.
pub(super) async fn file(
    site: &Site,
    source: &str,
    reader: &Reader,
    key: String,
    body: &[u8],
) -> Result<Filing, Problem> {
    let now = Utc::now();
    let told: ReportBody = from_slice(body)?;
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

async fn one(sender: &(Arc<Site>, String, Reader), number: u64, line: &[u8]) -> String {
    let (site, source, reader) = sender;
    let named = if line.len() > ROW_BYTES {
        Err(Problem::bad_value("body", format!("lines of at most {ROW_BYTES} bytes"), "a longer one"))
    } else {
        named(line)
    };
    let (name, filing) = match named {
        Ok(name) => (Some(name.clone()), file(site, source, reader, name, line).await),
        Err(problem) => (None, Err(problem)),
    };
    let (status, receipt) = match filing {
        Ok(Filing::New(receipt)) => (201, Ok(receipt)),
        Ok(Filing::Again(receipt)) => (200, Ok(receipt)),
        Ok(Filing::KeyReused) => (422, Err(key_reused())),
        Err(problem) => (problem.code.status().as_u16(), Err(problem)),
    };
    let mut answer = json!({"line": number, "key": name, "status": status});
    match receipt {
        Ok(receipt) => {
            let raw = RawValue::from_string(receipt.text()).ok();
            answer["report"] = raw.and_then(|raw| serde_json::to_value(raw).ok()).unwrap_or(Value::Null);
        }
        Err(problem) => answer["error"] = Refused::of(&problem),
    }
    answer.to_string()
}

/// The key of a line.
fn named(line: &[u8]) -> Result<String, Problem> {
    let told: ReportBody = from_slice(line)?;
    let expected = "1 to 128 visible ASCII characters that no other report of yours bears";
    let given = told.key.ok_or_else(|| Problem::missing("key", expected))?;
    key(&given).ok_or_else(|| Problem::bad_value("key", expected, format!("{given:?}")))
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
                let expected = format!("lines of at most {ROW_BYTES} bytes");
                return Err(Problem::bad_value("body", expected, "a longer one"));
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
