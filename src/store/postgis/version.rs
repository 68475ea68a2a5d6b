//! A row of `unit_version` as PostGIS gives it; its geometry is EWKB.

use crate::geom::{Point, wkb};
use crate::store::StoreError;
use crate::store::rows::{Codec, Fields, SRS_ID};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// Extended well-known binary, little-endian, with the reference system's number.
pub(super) const EWKB: Codec = Codec {
    write: |shape| wkb::write_extended(shape, SRS_ID),
    read: |bytes| wkb::read(bytes, Point::from_degrees),
};

/// The columns that [`fields`] reads, in their order.
macro_rules! columns {
    () => {
        "unit, layer, level, code, name, parent, attributes::text, st_asewkb(geom, 'NDR')"
    };
}
pub(super) use columns;

/// A row without a copy of its geometry.
pub(super) fn fields(row: &PgRow) -> Result<Fields<'_>, StoreError> {
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
