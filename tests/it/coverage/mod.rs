//! Building coverages: squared paper, random partitions, and a second opinion.

mod cases;
mod demo;
pub mod opinion;
mod random;
pub mod wkt;
