//! The door to reference lines: roads, rivers, plans. They stand beside the revisions.

use super::audit::Act;
use super::{Store, StoreError};
use crate::unit::{Reference, ReferenceLine};

/// With what every action of the audit begins after which reference lines are not what they were.
pub const REFERENCES_CHANGED: &str = "reference.";

impl Store {
    /// All reference lines, by name, read in one moment.
    pub async fn references(&self) -> Result<Vec<Reference>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.references().await,
            Self::PostGis(postgis) => postgis.references().await,
        }
    }

    /// Puts a set of lines in the place of the one of its name, with an entry of the audit in one transaction. Whether
    /// there was one.
    pub async fn put_reference(&self, reference: &Reference, act: &Act<'_>) -> Result<bool, StoreError> {
        self.write_reference(reference, Some(act)).await
    }

    /// The same without an entry, for a copy.
    pub(super) async fn write_reference(
        &self,
        reference: &Reference,
        act: Option<&Act<'_>>,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.put_reference(reference, act).await,
            Self::PostGis(postgis) => postgis.put_reference(reference, act).await,
        }
    }

    /// Removes a set of lines. A name that none has is [`StoreError::Refused`].
    pub async fn remove_reference(&self, name: &str, act: &Act<'_>) -> Result<(), StoreError> {
        let removed = match self {
            Self::Sqlite(sqlite) => sqlite.remove_reference(name, act).await,
            Self::PostGis(postgis) => postgis.remove_reference(name, act).await,
        };
        if removed? {
            Ok(())
        } else {
            Err(StoreError::Refused(vec![format!("there is no reference {name}")]))
        }
    }
}

/// A set without its lines, for those that follow.
pub(super) fn gathered(mut sets: Vec<Reference>, lines: Vec<(String, ReferenceLine)>) -> Vec<Reference> {
    for (name, line) in lines {
        if let Some(set) = sets.iter_mut().find(|set| set.name == name) {
            set.lines.push(line);
        }
    }
    sets
}

/// A line from what is stored of it.
pub(super) fn line(reference: &str, name: Option<String>, wkb: &[u8]) -> Result<ReferenceLine, StoreError> {
    let damaged = |why: String| StoreError::Damaged(format!("a line of the reference {reference}: {why}"));
    let read = crate::geom::wkb::read_lines(wkb, crate::geom::Point::from_degrees);
    let mut points = read.map_err(|error| damaged(error.to_string()))?;
    let points = points.pop().filter(|_| points.is_empty()).unwrap_or_default();
    ReferenceLine::new(name, points).ok_or_else(|| damaged("it has no two points".into()))
}
