//! Building coverages: squared paper, random partitions, and a second opinion.

mod cases;
mod wkt;
