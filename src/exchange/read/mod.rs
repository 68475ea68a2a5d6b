//! Files in: GeoJSON and GeoPackage as a list of features on the lattice.
//!
//! A reader interprets nothing but coordinates: which column is a code, and whether the shapes fit, is
//! the business of [`super::import`].

mod geojson;
mod geopackage;
mod ground;
mod lines;

pub use geopackage::is_geopackage;
pub use ground::{Broken, Ground};
pub use lines::{Line, Lines};

use crate::geom::crs::Crs;
use crate::unit::Attributes;
use std::path::Path;

/// One feature of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its place in the file (in its table), from 1.
    pub number: usize,
    /// The level that its table is named for; `None` when the file has no such tables.
    pub level: Option<String>,
    /// Its columns, in their order.
    pub properties: Attributes,
    /// Where it lies.
    pub ground: Ground,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// The features, in their order.
    pub features: Vec<Feature>,
    /// The system that their coordinates were read in.
    pub crs: Crs,
    /// What was assumed or passed over, for a person.
    pub notices: Vec<String>,
}

/// How a file is to be read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The system of its coordinates, whatever the file says; `None` takes the file's word.
    pub crs: Option<Crs>,
    /// The table of a GeoPackage; `None` takes those named for a level, or the only one.
    pub table: Option<String>,
    /// The level names of the layer that is read, top to bottom.
    pub levels: Vec<String>,
}

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The file says nothing of its coordinate system, or names one that is not known.
    #[error("{0}")]
    Crs(String),
    /// The file is not what its name says.
    #[error("{0}")]
    Malformed(String),
    /// SQLite failed on a GeoPackage.
    #[error("reading the GeoPackage: {0}")]
    Database(#[from] sqlx::Error),
}

/// Reads the lines of a GeoPackage, told by its first bytes, or else of GeoJSON; of areas the lines around them.
///
/// Columns beside the geometry are left alone but for a name. What is no line is counted and passed over; a line that
/// cannot be read is an error, with its feature.
pub async fn read_lines(path: &Path, options: &ReadOptions) -> Result<Lines, ReadError> {
    if is_geopackage(path)? {
        geopackage::read_lines(path, options).await
    } else {
        geojson::read_lines(path, options)
    }
}

/// Reads a GeoPackage, told by its first bytes, or else GeoJSON.
///
/// A shape that cannot be read is a [`Ground::Broken`] of its feature, so that all can be reported; only
/// what makes the file unreadable as a whole is an error. Memory: some five times the file.
pub async fn read(path: &Path, options: &ReadOptions) -> Result<Features, ReadError> {
    if is_geopackage(path)? { geopackage::read(path, options).await } else { geojson::read(path, options) }
}
