//! The published state as one value: units, coverages, indexes.

mod hash;
mod source;

pub use hash::{StateHash, StateHashError};
pub use source::{LayerSource, Revision};
