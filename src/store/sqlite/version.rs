//! A row of `unit_version` as SQLite gives it; its geometry is a GeoPackage blob with an envelope.

use super::StoreError;
use crate::geom::wkb;
use crate::store::rows::{Codec, Fields, SRS_ID};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// GeoPackage blobs.
pub(super) const BLOB: Codec =
    Codec { write: |shape| wkb::write_degrees(shape, SRS_ID), read: wkb::read_degrees };

/// The columns that [`fields`] reads, in their order.
macro_rules! columns {
    () => {
        "unit, layer, level, code, name, parent, attributes, geom"
    };
}
pub(super) use columns;

/// A row without a copy of its blob.
pub(super) fn fields(row: &SqliteRow) -> Result<Fields<'_>, StoreError> {
    let read = || -> Result<Fields<'_>, sqlx::Error> {
        Ok(Fields {
            unit: row.try_get(0)?,
            layer: row.try_get(1)?,
            level: row.try_get(2)?,
            code: row.try_get(3)?,
            name: row.try_get(4)?,
            parent: row.try_get(5)?,
            attributes: row.try_get(6)?,
            geom: row.try_get(7)?,
        })
    };
    read().map_err(StoreError::database("reading a unit"))
}
