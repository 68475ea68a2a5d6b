//! The kinds of problems, each with its status.

use axum::http::StatusCode;
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
    /// 403: the change concerns ground that is not the caller's.
    OutsideTerritory,
    /// 403: somebody else draws the draft.
    NotAuthor,
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
    /// 409: the step does not lead on from where the draft or the report stands.
    IllegalStep,
    /// 409: what would be published is not what was approved.
    OtherChange,
    /// 409: there is nothing to undo or to redo.
    NothingLeft,
    /// 409: the state in force has changed; `conflicts` says where.
    Conflicts,
    /// 409: scheduled drafts would be blocked; `drafts` says which.
    WouldBlock,
    /// 412: the draft is not as the client saw it.
    VersionChanged,
    /// 410: the code of a unit that is no more or has another one; `successors` names the current units.
    Retired,
    /// 413: the body has too many bytes.
    BodyTooLarge,
    /// 413: the body has too many points.
    TooManyPoints,
    /// 415: the body is of a kind that this route does not take.
    UnsupportedMediaType,
    /// 422: the key was used before, for another body.
    KeyReused,
    /// 422: a category that is not in the table.
    UnknownCategory,
    /// 422: the operation or the state breaks rules; `defects` says which, and where.
    Refused,
    /// 422: the draft changes nothing.
    ChangesNothing,
    /// 428: a write of a draft without the version that it saw.
    VersionRequired,
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
    pub(super) fn row(self) -> (u16, &'static str) {
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
            Self::OutsideTerritory => (403, "not your ground"),
            Self::NotAuthor => (403, "somebody else's draft"),
            Self::NotFound => (404, "no such address"),
            Self::UnknownName => (404, "nothing has this name"),
            Self::NoSuchTile => (404, "no such tile"),
            Self::MethodNotAllowed => (405, "method not allowed"),
            Self::NotAcceptable => (406, "no encoding is left"),
            Self::TooSlow => (408, "the request came too slowly"),
            Self::IllegalStep => (409, "not from here"),
            Self::OtherChange => (409, "not what was approved"),
            Self::NothingLeft => (409, "nothing left"),
            Self::Conflicts => (409, "conflicts with the revision in force"),
            Self::WouldBlock => (409, "scheduled drafts would be blocked"),
            Self::Retired => (410, "retired"),
            Self::VersionChanged => (412, "somebody wrote in between"),
            Self::BodyTooLarge => (413, "body too large"),
            Self::TooManyPoints => (413, "too many points"),
            Self::UnsupportedMediaType => (415, "content type not taken here"),
            Self::KeyReused => (422, "the key belongs to another body"),
            Self::UnknownCategory => (422, "unknown category"),
            Self::Refused => (422, "rules are broken"),
            Self::ChangesNothing => (422, "nothing changes"),
            Self::VersionRequired => (428, "the version seen is missing"),
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
    pub(super) fn of(status: StatusCode) -> Self {
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
