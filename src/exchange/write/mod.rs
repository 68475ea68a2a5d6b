//! Files out: GeoJSON, GeoPackage and CSV of units.

mod csv;
mod geojson;
mod geopackage;

pub use csv::csv;
pub(super) use csv::neutral;
pub use geojson::{coordinates, crs_member, geojson};
pub use geopackage::geopackage;

use crate::geom::crs::Crs;
use std::path::PathBuf;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// SQLite failed.
    #[error("writing the GeoPackage: {0}")]
    Database(#[from] sqlx::Error),
    /// Something is at that path already.
    #[error("expected no file at {0}, got one; it was left alone")]
    Exists(PathBuf),
    /// The format cannot say that its coordinates are in this system.
    #[error("a GeoPackage names its crs by an EPSG number, and {0} has none")]
    NoNumber(Crs),
}
