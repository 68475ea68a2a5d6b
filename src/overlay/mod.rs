//! Two layers laid over each other: the pieces of ground with the same unit in both.
//!
//! Nothing is intersected polygon by polygon. The borders of both coverages are walked once; where they meet, exact
//! predicates say what lies on each side from there on. Each stretch between two meetings, a *run*, knows the pair of
//! faces on its left and on its right, and adds its part of the one area integral to both; so the areas of all pieces
//! come out of one pass, and those of a unit sum to the unit. Crossing points stay where they are, unrounded.
//!
//! Put together at their ends, with the leftmost turn at each, the runs are the rings of the pieces. A ring on whose way
//! round the pair changes cannot be: it is an error, not a piece.
//!
//! The outside takes part like a unit: `[a, outside]` is what the second layer does not cover of `a`.

mod alignment;
mod assign;
mod chunks;
mod crosswalk;
mod fraction;
mod laid;
mod lines;
mod meet;
mod nodes;
mod pieces;
mod rings;
mod same;
#[cfg(test)]
mod tests;
mod walk;

pub use alignment::{Aligned, BorderClass, aligned, border_classes, lies_along};
pub use assign::{Assigned, Assigning};
pub use crosswalk::{Cell, Crosswalk, Measures, Row};
pub use laid::{ALIGNED_WITHIN_M, Ground, Laid, Pair, Position};
pub use pieces::{Overlay, Piece, SliverRule};
pub use rings::Torn;
pub use walk::Side;
