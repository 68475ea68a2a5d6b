//! The one place where a status code is decided.
//!
//! A handler returns a [`Problem`]; [`super::finish`] writes it as `application/problem+json` with the
//! request's id. What the framework refuses on its own (an unknown method, a path that does not decode)
//! becomes a problem there too.

mod code;

pub use code::Code;

use super::drafts::{ConflictView, DefectView, DraftSummary};
use super::listen::BodyTimeout;
use super::units::SuccessorView;
use crate::app::access::Denied;
use crate::geom::crs::{CrsError, Hint, UnknownCrs};
use crate::store::StoreError;
use crate::unit::UnknownCategory;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A refusal or a failure, as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What went wrong.
    pub code: Code,
    /// What happened here, for a person.
    pub detail: String,
    /// The parameter, field or header.
    pub field: Option<String>,
    /// What would have been right.
    pub expected: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What few problems have.
    more: Option<Box<More>>,
}

/// What few problems have: members of some kinds only, and a cause.
#[derive(Clone, Debug, Default, PartialEq)]
struct More {
    /// What failed, if it was our fault: for the log, never for the client.
    cause: Option<Box<str>>,
    defects: Option<Value>,
    conflicts: Option<Value>,
    drafts: Option<Value>,
    successors: Option<Value>,
}

/// A problem as it goes out, RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body<'a> {
    /// A name for the kind of problem: `urn:wangge:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The kind of problem for programs.
    code: Code,
    /// What happened here.
    detail: &'a str,
    /// The parameter, field or header that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    /// What would have been right.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    /// The rules that are broken, of `refused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<DefectView>>)]
    defects: Option<&'a Value>,
    /// What is in the way, of `conflicts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<ConflictView>>)]
    conflicts: Option<&'a Value>,
    /// The drafts that would be blocked, of `would_block`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<DraftSummary>>)]
    drafts: Option<&'a Value>,
    /// The current units that succeeded the one that was asked for, of `retired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<SuccessorView>>)]
    successors: Option<&'a Value>,
    /// What to quote when asking about it; also in the header `x-request-id`.
    request_id: &'a str,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, expected: None, headers: Vec::new(), more: None }
    }

    /// Names the parameter, field or header.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// The same with other words.
    #[must_use]
    pub fn detailed(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Names the rules that are broken.
    #[must_use]
    pub(super) fn with_defects(mut self, defects: &[DefectView]) -> Self {
        self.more().defects = serde_json::to_value(defects).ok();
        self
    }

    /// Names what is in the way.
    #[must_use]
    pub(super) fn with_conflicts(mut self, conflicts: &[ConflictView]) -> Self {
        self.more().conflicts = serde_json::to_value(conflicts).ok();
        self
    }

    /// Names drafts.
    #[must_use]
    pub(super) fn with_drafts(mut self, drafts: &[DraftSummary]) -> Self {
        self.more().drafts = serde_json::to_value(drafts).ok();
        self
    }

    /// Names the units that came after.
    #[must_use]
    pub(super) fn with_successors(mut self, units: &[SuccessorView]) -> Self {
        self.more().successors = serde_json::to_value(units).ok();
        self
    }

    /// A parameter or field that cannot be used.
    pub fn bad_value(field: &str, expected: impl Into<String>, got: impl std::fmt::Display) -> Self {
        let expected = expected.into();
        let got: String = got.to_string().chars().take(80).collect();
        let detail = format!("{field} must be {expected}, got {got}");
        Self::new(Code::BadValue, detail).at(field).expecting(expected)
    }

    /// A parameter or field that must be there.
    pub fn missing(field: &str, expected: impl Into<String>) -> Self {
        Self::new(Code::Missing, format!("{field} is missing")).at(field).expecting(expected)
    }

    /// Nothing has this name.
    pub fn unknown(what: &str, name: &str, expected: impl Into<String>) -> Self {
        let name: String = name.chars().take(80).collect();
        Self::new(Code::UnknownName, format!("there is no {what} {name}")).at(what).expecting(expected)
    }

    /// Too much to do at once; the client may come back in a second.
    pub fn busy(detail: &str) -> Self {
        Self::new(Code::Busy, detail).later()
    }

    /// Tells the client that it may come back in a second.
    fn later(self) -> Self {
        self.after(1)
    }

    /// Tells the client in how many seconds it may come back.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.headers.push((header::RETRY_AFTER, seconds.into()));
        self
    }

    /// It is not known who asks. Says how a program would say so.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        let mut problem = Self::new(Code::Unauthenticated, detail)
            .expecting("a session of POST /api/v1/session, or Authorization: Bearer with a token");
        let challenge = HeaderValue::from_static("Bearer realm=\"wangge\"");
        problem.headers.push((header::WWW_AUTHENTICATE, challenge));
        problem
    }

    /// One connection too many.
    pub fn too_many_connections() -> Self {
        Self::busy("too many connections are open")
    }

    /// Our fault. The cause goes to the log, under the id that the client is told: see [`Problem::log`].
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let detail = "something failed here; the log says more under this request id";
        let mut problem = Self::new(Code::Internal, detail);
        problem.more().cause = Some(cause.to_string().into());
        problem
    }

    /// Tells the log what failed, if it was our fault.
    pub fn log(&self, request_id: &str) {
        if let Some(cause) = self.more.as_ref().and_then(|more| more.cause.as_ref()) {
            tracing::error!(request_id, cause, "a request failed");
        }
    }

    /// What becomes of an error response that no handler of ours wrote.
    pub fn of_status(status: StatusCode) -> Self {
        Self::new(Code::of(status), status.canonical_reason().unwrap_or("refused").to_lowercase())
    }

    /// The JSON that goes out.
    pub fn json(&self, request_id: &str) -> Vec<u8> {
        let (status, title) = self.code.row();
        let code = serde_json::to_value(self.code).expect("a code is a word");
        let more = self.more.as_deref();
        let body = Body {
            kind: format!("urn:wangge:problem:{}", code.as_str().unwrap_or_default()),
            title,
            status,
            code: self.code,
            detail: &self.detail,
            field: self.field.as_deref(),
            expected: self.expected.as_deref(),
            defects: more.and_then(|more| more.defects.as_ref()),
            conflicts: more.and_then(|more| more.conflicts.as_ref()),
            drafts: more.and_then(|more| more.drafts.as_ref()),
            successors: more.and_then(|more| more.successors.as_ref()),
            request_id,
        };
        serde_json::to_vec(&body).expect("a problem is plain data")
    }

    /// The whole answer in HTTP/1.1, for a client that gets no further.
    pub fn on_the_wire(&self) -> Vec<u8> {
        let body = self.json(&super::finish::new_request_id());
        let status = self.code.status();
        let own =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
        let length = body.len().to_string();
        let fixed = [("content-type", MEDIA_TYPE), ("connection", "close"), ("content-length", &length)];
        let headers: Vec<String> =
            own.chain(fixed).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let wire = format!("HTTP/1.1 {status}\r\n{}\r\n", headers.concat());
        [wire.into_bytes(), body].concat()
    }
}

/// The media type of every problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

impl IntoResponse for Problem {
    /// A response without a body: [`super::finish`] writes it, knowing the request's id.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.headers_mut().extend(self.headers.iter().cloned());
        response.extensions_mut().insert(self);
        response
    }
}

impl From<CrsError> for Problem {
    fn from(error: CrsError) -> Self {
        let code = match error.hint {
            None => Code::OutOfRange,
            Some(Hint::SwappedAxes { .. }) => Code::SwappedAxes,
            Some(_) => Code::WrongSystem,
        };
        Self::new(code, error.to_string()).at(error.axis).expecting(error.expected())
    }
}

impl From<UnknownCrs> for Problem {
    fn from(error: UnknownCrs) -> Self {
        Self::new(Code::UnknownCrs, error.to_string()).at("crs").expecting(UnknownCrs::EXPECTED)
    }
}

impl From<UnknownCategory> for Problem {
    fn from(error: UnknownCategory) -> Self {
        let nearest = format!("a code or name of /api/v1/categories, such as {}", error.nearest.join(", "));
        Self::new(Code::UnknownCategory, error.to_string()).at("category").expecting(nearest)
    }
}

impl Problem {
    /// What a client hears of a failure of the store. Where that lies and what its hosts said goes to the log only.
    pub(super) fn of_store(error: &StoreError) -> Self {
        let (code, detail) = match error {
            StoreError::OutcomeUnknown { .. } => {
                (Code::OutcomeUnknown, "the store was lost while it confirmed; look before you try again")
            }
            passing if passing.is_passing() => {
                (Code::StoreAway, "the store cannot be reached at the moment; nothing was written")
            }
            StoreError::Full => (Code::DiskFull, "the disk of the store is full; nothing was written"),
            _ => return Self::internal(error),
        };
        tracing::warn!(%error, "the store did not do what was asked");
        let problem = Self::new(code, detail);
        if error.is_passing() { problem.later() } else { problem }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::of_store(&error)
    }
}

impl From<Denied> for Problem {
    fn from(error: Denied) -> Self {
        match error {
            Denied::SignIn => Self::unauthenticated(error.to_string()),
            _ => Self::new(Code::Denied, error.to_string()),
        }
    }
}

impl From<BodyTimeout> for Problem {
    fn from(error: BodyTimeout) -> Self {
        Self::new(Code::TooSlow, error.to_string()).expecting("a body without long pauses")
    }
}
