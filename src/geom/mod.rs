//! Lattice points, exact predicates, rings, shapes and areas.
//!
//! Everything that decides *where* something is happens here, on integers. Floating point appears in
//! three places only: at the door (degrees to lattice), in [`area`] and in [`metric`].

pub mod area;
mod bbox;
pub mod crs;
pub mod metric;
mod point;
pub mod predicate;
mod ring;
mod shape;
pub mod wkb;

pub use bbox::Bbox;
pub use point::{LATTICE_PER_DEGREE, OutOfRange, Point};
pub use ring::Ring;
pub use shape::{Polygon, Shape};
