//! The published state as one value: units, coverages, indexes.

mod base;
mod derived;
pub mod drawn;
mod hash;
mod locate;
mod source;

pub use base::{Base, LayerState};
pub use derived::{Derived, Measure, Neighbour};
pub use hash::{StateHash, StateHashError};
pub use locate::{Ask, Brief, LayerAnswer, Located, Outcome, SURE_SHARE};
pub use source::{LayerSource, Revision};
