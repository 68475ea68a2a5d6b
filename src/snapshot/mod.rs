//! The published state as one value: units, coverages, indexes.

mod base;
mod derived;
mod differing;
pub mod drawn;
mod locate;
mod source;

pub use base::{Base, LARGE, LayerState};
pub use derived::{Derived, Measure, Neighbour};
pub use locate::{Ask, Brief, LayerAnswer, Located, Outcome, SURE_SHARE};
pub use source::Revision;

pub use crate::edit::{LayerSource, StateHash, StateHashError};
