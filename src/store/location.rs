//! Where a store is: a file, or a database.

use super::postgis::Address;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a store is. Shown without the name and the password of whoever connects.
#[derive(Clone)]
pub enum Location {
    /// A GeoPackage file.
    File(PathBuf),
    /// A PostgreSQL database with PostGIS.
    Database(Box<Address>),
}

/// Text that is no address of a database. It never repeats the text, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected postgres://USER@HOST[:PORT][,HOST…]/DATABASE, got an address where {0}")]
pub struct LocationError(pub(super) String);

impl Location {
    /// Reads `postgres://…` or `postgresql://…` as a database and anything else as a path.
    pub fn parse(text: impl AsRef<OsStr>) -> Result<Self, LocationError> {
        let text = text.as_ref();
        match text.to_str().filter(|url| Address::is_one(url)) {
            Some(url) => Ok(Self::Database(Box::new(url.parse()?))),
            None => Ok(Self::File(text.into())),
        }
    }

    /// The path of a file store.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Database(_) => None,
        }
    }

    /// What is there when no store is.
    pub(super) fn nothing(&self) -> &'static str {
        match self {
            Self::File(_) => "no file",
            Self::Database(_) => "no store in that database",
        }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Location {
    fn from(path: &P) -> Self {
        Self::File(path.as_ref().to_owned())
    }
}

impl From<&Location> for Location {
    fn from(location: &Location) -> Self {
        location.clone()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Database(address) => address.fmt(f),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}
