//! How answers are shown.

use super::ask::Asked;
use crate::app::{Published, Question, UnitFacts};
use crate::exchange::locate_rows::{RowAnswer, RowError};
use crate::geom::Point;
use crate::geom::crs::{Crs, CrsError};
use crate::http::view::{Link, PostsShown, is_to_come};
use crate::snapshot::{LayerAnswer, Located};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to one point.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Located)]
pub(in crate::http) struct OneView<'a> {
    /// The point as it came in.
    point: Given,
    /// Longitude and latitude on the lattice, CGCS2000: what was looked up.
    position: [f64; 2],
    /// The revision that answers.
    revision: u64,
    /// When it took effect.
    effective_from: DateTime<Utc>,
    /// The time that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
    /// That the time is to come: the state in force with the drafts that are scheduled until then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    provisional: bool,
    /// How the responsible layer holds the point: `inside`, `nearby` or `outside`.
    outcome: &'static str,
    /// Whether a person should look before anyone is sent.
    needs_confirmation: bool,
    /// Who is responsible; null when nobody is near.
    #[schema(required = true)]
    responsible: Option<Responsible<'a>>,
    /// The land grid; null when none is near.
    #[schema(required = true)]
    land: Option<LayerView<'a>>,
    /// The water grid; null when none is near.
    #[schema(required = true)]
    water: Option<LayerView<'a>>,
    /// The police grid; null when none is near.
    #[schema(required = true)]
    police: Option<LayerView<'a>>,
}

/// A point as it came in: `lon` and `lat`, or `x` and `y`.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct Given {
    #[serde(skip_serializing_if = "Option::is_none")]
    lon: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<f64>,
    /// Its system.
    crs: String,
}

/// Who is responsible, and by which rule.
#[derive(Debug, Serialize, ToSchema)]
struct Responsible<'a> {
    /// The layer.
    layer: &'a str,
    /// The grid's code.
    code: &'a str,
    /// The rule that decided: a category's code, or `default`.
    rule: String,
}

/// What one layer says of a point.
#[derive(Debug, Serialize, ToSchema)]
struct LayerView<'a> {
    /// The grid's code.
    code: &'a str,
    /// Its name.
    name: &'a str,
    /// `inside` or `nearby`.
    outcome: &'static str,
    /// Metres to the nearest border; when nearby, to the grid.
    border_distance_m: f64,
    /// Whether the point lies exactly on a border.
    on_border: bool,
    /// The grid and all above it, bottom up, with their posts.
    chain: Vec<Link<'a>>,
    /// Shares of the accuracy circle, largest first; they sum to 1. Empty without an accuracy.
    candidates: Vec<Candidate<'a>>,
}

/// A part of the accuracy circle.
#[derive(Debug, Serialize, ToSchema)]
struct Candidate<'a> {
    /// The grid's code; null for the outside.
    #[schema(required = true)]
    code: Option<&'a str>,
    /// Its share of the circle's area.
    share: f64,
}

/// The answers to many points.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LocatedMany)]
pub(in crate::http) struct ManyView<'a> {
    /// The revision that answers.
    revision: u64,
    /// That the time is to come: the state in force with the drafts that are scheduled until then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    provisional: bool,
    /// An answer per point, in the order asked.
    results: Vec<Answer<'a>>,
}

/// The short answer to a point, in codes, or what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Answer<'a> {
    /// The grids that hold it.
    Located(RowView<'a>),
    /// Why it could not be looked up.
    Refused {
        /// `error`.
        outcome: &'static str,
        /// What is wrong.
        error: ErrorView,
    },
}

/// The grids that hold a point, in codes.
#[derive(Debug, Serialize, ToSchema)]
struct RowView<'a> {
    /// `inside`, `nearby` or `outside`, of the responsible layer.
    outcome: &'a str,
    /// The land grid.
    #[schema(required = true)]
    land: Option<&'a str>,
    /// The water grid.
    #[schema(required = true)]
    water: Option<&'a str>,
    /// The police grid.
    #[schema(required = true)]
    police: Option<&'a str>,
    /// The responsible one of them.
    #[schema(required = true)]
    responsible: Option<&'a str>,
}

/// What is wrong with a point.
#[derive(Debug, Serialize, ToSchema)]
struct ErrorView {
    /// The kind, for programs.
    #[schema(value_type = String)]
    code: crate::exchange::locate_rows::RowCode,
    /// The coordinate.
    #[schema(required = true)]
    field: Option<&'static str>,
    /// What happened, for a person.
    detail: String,
}

impl<'a> OneView<'a> {
    /// The whole answer: every layer with its chain and posts.
    pub(super) fn of(
        published: &'a Published,
        asked: &Asked,
        located: &Located,
        posts: &'a PostsShown,
        at: Option<DateTime<Utc>>,
    ) -> Self {
        let revision = published.revision();
        let layer = |name: &str| {
            let place = published.base.layers().iter().position(|l| l.layer.name == name)?;
            LayerView::of(published, located.layers[place].as_ref()?, posts)
        };
        let responsible = located.responsible.and_then(|(_, unit)| published.facts(unit));
        Self {
            point: Given::new(asked.crs, asked.given),
            position: [located.position.lon(), located.position.lat()],
            revision: revision.number,
            effective_from: revision.effective_from,
            at,
            provisional: is_to_come(at),
            outcome: located.outcome.name(),
            needs_confirmation: located.needs_confirmation,
            responsible: responsible.map(|facts| Responsible {
                layer: &facts.layer.layer.name,
                code: facts.unit.code.as_str(),
                rule: asked.question.rule_name().to_owned(),
            }),
            land: layer("land"),
            water: layer("water"),
            police: layer("police"),
        }
    }
}

impl Given {
    /// East and north as they came.
    pub(in crate::http) fn new(crs: Crs, (east, north): (f64, f64)) -> Self {
        let degrees = crs.is_geographic();
        let crs = crs.to_string();
        let (lon, lat) = (degrees.then_some(east), degrees.then_some(north));
        let (x, y) = ((!degrees).then_some(east), (!degrees).then_some(north));
        Self { lon, lat, x, y, crs }
    }
}

impl<'a> LayerView<'a> {
    fn of(published: &'a Published, answer: &LayerAnswer, posts: &'a PostsShown) -> Option<Self> {
        let (layer, unit) = published.base.unit(answer.unit)?;
        let facts = UnitFacts { layer, unit, measure: None };
        let code = |id: UnitId| layer.units.get(id).map(|u| u.code.as_str());
        let candidate = |&(id, share): &(Option<UnitId>, f64)| Candidate { code: id.and_then(code), share };
        Some(Self {
            code: unit.code.as_str(),
            name: &unit.name,
            outcome: answer.outcome.name(),
            border_distance_m: answer.border_distance_m,
            on_border: answer.on_border,
            chain: posts.chain(&facts),
            candidates: answer.candidates.iter().map(candidate).collect(),
        })
    }
}

impl<'a> ManyView<'a> {
    /// Looks all good points up at once; the bad ones keep their places.
    pub(super) fn of(
        published: &'a Published,
        points: &[Result<Point, CrsError>],
        question: &Question,
        at: Option<DateTime<Utc>>,
    ) -> Self {
        let good: Vec<Point> = points.iter().flatten().copied().collect();
        let mut answers = published.locate_many(&good, question).into_iter();
        let answer = |point: &Result<Point, CrsError>| match point {
            Ok(_) => Answer::located(published.row(&answers.next().expect("as many answers as points"))),
            Err(error) => Answer::refused(error.clone().into()),
        };
        let results = points.iter().map(answer).collect();
        Self { revision: published.revision().number, provisional: is_to_come(at), results }
    }
}

impl<'a> Answer<'a> {
    fn located(row: RowAnswer<'a>) -> Self {
        let RowAnswer { outcome, land, water, police, responsible } = row;
        Self::Located(RowView { outcome, land, water, police, responsible })
    }

    fn refused(error: RowError) -> Self {
        let RowError { code, field, detail } = error;
        Self::Refused { outcome: "error", error: ErrorView { code, field, detail } }
    }
}
