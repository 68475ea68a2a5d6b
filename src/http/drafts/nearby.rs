//! The borders near a place, to draw on.

use super::ask::{NearbyQuery, number};
use crate::app::drafting::Nearby;
use crate::edit::{Border, Side};
use crate::geom::Point;
use crate::http::Site;
use crate::http::extract::Query;
use crate::http::problem::{Code, Problem};
use crate::http::view::bbox;
use crate::unit::{Code as UnitCode, Unit, UnitId};
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The most vertices of an answer: a few hundred grids.
pub(in crate::http) const MOST_VERTICES: usize = 40_000;

/// The borders near a place as a draft draws them.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct NearbyView {
    /// The version of the draft.
    version: u64,
    /// The borders, each from node to node or as far as the box reaches.
    borders: Vec<BorderView>,
    /// The units that they part.
    units: Vec<PartedView>,
}

/// A run of border with the same on each side.
#[derive(Debug, Serialize, ToSchema)]
struct BorderView {
    /// Longitude and latitude of each vertex, exact.
    path: Vec<[f64; 2]>,
    /// The id of the unit on the left of the way; null for none.
    #[schema(required = true)]
    left: Option<u64>,
    /// The id of the unit on the right.
    #[schema(required = true)]
    right: Option<u64>,
    /// Whether it is the edge of all ground: the outline, moved in every layer that shares it.
    outer: bool,
}

/// A unit beside a border.
#[derive(Debug, Serialize, ToSchema)]
struct PartedView {
    /// Its id.
    id: u64,
    /// Its public code.
    code: String,
    /// Its name.
    name: String,
    /// The code of the unit above.
    #[schema(required = true)]
    parent: Option<String>,
}

/// The borders near a box as a draft draws them, vertex for vertex, and the units that they part; of another layer, to
/// draw along.
#[utoipa::path(get, path = "/api/v1/drafts/{id}/borders", tag = "drafts",
    params(("id" = u64, Path, description = "The draft's number"), NearbyQuery),
    responses((status = 200, body = NearbyView)))]
pub(in crate::http) async fn borders(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    Query(query): Query<NearbyQuery>,
) -> Result<Json<NearbyView>, Problem> {
    let found = site.app.draft_borders(number(&id)?, query.layer, bbox(&query.bbox)?).await?;
    let vertices: usize = found.borders.iter().map(|b| b.points.len()).sum();
    if vertices > MOST_VERTICES {
        return Err(too_many("borders", vertices));
    }
    Ok(Json(NearbyView::of(&found)))
}

/// A box with more in it than one answer holds.
pub(in crate::http) fn too_many(what: &str, vertices: usize) -> Problem {
    let detail = format!("the {what} in the box have {vertices} vertices");
    let expected = format!("a box with at most {MOST_VERTICES} vertices");
    Problem::new(Code::TooManyPoints, detail).at("bbox").expecting(expected)
}

impl NearbyView {
    fn of(found: &Nearby) -> Self {
        let parted = |(unit, parent): &(Unit, Option<UnitCode>)| PartedView {
            id: unit.id.get(),
            code: unit.code.to_string(),
            name: unit.name.clone(),
            parent: parent.as_ref().map(ToString::to_string),
        };
        Self {
            version: found.version,
            borders: found.borders.iter().map(BorderView::of).collect(),
            units: found.units.iter().map(parted).collect(),
        }
    }
}

impl BorderView {
    fn of(border: &Border) -> Self {
        let (left, right) = border.sides;
        let id = |side: Side| side.unit().map(UnitId::get);
        Self {
            path: border.points.iter().map(|p: &Point| [p.lon(), p.lat()]).collect(),
            left: id(left),
            right: id(right),
            outer: left == Side::Outside || right == Side::Outside,
        }
    }
}
