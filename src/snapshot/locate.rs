//! Which unit is responsible for a point, and how sure that is.

use super::base::{Base, LayerState};
use crate::coverage::Face;
use crate::geom::Point;
use crate::unit::{Reach, UnitId};

/// Below this share of the accuracy circle the best candidate needs a person's confirmation.
pub const SURE_SHARE: f64 = 0.9;

/// How a layer holds a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A unit of the layer owns the point.
    Inside,
    /// None does; the nearest unit is within the distance asked for.
    Nearby,
    /// No unit of the layer is near.
    Outside,
}

impl Outcome {
    /// The name in SQL and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Nearby => "nearby",
            Self::Outside => "outside",
        }
    }
}

impl std::str::FromStr for Outcome {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Inside, Self::Nearby, Self::Outside].into_iter().find(|o| o.name() == text).ok_or(())
    }
}

/// What is asked beside the point itself.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The layers that may be responsible, in order; the first whose unit holds the point or is within
    /// its reach is.
    pub rule: &'a [Reach],
    /// The radius in metres within which the true place lies, when it is known.
    pub accuracy_m: Option<f64>,
    /// Up to which distance in metres a point without an owner is given to the nearest unit.
    pub max_snap_m: f64,
}

/// What one layer says of a point.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerAnswer {
    /// The owner, or the nearest unit when the outcome is [`Outcome::Nearby`].
    pub unit: UnitId,
    /// Inside or nearby.
    pub outcome: Outcome,
    /// Metres to the nearest border of the layer; when nearby, to the unit.
    pub border_distance_m: f64,
    /// Whether the point lies exactly on a border.
    pub on_border: bool,
    /// Shares of the accuracy circle, largest first, the outside as `None`; sum 1. Empty without an
    /// accuracy.
    pub candidates: Vec<(Option<UnitId>, f64)>,
}

/// The answer to one point.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// The point that was looked up.
    pub position: Point,
    /// How the responsible layer holds it.
    pub outcome: Outcome,
    /// Whether a person should look: not inside, or the best candidate under [`SURE_SHARE`].
    pub needs_confirmation: bool,
    /// The place of the responsible layer in [`Base::layers`] and the responsible unit.
    pub responsible: Option<(usize, UnitId)>,
    /// One entry per layer of [`Base::layers`]; `None` where no unit is inside or near.
    pub layers: Vec<Option<LayerAnswer>>,
}

/// The short answer that bulk lookups get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// How the responsible layer holds the point.
    pub outcome: Outcome,
    /// The place of the responsible layer and the responsible unit.
    pub responsible: Option<(usize, UnitId)>,
    /// The owner, or the nearest unit within reach, per layer.
    pub layers: Vec<Option<UnitId>>,
}

impl Base {
    /// Locates one point in all layers.
    ///
    /// The owner comes from the index (see [`crate::coverage::Index::owner`] for what happens on a
    /// border), distances and candidates from the border tree. Costs about ten microseconds, more with a
    /// wide accuracy circle.
    pub fn locate(&self, position: Point, ask: &Ask<'_>) -> Located {
        let layers: Vec<Option<LayerAnswer>> =
            self.layers().iter().map(|layer| layer.locate(position, ask)).collect();
        let held = |i: usize, reach_m: f64| {
            let answer = layers[i].as_ref()?;
            within(answer.outcome, answer.border_distance_m, reach_m).then_some((i, answer.unit))
        };
        let responsible = self.responsible(ask, held);
        let answer = responsible.and_then(|(i, _)| layers[i].as_ref());
        let outcome = answer.map_or(Outcome::Outside, |a| a.outcome);
        let unsure = |a: &LayerAnswer| a.candidates.first().is_some_and(|c| c.1 < SURE_SHARE);
        let needs_confirmation = outcome != Outcome::Inside || answer.is_some_and(unsure);
        Located { position, outcome, needs_confirmation, responsible, layers }
    }

    /// Locates many points, in the order asked: what [`Base::locate`] says of each without an accuracy,
    /// except that a layer outside the rule names only an owner, never a unit nearby.
    ///
    /// Owners come in one pass per layer; only a point that a layer of the rule does not hold costs a
    /// search for the nearest unit there.
    pub fn locate_many(&self, positions: &[Point], ask: &Ask<'_>) -> Vec<Brief> {
        let owners: Vec<Vec<Face>> = self
            .layers()
            .iter()
            .map(|layer| {
                let mut faces = vec![Face::OUTSIDE; positions.len()];
                layer.index.owner_many(positions, &mut faces);
                faces
            })
            .collect();
        let answer = |n: usize| {
            let held: Vec<Option<(UnitId, Outcome, f64)>> = self
                .layers()
                .iter()
                .zip(&owners)
                .map(|(layer, faces)| layer.brief(faces[n], positions[n], ask.reach_m(&layer.layer.name)))
                .collect();
            self.brief(&held, ask)
        };
        (0..positions.len()).map(answer).collect()
    }

    fn brief(&self, layers: &[Option<(UnitId, Outcome, f64)>], ask: &Ask<'_>) -> Brief {
        let responsible = self.responsible(ask, |i, reach_m| {
            let (unit, outcome, distance_m) = layers[i]?;
            within(outcome, distance_m, reach_m).then_some((i, unit))
        });
        let outcome = responsible.and_then(|(i, _)| layers[i]).map_or(Outcome::Outside, |l| l.1);
        Brief { outcome, responsible, layers: layers.iter().map(|l| l.map(|l| l.0)).collect() }
    }

    /// The first layer of the rule that holds the point or has a unit within reach; failing that, the
    /// first with a unit nearby at all.
    fn responsible(
        &self,
        ask: &Ask<'_>,
        held: impl Fn(usize, f64) -> Option<(usize, UnitId)>,
    ) -> Option<(usize, UnitId)> {
        let place = |name: &str| self.layers().iter().position(|l| l.layer.name == name);
        let try_each =
            |least_m: f64| ask.rule.iter().find_map(|r| held(place(&r.layer)?, r.reach_m.max(least_m)));
        try_each(0.0).or_else(|| try_each(ask.max_snap_m))
    }
}

fn within(outcome: Outcome, distance_m: f64, reach_m: f64) -> bool {
    outcome == Outcome::Inside || distance_m <= reach_m
}

impl Ask<'_> {
    /// How far from a point of no owner a layer of the rule is searched; `None` for another layer.
    fn reach_m(&self, layer: &str) -> Option<f64> {
        let reach = self.rule.iter().filter(|r| r.layer == layer).map(|r| r.reach_m);
        reach.reduce(f64::max).map(|reach_m| reach_m.max(self.max_snap_m))
    }
}

impl LayerState {
    fn locate(&self, position: Point, ask: &Ask<'_>) -> Option<LayerAnswer> {
        let reach_m = ask.reach_m(&self.layer.name).unwrap_or(ask.max_snap_m);
        let owner = self.index.owner(position);
        let (unit, outcome, near_m) = self.brief(owner, position, Some(reach_m))?;
        let (border_distance_m, on_border) = if outcome == Outcome::Inside {
            let nearest = self.borders.nearest(&self.coverage, position)?;
            (nearest.distance_m, nearest.on_border)
        } else {
            (near_m, near_m == 0.0)
        };
        let candidates = ask.accuracy_m.map(|radius_m| self.candidates(position, radius_m, owner));
        let candidates = candidates.unwrap_or_default();
        Some(LayerAnswer { unit, outcome, border_distance_m, on_border, candidates })
    }

    /// The owner, or the nearest unit within reach and its distance.
    fn brief(&self, owner: Face, position: Point, reach_m: Option<f64>) -> Option<(UnitId, Outcome, f64)> {
        if let Some(unit) = self.coverage.unit(owner) {
            return Some((unit, Outcome::Inside, 0.0));
        }
        let (face, distance_m) = self.borders.nearest_unit(&self.coverage, position, reach_m?)?;
        self.coverage.unit(face).map(|unit| (unit, Outcome::Nearby, distance_m))
    }

    fn candidates(&self, position: Point, radius_m: f64, owner: Face) -> Vec<(Option<UnitId>, f64)> {
        let shares = self.borders.shares(&self.coverage, position, radius_m, owner);
        let mut units: Vec<(Option<UnitId>, f64)> =
            shares.into_iter().map(|(face, share)| (self.coverage.unit(face), share)).collect();
        units.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        units
    }
}
