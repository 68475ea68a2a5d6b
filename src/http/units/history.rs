//! When a unit changed.

use crate::app::Published;
use crate::geom::Shape;
use crate::http::Site;
use crate::http::problem::Problem;
use crate::unit::{Unit, UnitId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A revision in which a unit changed.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Turn {
    /// The revision.
    revision: u64,
    /// When it took effect.
    effective_from: DateTime<Utc>,
    /// `created`, `changed` or `retired`.
    change: &'static str,
}

/// Walks the revisions, oldest first, and tells in which the unit came, changed or went. Costs a load per
/// revision that is not in force.
pub(super) async fn of(site: &Site, unit: UnitId) -> Result<Vec<Turn>, Problem> {
    let mut turns = Vec::new();
    let mut before: Option<(Unit, Shape)> = None;
    for revision in &*site.app.published().revisions {
        let published = site.app.published_at(Some(revision.effective_from)).await?;
        let now = state(&published, unit);
        let change = match (&before, &now) {
            (None, Some(_)) => Some("created"),
            (Some(_), None) => Some("retired"),
            (Some(old), Some(new)) if old != new => Some("changed"),
            _ => None,
        };
        let turn =
            |change| Turn { revision: revision.number, effective_from: revision.effective_from, change };
        turns.extend(change.map(turn));
        before = now;
    }
    Ok(turns)
}

/// What a unit is in a revision: its fields, and its ground if it is a grid.
fn state(published: &Published, unit: UnitId) -> Option<(Unit, Shape)> {
    let facts = published.facts(unit)?;
    let is_grid = facts.unit.level == facts.layer.layer.grid_level();
    let shape = if is_grid { facts.layer.derived(facts.unit.level).shape(unit) } else { Shape::default() };
    Some((facts.unit.clone(), shape.canonical()))
}
