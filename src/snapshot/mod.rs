//! The published state as one value: units, coverages, indexes.

mod advance;
mod base;
mod derived;
pub mod drawn;
mod lineage;
mod locate;
mod shown;
mod source;

pub use base::{Base, LayerState};
pub use derived::{Derived, Measure, Neighbour};
pub use lineage::Lineage;
pub use locate::{Ask, Brief, LayerAnswer, Located, Outcome, SURE_SHARE};
pub use shown::LARGE;
pub use source::Revision;

pub use crate::edit::{LayerSource, StateHash, StateHashError};
