//! What is asked of drafts, read and checked.

use crate::app::Order;
use crate::app::access::{Actor, Denied};
use crate::app::drafting::{DraftWords, Settling};
use crate::edit::{ChangeHash, Stage};
use crate::http::extract::{self, collect, moment, unsupported};
use crate::http::guard::Standing;
use crate::http::problem::{Code, Problem};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// Who acts; a stranger is turned away.
#[derive(Clone, Debug)]
pub(in crate::http) struct Acting(pub Actor);

impl<S: Send + Sync> FromRequestParts<S> for Acting {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let standing: Option<&Standing> = parts.extensions.get();
        let actor = standing.and_then(|s| s.caller.actor());
        actor.map(Self).ok_or_else(|| Denied::LoopbackOnly.into())
    }
}

/// The version of the draft that the client saw: `If-Match: "3"`, as the entity tag of the draft says.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Seen(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        const EXPECTED: &str = "the entity tag of the draft, such as \"3\"";
        let Some(given) = parts.headers.get(header::IF_MATCH) else {
            let detail = "a write of a draft names the version that it saw";
            return Err(Problem::new(Code::VersionRequired, detail).at("if-match").expecting(EXPECTED));
        };
        let text = given.to_str().unwrap_or_default().trim();
        let number = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
        number.map(Self).ok_or_else(|| Problem::bad_value("if-match", EXPECTED, text))
    }
}

/// A JSON body that may be left out.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Maybe<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for Maybe<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = match collect(&parts.headers, body).await {
            Err(problem) if problem.code == Code::EmptyBody => return Ok(Self(T::default())),
            other => other?,
        };
        let got = extract::media_type(&parts.headers);
        if got != "application/json" {
            return Err(unsupported(&got, "application/json"));
        }
        extract::from_slice(&bytes).map(Self)
    }
}

/// A draft to be begun.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewDraftBody {
    /// The layer that it is about: `land`, `water`, `police`.
    layer: String,
    /// What reviewers see first; up to 200 characters.
    title: String,
    /// Why it is drawn; up to 2,000 characters.
    reason: String,
    /// The number of the document that orders it; up to 200 characters.
    document: Option<String>,
}

impl NewDraftBody {
    pub(super) fn words(self) -> Result<DraftWords, Problem> {
        Ok(DraftWords {
            layer: self.layer,
            title: said("title", &self.title, 200)?,
            reason: said("reason", &self.reason, 2_000)?,
            document: self.document.map(|text| said("document", &text, 200)).transpose()?,
        })
    }
}

/// A text that says something: not blank, not too long, without control characters other than line ends.
fn said(field: &str, text: &str, most: usize) -> Result<String, Problem> {
    let text = text.trim().to_owned();
    let odd = |c: char| c.is_control() && c != '\n' && c != '\r' && c != '\t';
    let count = text.chars().count();
    if count == 0 || count > most || text.contains(odd) {
        let expected = format!("a text of 1 to {most} characters without control characters");
        return Err(Problem::bad_value(field, expected, format!("{count} characters")));
    }
    Ok(text)
}

/// A word to a step.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CommentBody {
    /// What is to be said; up to 2,000 characters.
    comment: Option<String>,
}

impl CommentBody {
    pub(super) fn comment(self) -> Result<Option<String>, Problem> {
        comment(self.comment)
    }

    /// A comment that must be there.
    pub(super) fn reason(self, expected: &str) -> Result<String, Problem> {
        comment(self.comment)?.ok_or_else(|| Problem::missing("comment", expected))
    }
}

fn comment(text: Option<String>) -> Result<Option<String>, Problem> {
    text.map(|text| said("comment", &text, 2_000)).transpose()
}

/// What is approved.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ApproveBody {
    /// The `change_hash` that was looked at; the approval holds for nothing else. The one that stands, when it is not
    /// given.
    change_hash: Option<String>,
    /// What is to be said; up to 2,000 characters.
    comment: Option<String>,
}

impl ApproveBody {
    pub(super) fn read(self) -> Result<(Option<ChangeHash>, Option<String>), Problem> {
        let wrong = |text: &str| Problem::bad_value("change_hash", "64 hexadecimal digits", text);
        let hash = self.change_hash.map(|text| text.parse().map_err(|_no_hash| wrong(&text))).transpose()?;
        Ok((hash, comment(self.comment)?))
    }
}

/// How a draft is to be published.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct PublishBody {
    /// At which moment to come; now, when it is not given.
    #[serde(default, deserialize_with = "moment")]
    at: Option<DateTime<Utc>>,
    /// Scheduled drafts that may be blocked by it, by number. All that would be must be named.
    #[serde(default)]
    blocks: BTreeSet<u64>,
    /// What is to be said; up to 2,000 characters.
    comment: Option<String>,
}

impl PublishBody {
    pub(super) fn order(self) -> Result<Order, Problem> {
        Ok(Order { at: self.at, blocks: self.blocks, comment: comment(self.comment)? })
    }
}

/// How conflicts are settled; nothing when there are none.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RebaseBody {
    /// Operations that are left out, by `seq`: what others did stays.
    #[serde(default)]
    drop: BTreeSet<u64>,
    /// Operations whose intent is drawn again on the state in force, by `seq`.
    #[serde(default)]
    again: BTreeSet<u64>,
}

impl RebaseBody {
    pub(super) fn settling(self) -> Result<Settling, Problem> {
        if let Some(both) = self.drop.intersection(&self.again).next() {
            return Err(Problem::bad_value("again", "operations that are not left out", both));
        }
        Ok(Settling { drop: self.drop, again: self.again })
    }
}

/// What is said of a draft that takes a revision back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RevertBody {
    /// What reviewers see first; up to 200 characters.
    title: Option<String>,
    /// Why; up to 2,000 characters.
    reason: Option<String>,
}

impl RevertBody {
    pub(super) fn words(self) -> Result<(Option<String>, Option<String>), Problem> {
        let title = self.title.map(|text| said("title", &text, 200)).transpose()?;
        let reason = self.reason.map(|text| said("reason", &text, 2_000)).transpose()?;
        Ok((title, reason))
    }
}

/// Which drafts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct DraftsQuery {
    /// Only drafts in these states, with commas between: `draft`, `submitted`, `approved`, `scheduled`, `published`,
    /// `returned`, `withdrawn`, `blocked`.
    state: Option<String>,
    /// How many at once, 1 to 1000; 50 when not given.
    pub limit: Option<usize>,
    /// `next` of the stretch before.
    cursor: Option<String>,
}

impl DraftsQuery {
    /// The stages asked for; all, when none are named.
    pub(super) fn stages(&self) -> Result<Vec<Stage>, Problem> {
        let read = |word: &str| {
            let wrong = |_| Problem::bad_value("state", "states of a draft, with commas between", word);
            serde_json::from_value(word.trim().into()).map_err(wrong)
        };
        self.state.as_deref().map_or(Ok(Vec::new()), |text| text.split(',').map(read).collect())
    }

    /// Where the stretch begins.
    pub(super) fn offset(&self) -> Result<usize, Problem> {
        let wrong = |text: &str| Problem::bad_value("cursor", "the next of a list", format!("{text:?}"));
        self.cursor.as_deref().map_or(Ok(0), |text| text.parse().map_err(|_no_number| wrong(text)))
    }
}

/// Where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct NearbyQuery {
    /// A box: west,south,east,north in degrees.
    pub bbox: String,
    /// The layer whose borders are wanted; the draft's own, when it is not given.
    pub layer: Option<String>,
}

/// The number of a draft in an address.
pub(super) fn number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_no_number| Problem::unknown("draft", text, "a number of /api/v1/drafts"))
}
