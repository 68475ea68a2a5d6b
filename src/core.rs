//! The core of wangge: one planar partition on an integer lattice, and what is asked of it.
//!
//! A crate of its own, so that it is compiled beside what waits for disks and networks, and optimised further. `wangge`
//! shows all of it under its own name, and describes it; say `wangge::geom`, not `wangge_core::geom`.

pub mod coverage;
pub mod edit;
pub mod geom;
pub mod overlay;
pub mod report;
pub mod snapshot;
pub mod tile;
pub mod unit;
