//! The stored truth of wangge, in one file or in PostGIS.
//!
//! A crate of its own for the same reason as the core: it waits for disks and networks, and is compiled beside the rest.
//! `wangge` shows it under its own name; say `wangge::store`.

use wangge_core::{coverage, edit, geom, report, snapshot, tile, unit};

pub mod store;
