//! How events are shown, and to whom.

use crate::app::access::{Role, Rule};
use crate::http::Site;
use crate::http::view::{REPORTS, Reader};
use crate::store::Event;
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(in crate::http) struct EventView {
    /// 1 for the first, then one more with each.
    seq: u64,
    /// `revision.published`, or `draft.` and the step of a draft.
    r#type: String,
    /// When.
    at: DateTime<Utc>,
    /// The newest revision then, or the one that it tells of.
    revision: u64,
    /// The number of the revision or of the draft.
    subject: String,
    /// What else is to be known.
    #[schema(value_type = Object)]
    data: Value,
}

impl EventView {
    pub(super) fn of(event: &Event) -> Self {
        Self {
            seq: event.seq,
            r#type: event.kind.clone(),
            at: event.at,
            revision: event.revision,
            subject: event.subject.clone(),
            data: event.data.clone(),
        }
    }
}

/// Who may see a draft.
const DRAFTS: Rule = Rule::Either(Role::Planner, Role::Approver);

/// Whether a reader may hear of an event: of drafts only who may see drafts, of reports who may see that one.
pub(super) fn may_see(site: &Site, reader: &Reader, event: &Event) -> bool {
    match event.kind.split('.').next() {
        Some("draft") => reader.may(site, DRAFTS),
        Some("report") => {
            // Whoever loses a report hears of it as whoever gets it does.
            let is_own = |name| event.data.get(name).is_some_and(|id| reader.holds(site, unit(id)));
            reader.may(site, REPORTS) && (is_own("unit_id") || is_own("from_id"))
        }
        _ => true,
    }
}

/// A unit by its id, as events have it.
fn unit(id: &Value) -> Option<UnitId> {
    id.as_u64().and_then(|id| UnitId::try_from(id).ok())
}
