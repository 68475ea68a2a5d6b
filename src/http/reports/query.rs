//! Which reports are asked for.

use crate::app::{Borders, FiguresWish, Published};
use crate::http::Site;
use crate::http::extract::moment;
use crate::http::problem::Problem;
use crate::http::view::bbox;
use crate::report::Stage;
use crate::store::{After, Order, Wish};
use crate::unit::{Code, Level, UnitId};
use chrono::{DateTime, TimeZone, Utc};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which reports.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ListQuery {
    /// Stages with commas between them, or `open` for those that somebody still works on.
    stage: Option<String>,
    /// The code of a unit of any layer and level; what lies below it counts.
    unit: Option<String>,
    /// A category's code or name.
    category: Option<String>,
    /// Received at this time or later, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    since: Option<DateTime<Utc>>,
    /// Received before this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    until: Option<DateTime<Utc>>,
    /// Within this box: west,south,east,north in degrees.
    bbox: Option<String>,
    /// What the sender calls it.
    source_ref: Option<String>,
    /// Who sent it.
    source: Option<String>,
    /// `true`: only those that a person should look at before anyone is sent.
    needs_confirmation: Option<bool>,
    /// `true`: only those that were to be handled by now, and are not.
    overdue: Option<bool>,
    /// `true`: only those that were transferred by hand and lie on another's ground since.
    flagged: Option<bool>,
    /// `newest` (when not given) or `due`.
    order: Option<String>,
    /// How many at once, 1 to 1000; 50 when not given.
    pub(super) limit: Option<usize>,
    /// `next` of the stretch before.
    cursor: Option<String>,
}

/// The cursor of the next stretch.
pub(super) fn cursor(after: After) -> String {
    format!("{}.{}", after.id, after.due_at.timestamp_micros())
}

impl ListQuery {
    /// What is wished for.
    pub(super) fn wish(&self, site: &Site, now: DateTime<Utc>) -> Result<Wish, Problem> {
        let published = &*site.app.published();
        let only = |asked: Option<bool>| asked == Some(true);
        Ok(Wish {
            stages: self.stage.as_deref().map_or(Ok(Vec::new()), stages)?,
            units: self.unit.as_deref().map(|code| units(published, code)).transpose()?,
            category: self.category.as_deref().map(|text| category(site, text)).transpose()?,
            since: self.since,
            until: self.until,
            bbox: self.bbox.as_deref().map(bbox).transpose()?,
            source_ref: self.source_ref.clone(),
            source: self.source.clone(),
            needs_confirmation: only(self.needs_confirmation),
            overdue_at: only(self.overdue).then_some(now),
            flagged: only(self.flagged),
        })
    }

    /// What is wished for where a place is given by other means and everything is counted.
    pub(in crate::http) fn filters(&self, site: &Site, now: DateTime<Utc>) -> Result<Wish, Problem> {
        let refused = [
            ("bbox", self.bbox.is_some()),
            ("order", self.order.is_some()),
            ("limit", self.limit.is_some()),
            ("cursor", self.cursor.is_some()),
        ];
        match refused.into_iter().find(|(_, given)| *given) {
            Some((field, _)) => Err(Problem::bad_value(field, "absent for a tile", "one")),
            None => self.wish(site, now),
        }
    }

    /// In which order.
    pub(super) fn order(&self) -> Result<Order, Problem> {
        match self.order.as_deref() {
            None | Some("newest") => Ok(Order::Newest),
            Some("due") => Ok(Order::Due),
            Some(other) => Err(Problem::bad_value("order", "newest or due", format!("{other:?}"))),
        }
    }

    /// Where it goes on.
    pub(super) fn after(&self) -> Result<Option<After>, Problem> {
        let Some(cursor) = self.cursor.as_deref() else { return Ok(None) };
        let read = || {
            let (id, due) = cursor.split_once('.')?;
            let due_at = Utc.timestamp_micros(due.parse().ok()?).single()?;
            Some(After { id: id.parse().ok().filter(|&id: &u64| i64::try_from(id).is_ok())?, due_at })
        };
        let wrong = || Problem::bad_value("cursor", "the next of a list", format!("{cursor:?}"));
        read().map(Some).ok_or_else(wrong)
    }
}

fn stages(text: &str) -> Result<Vec<Stage>, Problem> {
    if text == "open" {
        return Ok(Stage::OPEN.to_vec());
    }
    let expected =
        "open, or some of collected, dispatched, handled, closed, assessed with commas between them";
    let read = |name: &str| name.trim().parse();
    let stages: Result<Vec<Stage>, _> = text.split(',').map(read).collect();
    stages.map_err(|_unknown| Problem::bad_value("stage", expected, format!("{text:?}")))
}

fn category(site: &Site, text: &str) -> Result<String, Problem> {
    Ok(site.app.categories.find(text)?.code.clone())
}

fn units(published: &Published, code: &str) -> Result<Arc<BTreeSet<UnitId>>, Problem> {
    let found = Code::try_from(code).ok().and_then(|code| published.any_unit(&code));
    let unit = found.ok_or_else(|| Problem::unknown("unit", code, "the code of a current unit"))?;
    Ok(Arc::new(published.under(unit).into_iter().collect()))
}

/// Which figures.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct FiguresQuery {
    /// The layer whose units are counted; `land` when not given.
    layer: Option<String>,
    /// Their level: `county` (when not given), `township`, `village`, `grid` of the layer land.
    level: Option<String>,
    /// Only reports of the unit with this code, of any layer and level.
    unit: Option<String>,
    /// A category's code or name.
    category: Option<String>,
    /// Received at this time or later, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    since: Option<DateTime<Utc>>,
    /// Received before this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    until: Option<DateTime<Utc>>,
    /// `now` (when not given): where each lies by the revision in force; `filed`: by the unit that it was filed with.
    borders: Option<String>,
}

impl FiguresQuery {
    /// What is wished for.
    pub(super) fn wish(&self, site: &Site, now: DateTime<Utc>) -> Result<FiguresWish, Problem> {
        let published = &*site.app.published();
        let name = self.layer.as_deref().unwrap_or("land");
        let layers = published.base.layers();
        let layer = layers.iter().find(|l| l.layer.name == name);
        let layer = layer.ok_or_else(|| Problem::unknown("layer", name, "land, water or police"))?;
        let levels = &layer.layer.levels;
        let asked = self.level.as_deref().or(levels.get(1).map(String::as_str)).unwrap_or_default();
        let level = levels.iter().position(|level| level == asked);
        let level =
            level.ok_or_else(|| Problem::unknown("level", asked, format!("one of {}", levels.join(", "))))?;
        let borders = match self.borders.as_deref() {
            None | Some("now") => Borders::Now,
            Some("filed") => Borders::Filed,
            Some(other) => return Err(Problem::bad_value("borders", "now or filed", format!("{other:?}"))),
        };
        let wish = Wish {
            units: self.unit.as_deref().map(|code| units(published, code)).transpose()?,
            category: self.category.as_deref().map(|text| category(site, text)).transpose()?,
            since: self.since,
            until: self.until,
            ..Wish::default()
        };
        Ok(FiguresWish { wish, layer: name.into(), level: Level(level as u8), borders, now })
    }
}
