//! Listing and finding units.

use super::{Posts, Published};
use crate::geom::{Bbox, Point};
use crate::snapshot::{LayerState, Measure};
use crate::unit::{Code, Level, Post, Unit, UnitId};
use chrono::NaiveDate;
use std::collections::HashSet;

/// Which units are asked for. Conditions are joined by *and*.
#[derive(Clone, Debug, Default)]
pub struct UnitQuery {
    /// Only this layer; checked by [`Published::layer`] before.
    pub layer: Option<String>,
    /// Only units of a level of that name.
    pub level: Option<String>,
    /// Code, name or pinyin (see [`crate::unit::search`]); orders the answer by how well it fits.
    pub text: Option<String>,
    /// Only units directly under the unit with this code.
    pub parent: Option<Code>,
    /// Only units whose box meets this one.
    pub bbox: Option<Bbox>,
    /// Only units with such posts, and on which day.
    pub posts: Option<(Staffed, NaiveDate)>,
}

/// How it stands with the posts of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staffed {
    /// It has no post.
    Without,
    /// It has posts, and nobody holds one of them.
    Vacant,
    /// It has posts, each with a holder.
    Held,
}

impl Staffed {
    /// How it stands with some posts.
    pub fn of<'a>(mut posts: impl Iterator<Item = &'a Post>) -> Self {
        match posts.next() {
            None => Self::Without,
            Some(first) if first.person.is_some() && posts.all(|post| post.person.is_some()) => Self::Held,
            Some(_) => Self::Vacant,
        }
    }
}

/// One unit with what follows from its ground.
#[derive(Clone, Copy, Debug)]
pub struct UnitFacts<'a> {
    /// Its layer.
    pub layer: &'a LayerState,
    /// The unit.
    pub unit: &'a Unit,
    /// Its size and place; `None` for a unit without a grid under it.
    pub measure: Option<&'a Measure>,
}

/// A stretch of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// How many there are in all.
    pub total: usize,
    /// Where the next stretch begins; `None` at the end.
    pub next: Option<usize>,
    /// This stretch.
    pub items: Vec<T>,
}

impl<T> Page<T> {
    /// The stretch of `limit` entries from `offset` of a whole list.
    pub fn cut(all: Vec<T>, offset: usize, limit: usize) -> Self {
        let total = all.len();
        let end = offset.saturating_add(limit);
        let items = all.into_iter().skip(offset).take(limit).collect();
        Self { total, next: (end < total).then_some(end), items }
    }
}

impl Published {
    /// The unit of a layer with that code, with its facts.
    pub fn unit(&self, layer: &str, code: &Code) -> Option<UnitFacts<'_>> {
        let layer = self.base.layer(layer)?;
        layer.units.by_code(code).map(|unit| UnitFacts::of(layer, unit))
    }

    /// All units that a query asks for: best match first when it has a text, else by layer, level and
    /// code.
    pub fn units(&self, query: &UnitQuery, posts: &Posts) -> Vec<UnitFacts<'_>> {
        let mut found: Vec<UnitFacts<'_>> = match &query.text {
            Some(text) => self.search(text),
            None => self.everything(),
        };
        let parents = query.parent.as_ref().map(|code| self.bearers(code));
        let staffed = |facts: &UnitFacts| {
            query.posts.is_none_or(|(wanted, day)| Staffed::of(posts.of(facts.unit.id, day)) == wanted)
        };
        found.retain(|facts| facts.fits(query, parents.as_ref()) && staffed(facts));
        found
    }

    fn search(&self, text: &str) -> Vec<UnitFacts<'_>> {
        let hits = self.base.search().find(text);
        hits.into_iter().filter_map(|(_, id)| self.facts(id)).collect()
    }

    fn everything(&self) -> Vec<UnitFacts<'_>> {
        let layers = self.base.layers().iter();
        layers
            .flat_map(|layer| {
                let mut units: Vec<&Unit> = layer.units.all().iter().collect();
                units.sort_by(|a, b| a.level.cmp(&b.level).then_with(|| a.code.cmp(&b.code)));
                units.into_iter().map(|unit| UnitFacts::of(layer, unit))
            })
            .collect()
    }

    /// The units that bear a code, one per layer at most.
    fn bearers(&self, code: &Code) -> HashSet<UnitId> {
        self.base.layers().iter().filter_map(|l| l.units.by_code(code)).map(|u| u.id).collect()
    }

    /// A unit of any layer with its facts.
    pub fn facts(&self, id: UnitId) -> Option<UnitFacts<'_>> {
        self.base.unit(id).map(|(layer, unit)| UnitFacts::of(layer, unit))
    }
}

impl<'a> UnitFacts<'a> {
    /// The facts of a unit. The first call for a level derives that level (up to 0.1 s for a city).
    pub fn of(layer: &'a LayerState, unit: &'a Unit) -> Self {
        Self { layer, unit, measure: layer.derived(unit.level).measure(unit.id) }
    }

    /// The name of the unit's level.
    pub fn level_name(&self) -> &'a str {
        self.layer.layer.level_name(self.unit.level)
    }

    /// Where the unit's name stands, inside it; `None` for a unit without a grid under it. The first call
    /// for a unit places its label.
    pub fn label(&self) -> Option<Point> {
        self.layer.label(self.unit.id).map(|label| label.point)
    }

    /// The unit above.
    pub fn parent(&self) -> Option<&'a Unit> {
        self.unit.parent.and_then(|id| self.layer.units.get(id))
    }

    fn fits(&self, query: &UnitQuery, parents: Option<&HashSet<UnitId>>) -> bool {
        let level: Option<Option<Level>> = query.level.as_deref().map(|l| self.layer.layer.level(l));
        query.layer.as_ref().is_none_or(|l| *l == self.layer.layer.name)
            && level.is_none_or(|l| l == Some(self.unit.level))
            && parents.is_none_or(|p| self.unit.parent.is_some_and(|id| p.contains(&id)))
            && query.bbox.is_none_or(|b| self.measure.is_some_and(|m| m.bbox.intersects(&b)))
    }
}
