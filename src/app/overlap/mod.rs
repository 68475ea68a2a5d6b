//! Two layers over each other, as of a revision.
//!
//! What has been laid is kept, the last few pairs. When the same pair is asked for in another revision, only the ground
//! of units that have changed is laid anew.

mod drawn;
mod rows;
mod suggest;
mod weights;
mod written;

pub(super) use drawn::TILED;
pub use rows::{CommonRow, Mismatch, Scope, Summary};
pub use suggest::{Suggestion, SuggestionKind, WITHIN_M, Wish};

use super::{App, Published};
use crate::coverage::Coverage;
use crate::geom::Point;
use crate::overlay::{Laid, Side, Torn};
use crate::snapshot::LayerState;
use crate::unit::{Level, Unit, UnitId};
use drawn::Drawn;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How many pairs are kept.
const KEPT: usize = 4;

/// Why two layers could not be laid over each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverlapError {
    /// No layer or level has that name.
    #[error("{field} is no layer or level: expected one of {expected}, got {got:?}")]
    UnknownName {
        /// `a` or `b`.
        field: &'static str,
        /// What came in.
        got: String,
        /// All names.
        expected: String,
    },
    /// A level over itself or over another one of its layer says nothing that the tree does not.
    #[error("a and b are both of the layer {0}: expected levels of two layers")]
    SameLayer(String),
    /// No unit of the two layers has that code.
    #[error("expected the code of a unit of either layer, got {0:?}")]
    UnknownScope(String),
    /// No unit of the second layer has that code, so it cannot be kept as it is.
    #[error("expected codes of units of the second layer, got {0:?}")]
    UnknownLocked(String),
    /// Suggestions bring whole grids together with units that have one above them.
    #[error("suggestions are for the grids of both layers, and those of b must have a level above them")]
    NotGrids,
    /// What was laid is damaged.
    #[error(transparent)]
    Torn(#[from] Torn),
}

/// A layer at one of its levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerLevel {
    /// The layer's name.
    pub layer: String,
    /// Its level.
    pub level: Level,
}

/// Two layers over each other, with the state that says what their units are called.
#[derive(Debug)]
pub struct Overlap {
    /// The state.
    pub published: Arc<Published>,
    pair: Arc<Pair>,
    weights: Option<weights::Weights>,
}

/// What was laid of two coverages. It holds on to no state, which would be kept as long as this is.
#[derive(Debug)]
struct Pair {
    sides: [LayerLevel; 2],
    coverages: [Arc<Coverage>; 2],
    laid: Laid,
    drawn: OnceLock<Drawn>,
}

/// Within how many metres a border that is not the same counts as near.
pub const NEAR_M: f64 = 20.0;

/// The pairs that were asked for last, the newest at the end.
#[derive(Debug, Default)]
pub(super) struct Overlaps {
    kept: Mutex<Vec<Arc<Pair>>>,
    laying: tokio::sync::Mutex<()>,
}

impl Overlaps {
    fn find(&self, sides: &[LayerLevel; 2]) -> Option<Arc<Pair>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|pair| pair.sides == *sides).cloned()
    }

    fn keep(&self, pair: Arc<Pair>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.sides != pair.sides);
        kept.push(pair);
        let too_many = kept.len().saturating_sub(KEPT);
        kept.drain(..too_many);
    }
}

impl App {
    /// Lays two layers, or levels of two layers, over each other, or brings what was laid before up to that state.
    pub async fn overlap(
        &self,
        published: Arc<Published>,
        names: [&str; 2],
    ) -> Result<Overlap, OverlapError> {
        let sides = published.sides(names)?;
        // One at a time: who waits finds it laid.
        let _laying = self.overlaps.laying.lock().await;
        let before = self.overlaps.find(&sides);
        let lay = tokio::task::spawn_blocking(move || Overlap::lay(published, sides, before));
        let overlap = lay.await.expect("laying layers over each other does not panic")?;
        self.overlaps.keep(overlap.pair.clone());
        Ok(overlap)
    }
}

impl Published {
    /// The layers or levels of two names; a layer's own name is its grids.
    fn sides(&self, names: [&str; 2]) -> Result<[LayerLevel; 2], OverlapError> {
        let a = self.side("a", names[0])?;
        let b = self.side("b", names[1])?;
        if a.layer == b.layer { Err(OverlapError::SameLayer(a.layer)) } else { Ok([a, b]) }
    }

    fn side(&self, field: &'static str, name: &str) -> Result<LayerLevel, OverlapError> {
        let layers = self.base.layers();
        let named = layers.iter().find(|state| state.layer.name == name);
        let own = named.map(|state| (state, state.layer.grid_level()));
        let of_level = || layers.iter().find_map(|state| Some((state, state.layer.level(name)?)));
        let (state, level) = own.or_else(of_level).ok_or_else(|| {
            let names = layers.iter().flat_map(|s| std::iter::once(&s.layer.name).chain(&s.layer.levels));
            let mut names: Vec<&str> = names.map(String::as_str).collect();
            names.dedup();
            OverlapError::UnknownName { field, got: name.to_owned(), expected: names.join(", ") }
        })?;
        Ok(LayerLevel { layer: state.layer.name.clone(), level })
    }
}

impl Overlap {
    /// Lays two layers of a state over each other; `before` saves the work on what has not changed since.
    pub fn of(published: Arc<Published>, names: [&str; 2]) -> Result<Self, OverlapError> {
        let sides = published.sides(names)?;
        Self::lay(published, sides, None)
    }

    fn lay(
        published: Arc<Published>,
        sides: [LayerLevel; 2],
        before: Option<Arc<Pair>>,
    ) -> Result<Self, OverlapError> {
        let state =
            |k: usize| published.base.layer(&sides[k].layer).expect("the layer was found by its name");
        let states = [state(0), state(1)];
        let coverages = [0, 1].map(|k| states[k].shared_coverage(sides[k].level));
        if let Some(pair) = before.clone()
            && (0..2).all(|k| Arc::ptr_eq(&pair.coverages[k], &coverages[k]))
        {
            return Ok(Self { published, pair, weights: None });
        }
        let owners = [0, 1].map(|k| {
            let (state, level): (&LayerState, Level) = (states[k], sides[k].level);
            move |point: Point| state.owner_at(level, point)
        });
        let both = [0, 1].map(|k| Side { coverage: &coverages[k], owner: &owners[k] });
        let laid = match before {
            Some(before) => before.laid.after([&before.coverages[0], &before.coverages[1]], both)?,
            None => Laid::new(both)?,
        };
        let pair = Arc::new(Pair { sides, coverages, laid, drawn: OnceLock::new() });
        Ok(Self { published, pair, weights: None })
    }

    /// The layer of a side, 0 or 1.
    pub fn state(&self, side: usize) -> &LayerState {
        self.published.base.layer(&self.pair.sides[side].layer).expect("the layer was found by its name")
    }

    /// The name of a side: that of its level.
    pub fn name(&self, side: usize) -> &str {
        self.state(side).layer.level_name(self.pair.sides[side].level)
    }

    /// A unit of a side.
    pub fn unit(&self, side: usize, id: Option<UnitId>) -> Option<&Unit> {
        self.state(side).units.get(id?)
    }
}
