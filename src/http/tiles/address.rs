//! How a tile is asked for.

use crate::http::problem::{Code, Problem};
use crate::snapshot::drawn::{FIRST_ZOOM, LAST_ZOOM};
use crate::tile::{Described, TileCoord, Tileset};
use utoipa::IntoParams;

/// Of which tileset.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the handler reads it")]
pub(in crate::http) struct TilesetPath {
    /// `grid` or `overlap`.
    tileset: String,
}

/// Which tile.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the handler reads it")]
pub(in crate::http) struct TilePath {
    /// Zoom, 4 to 16.
    z: u8,
    /// Column.
    x: u32,
    /// Row from the north.
    y: u32,
}

/// Of which state.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the handler reads it")]
pub(in crate::http) struct VersionPath {
    /// The number of a revision and the version of the drawing: `1-1`.
    version: String,
}

/// The tileset of that name.
pub(super) fn tileset(name: &str) -> Result<Tileset, Problem> {
    Tileset::named(name).ok_or_else(|| Problem::unknown("tileset", name, "grid or overlap"))
}

/// The tileset of that name, reports among them.
pub(super) fn described(name: &str) -> Result<Described, Problem> {
    let found = Tileset::named(name).map(Described::Drawn);
    let found = found.or_else(|| (name == Described::Report.name()).then_some(Described::Report));
    found.ok_or_else(|| Problem::unknown("tileset", name, "grid, overlap or report"))
}

/// Reads zoom, column and row; the row ends in `.mvt`.
pub(super) fn coordinates(z: &str, x: &str, y: &str) -> Result<TileCoord, Problem> {
    let refuse = |field: &str, expected: String| {
        let detail = format!("{field} must be {expected}");
        Problem::new(Code::NoSuchTile, detail).at(field).expecting(expected)
    };
    let zooms = || format!("from {FIRST_ZOOM} to {LAST_ZOOM}");
    let zoom: u8 =
        number(z).filter(|z| (FIRST_ZOOM..=LAST_ZOOM).contains(z)).ok_or_else(|| refuse("z", zooms()))?;
    let last = (1_u32 << zoom) - 1;
    let within = |field: &str, text: Option<&str>| {
        let found = text.and_then(number).filter(|n| *n <= last);
        found.ok_or_else(|| refuse(field, format!("from 0 to {last} at zoom {zoom}")))
    };
    let (x, y) = (within("x", Some(x))?, within("y", y.strip_suffix(".mvt"))?);
    Ok(TileCoord { z: zoom, x, y })
}

/// Digits only: `+4` and `04` are no addresses of a tile.
pub(super) fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let plain = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tiles_of_the_world_at_the_zooms_that_are_drawn_have_an_address() {
        assert_eq!(coordinates("4", "15", "0.mvt").unwrap(), TileCoord { z: 4, x: 15, y: 0 });
        let table = [
            ("3", "0", "0.mvt", "z"),
            ("17", "0", "0.mvt", "z"),
            ("300", "0", "0.mvt", "z"),
            ("4.0", "0", "0.mvt", "z"),
            ("4", "16", "0.mvt", "x"),
            ("4", "-1", "0.mvt", "x"),
            ("4", "01", "0.mvt", "x"),
            ("4", "0", "16.mvt", "y"),
            ("4", "0", "0", "y"),
            ("4", "0", "0.png", "y"),
            ("16", "99999999999999999999", "0.mvt", "x"),
        ];
        for (z, x, y, field) in table {
            assert_eq!(coordinates(z, x, y).unwrap_err().field.as_deref(), Some(field), "{z}/{x}/{y}");
        }
    }
}
