//! The one place where a status code is decided.
//!
//! A handler returns a [`Problem`]; [`super::finish`] writes it as `application/problem+json` with the
//! request's id. What the framework refuses on its own (an unknown method, a path that does not decode)
//! becomes a problem there too.

use super::listen::BodyTimeout;
use crate::app::access::Denied;
use crate::geom::crs::{CrsError, Hint, UnknownCrs};
use crate::store::StoreError;
use crate::unit::UnknownCategory;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, for a program: the `code` of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// 400: the request cannot be read.
    BadRequest,
    /// 400: a parameter that this route does not know.
    UnknownParameter,
    /// 400: a parameter given twice.
    RepeatedParameter,
    /// 400: a parameter or field that must be there.
    Missing,
    /// 400: a parameter or field of the wrong kind or out of its range.
    BadValue,
    /// 400: a coordinate that its system cannot hold.
    OutOfRange,
    /// 400: east and north the wrong way round.
    SwappedAxes,
    /// 400: the zone number before an easting is missing or another zone's, or degrees and metres are
    /// confused.
    WrongSystem,
    /// 400: a coordinate system that is not known.
    UnknownCrs,
    /// 400: a body is needed and there is none.
    EmptyBody,
    /// 400: the body is not JSON, or not of this shape.
    BadJson,
    /// 400: the body's rows cannot be read.
    BadRow,
    /// 401: nobody signed in, a token opens nothing, or the name or the password is wrong.
    Unauthenticated,
    /// 403: the name in `Host` is not one of this server's.
    ForeignHost,
    /// 403: the request comes from another site's page.
    ForeignOrigin,
    /// 403: the caller may not.
    Denied,
    /// 404: no such address.
    NotFound,
    /// 404: no such layer, level, unit or revision.
    UnknownName,
    /// 404: a tile outside the zooms or the world.
    NoSuchTile,
    /// 405: the address does not take this method; `Allow` names those that it takes.
    MethodNotAllowed,
    /// 406: no encoding that the client takes is left, not even none.
    NotAcceptable,
    /// 408: the request's body came too slowly.
    TooSlow,
    /// 413: the body has too many bytes.
    BodyTooLarge,
    /// 413: the body has too many points.
    TooManyPoints,
    /// 415: the body is of a kind that this route does not take.
    UnsupportedMediaType,
    /// 422: a category that is not in the table.
    UnknownCategory,
    /// 429: too many attempts to sign in; `Retry-After` says when the next one is heard.
    TooManyAttempts,
    /// 431: the request's first line and header are too large.
    HeaderTooLarge,
    /// 500: our fault; the log knows more under the request's id.
    Internal,
    /// 503: too much to do; try again soon.
    Busy,
    /// 503: the store cannot be reached or is too busy; nothing was written, try again soon.
    StoreAway,
    /// 503: the store was lost while it confirmed, so it may be written or not; ask before trying again.
    OutcomeUnknown,
    /// 503: the page was not built into this program.
    NoPage,
    /// 507: no room left on the disk of the store.
    DiskFull,
}

impl Code {
    /// Status and title.
    fn row(self) -> (u16, &'static str) {
        match self {
            Self::BadRequest => (400, "the request cannot be read"),
            Self::UnknownParameter => (400, "unknown parameter"),
            Self::RepeatedParameter => (400, "parameter given twice"),
            Self::Missing => (400, "something is missing"),
            Self::BadValue => (400, "a value cannot be used"),
            Self::OutOfRange => (400, "coordinate out of range"),
            Self::SwappedAxes => (400, "axes swapped"),
            Self::WrongSystem => (400, "coordinates of another system"),
            Self::UnknownCrs => (400, "unknown coordinate system"),
            Self::EmptyBody => (400, "empty body"),
            Self::BadJson => (400, "the JSON cannot be used"),
            Self::BadRow => (400, "a row cannot be read"),
            Self::Unauthenticated => (401, "not signed in"),
            Self::ForeignHost => (403, "not a name of this server"),
            Self::ForeignOrigin => (403, "request from another site"),
            Self::Denied => (403, "not allowed"),
            Self::NotFound => (404, "no such address"),
            Self::UnknownName => (404, "nothing has this name"),
            Self::NoSuchTile => (404, "no such tile"),
            Self::MethodNotAllowed => (405, "method not allowed"),
            Self::NotAcceptable => (406, "no encoding is left"),
            Self::TooSlow => (408, "the request came too slowly"),
            Self::BodyTooLarge => (413, "body too large"),
            Self::TooManyPoints => (413, "too many points"),
            Self::UnsupportedMediaType => (415, "content type not taken here"),
            Self::UnknownCategory => (422, "unknown category"),
            Self::TooManyAttempts => (429, "too many attempts"),
            Self::HeaderTooLarge => (431, "header too large"),
            Self::Internal => (500, "internal error"),
            Self::Busy => (503, "too busy"),
            Self::StoreAway => (503, "the store is away"),
            Self::OutcomeUnknown => (503, "it is not known whether it was done"),
            Self::NoPage => (503, "the page is not built in"),
            Self::DiskFull => (507, "the disk is full"),
        }
    }

    /// The status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().0).expect("the table holds legal statuses")
    }

    /// The code of a status that the framework chose.
    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::NOT_ACCEPTABLE => Self::NotAcceptable,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::REQUEST_TIMEOUT => Self::TooSlow,
            StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Self::HeaderTooLarge,
            StatusCode::SERVICE_UNAVAILABLE => Self::Busy,
            status if status.is_server_error() => Self::Internal,
            _ => Self::BadRequest,
        }
    }
}

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
    /// What failed, if it was our fault: for the log, never for the client.
    cause: Option<Box<str>>,
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
    /// What to quote when asking about it; also in the header `x-request-id`.
    request_id: &'a str,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, expected: None, headers: Vec::new(), cause: None }
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
        Self { cause: Some(cause.to_string().into()), ..Self::new(Code::Internal, detail) }
    }

    /// Tells the log what failed, if it was our fault.
    pub fn log(&self, request_id: &str) {
        if let Some(cause) = &self.cause {
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
        let body = Body {
            kind: format!("urn:wangge:problem:{}", code.as_str().unwrap_or_default()),
            title,
            status,
            code: self.code,
            detail: &self.detail,
            field: self.field.as_deref(),
            expected: self.expected.as_deref(),
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

impl From<StoreError> for Problem {
    /// Where the store lies and what its hosts said goes to the log only.
    fn from(error: StoreError) -> Self {
        let (code, detail) = match &error {
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
