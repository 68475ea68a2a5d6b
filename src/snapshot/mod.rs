//! The published state as one value: units, coverages, indexes.

mod source;

pub use source::{LayerSource, Revision};
