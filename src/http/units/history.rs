//! The life of a unit.

use super::retired::bearer;
use crate::app::{Happened, Published, Relative, Turn};
use crate::http::Site;
use crate::http::problem::Problem;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A revision in which a unit changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Turn)]
pub(in crate::http) struct TurnView {
    /// The revision.
    revision: u64,
    /// When it took effect.
    effective_from: DateTime<Utc>,
    /// `created`, `changed` or `retired`.
    change: &'static str,
    /// What happened: `born`, `revived`, `redrawn`, `renamed`, `recoded`, `reassigned`, `changed`, `retired`.
    happened: Vec<&'static str>,
    /// The unit before; null when there was none.
    #[schema(required = true)]
    before: Option<StageView>,
    /// The unit after; null when there is none.
    #[schema(required = true)]
    after: Option<StageView>,
    /// The units of whose ground it was made.
    from: Vec<RelativeView>,
    /// The units that took its ground.
    into: Vec<RelativeView>,
    /// What the revision was called as a draft; null for an import.
    #[schema(required = true)]
    title: Option<String>,
    /// Who drew it.
    #[schema(required = true)]
    author: Option<String>,
    /// Who approved it.
    #[schema(required = true)]
    approver: Option<String>,
    /// The document that ordered it.
    #[schema(required = true)]
    document: Option<String>,
}

/// What a unit was before or after a turn.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct StageView {
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// The code of the unit above; null at the top.
    #[schema(required = true)]
    parent: Option<String>,
    /// Its area in square metres; null above the grids.
    #[schema(required = true)]
    area_m2: Option<f64>,
}

/// A unit that gave ground or took it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct RelativeView {
    /// Its code then.
    code: String,
    /// Its name then.
    name: String,
}

impl TurnView {
    fn of(turn: Turn) -> Self {
        let (before_m2, after_m2) = turn.areas_m2();
        let (before_parent, after_parent) = turn.parents;
        let stage =
            |version: &crate::store::UnitVersion, parent: Option<crate::unit::Code>, area_m2| StageView {
                code: version.unit.code.to_string(),
                name: version.unit.name.clone(),
                parent: parent.map(|code| code.to_string()),
                area_m2,
            };
        let relatives = |all: Vec<Relative>| {
            all.into_iter().map(|r| RelativeView { code: r.code.to_string(), name: r.name }).collect()
        };
        let said = |name: &str| turn.said.get(name).and_then(|v| v.as_str()).map(str::to_owned);
        Self {
            revision: turn.revision,
            effective_from: turn.effective_from,
            change: match (&turn.before, &turn.after) {
                (None, _) => "created",
                (_, None) => "retired",
                _ => "changed",
            },
            happened: turn.happened.iter().map(|h| word(*h)).collect(),
            title: said("title"),
            author: said("author"),
            approver: said("approver"),
            document: said("document"),
            before: turn.before.as_ref().map(|v| stage(v, before_parent, before_m2)),
            after: turn.after.as_ref().map(|v| stage(v, after_parent, after_m2)),
            from: relatives(turn.from),
            into: relatives(turn.into),
        }
    }
}

fn word(happened: Happened) -> &'static str {
    match happened {
        Happened::Born => "born",
        Happened::Revived => "revived",
        Happened::Redrawn => "redrawn",
        Happened::Renamed => "renamed",
        Happened::Recoded => "recoded",
        Happened::Reassigned => "reassigned",
        Happened::Changed => "changed",
        Happened::Retired => "retired",
    }
}

/// The life of the unit that bears a code or bore it last.
pub(super) async fn of(
    site: &Site,
    published: &Arc<Published>,
    layer: &str,
    code: &str,
) -> Result<Vec<TurnView>, Problem> {
    let unit = bearer(site, published, layer, code).await?;
    Ok(site.app.life(unit).await?.into_iter().map(TurnView::of).collect())
}
