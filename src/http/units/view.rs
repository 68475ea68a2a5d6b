//! How units are shown.

use crate::app::{Published, UnitFacts};
use crate::http::view::{Link, PostView, PostsShown, geometry};
use crate::unit::{Attributes, Post};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A unit as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct UnitView<'a> {
    /// The immutable id.
    id: u64,
    /// The layer.
    layer: &'a str,
    /// The level's name.
    level: &'a str,
    /// The public code.
    code: &'a str,
    /// The name as shown.
    name: &'a str,
    /// The code of the unit above; null at the top.
    #[schema(required = true)]
    parent: Option<&'a str>,
    /// Area in square metres on the ellipsoid; 0 for a unit without a grid.
    area_m2: f64,
    /// Households; null when nobody said.
    #[schema(required = true)]
    households: Option<u64>,
    /// West, south, east, north in degrees; null for a unit without a grid.
    #[schema(required = true)]
    bbox: Option<[f64; 4]>,
    /// Where its name stands; null for a unit without a grid.
    #[schema(required = true)]
    label: Option<[f64; 2]>,
}

/// A unit with its ground, RFC 7946.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct UnitFeature<'a> {
    /// `Feature`.
    r#type: &'static str,
    /// The immutable id.
    id: u64,
    /// A polygon or several in degrees; null for a unit without a grid.
    #[schema(value_type = Option<Object>, required = true)]
    geometry: Value,
    /// Everything else.
    properties: UnitProperties<'a>,
}

/// What is said of a unit beside its ground.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct UnitProperties<'a> {
    #[serde(flatten)]
    unit: UnitView<'a>,
    /// The unit and all above it, bottom up, with their posts.
    chain: Vec<Link<'a>>,
    /// Whatever else came with it.
    #[schema(value_type = Object)]
    attributes: &'a Attributes,
    /// The revision that this is from.
    revision: u64,
}

/// A unit beside another one.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct NeighbourView<'a> {
    #[serde(flatten)]
    unit: UnitView<'a>,
    /// The length of the common border in metres.
    border_m: f64,
}

/// A post with its dates.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct DatedPost<'a> {
    #[serde(flatten)]
    post: PostView<'a>,
    /// The first day.
    valid_from: NaiveDate,
    /// The day after the last one; null for open-ended.
    #[schema(required = true)]
    valid_to: Option<NaiveDate>,
}

impl<'a> UnitView<'a> {
    /// A unit and what follows from its ground.
    pub(in crate::http) fn of(facts: &UnitFacts<'a>) -> Self {
        Self {
            id: facts.unit.id.get(),
            layer: &facts.layer.layer.name,
            level: facts.level_name(),
            code: facts.unit.code.as_str(),
            name: &facts.unit.name,
            parent: facts.parent().map(|p| p.code.as_str()),
            area_m2: facts.measure.map_or(0.0, |m| m.area_m2),
            households: facts.layer.households(facts.unit),
            bbox: facts.measure.map(|m| m.bbox.degrees()),
            label: facts.label().map(|p| [p.lon(), p.lat()]),
        }
    }
}

impl<'a> UnitFeature<'a> {
    /// A unit with its ground, its chain and its attributes.
    pub(super) fn of(published: &'a Published, facts: &UnitFacts<'a>, posts: &'a PostsShown) -> Self {
        let view = UnitView::of(facts);
        let shape = facts.layer.derived(facts.unit.level).shape(facts.unit.id);
        Self {
            r#type: "Feature",
            id: view.id,
            geometry: geometry(&shape),
            properties: UnitProperties {
                unit: view,
                chain: posts.chain(facts),
                attributes: &facts.unit.attributes,
                revision: published.revision().number,
            },
        }
    }
}

impl<'a> NeighbourView<'a> {
    /// The units around one; the outside is none.
    pub(super) fn around(published: &'a Published, facts: &UnitFacts<'a>) -> Vec<Self> {
        let neighbours = facts.layer.derived(facts.unit.level).neighbours(facts.unit.id).into_iter();
        let view = |n: crate::snapshot::Neighbour| {
            let unit = UnitView::of(&published.facts(n.unit?)?);
            Some(Self { unit, border_m: n.border_m })
        };
        neighbours.filter_map(view).collect()
    }
}

impl<'a> DatedPost<'a> {
    /// A post as this reader may see it.
    pub(super) fn of(shown: &PostsShown, post: &'a Post) -> Self {
        Self { post: shown.view(post), valid_from: post.valid_from, valid_to: post.valid_to }
    }
}
