//! Which requests are asked for.

use crate::http::Site;
use crate::http::extract::moment;
use crate::http::problem::{Code, Problem};
use crate::report::Stage;
use crate::store::Wish;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use utoipa::IntoParams;

/// The longest span of an answer, as the standard says.
const SPAN: TimeDelta = TimeDelta::days(90);

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct RequestsQuery {
    /// Ids with commas between them; what else is asked then does not count.
    pub(super) service_request_id: Option<String>,
    /// The code of a category.
    service_code: Option<String>,
    /// Received at this time or later, RFC 3339; 90 days before the end when not given.
    #[serde(default, deserialize_with = "moment")]
    start_date: Option<DateTime<Utc>>,
    /// Received before this time, RFC 3339; now when not given.
    #[serde(default, deserialize_with = "moment")]
    end_date: Option<DateTime<Utc>>,
    /// `open` or `closed`.
    status: Option<String>,
}

impl RequestsQuery {
    /// What is wished for.
    pub(super) fn wish(&self, site: &Site, now: DateTime<Utc>) -> Result<Wish, Problem> {
        let stages = match self.status.as_deref() {
            None => Vec::new(),
            Some("open") => Stage::OPEN.to_vec(),
            Some("closed") => vec![Stage::Closed, Stage::Assessed],
            Some(other) => return Err(Problem::bad_value("status", "open or closed", format!("{other:?}"))),
        };
        let category = self.service_code.as_deref().map(|code| site.app.categories.find(code)).transpose()?;
        let until = self.end_date.unwrap_or(now);
        let since = self.start_date.unwrap_or(until - SPAN);
        if until - since > SPAN {
            let detail = "start_date and end_date lie more than 90 days apart";
            return Err(Problem::new(Code::BadValue, detail).at("start_date").expecting("a span of 90 days"));
        }
        let (since, until) = (Some(since), Some(until));
        Ok(Wish { stages, category: category.map(|c| c.code.clone()), since, until, ..Wish::default() })
    }
}
