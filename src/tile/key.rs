//! What a tile is called in a cache.

use martin_tile_utils::TileCoord;
use std::fmt;

/// Counts the ways in which tiles have been made: one more whenever the bytes of a tile change while its
/// ground does not.
pub const RENDER_VERSION: u32 = 4;

/// A set of tiles that one program draws together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tileset {
    /// The units of all layers, their borders and labels.
    Grid,
    /// Where police grids and grids disagree.
    Overlap,
}

impl Tileset {
    /// The name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Overlap => "overlap",
        }
    }

    /// The tileset of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Grid, Self::Overlap].into_iter().find(|tileset| tileset.name() == name)
    }
}

/// The name of a tile's bytes: two tiles of one key are equal, so nothing is ever invalidated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// The tileset.
    pub tileset: Tileset,
    /// Which tile.
    pub tile: TileCoord,
    /// The last revision that touched it.
    pub revision: u64,
}

impl fmt::Display for TileKey {
    /// `3-grid-11-1650-876-4`: render version, tileset, zoom, column, row, revision.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TileCoord { z, x, y } = self.tile;
        write!(f, "{RENDER_VERSION}-{}-{z}-{x}-{y}-{}", self.tileset.name(), self.revision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_all_that_the_bytes_depend_on() {
        let tile = TileCoord { z: 11, x: 1650, y: 876 };
        let key = TileKey { tileset: Tileset::Grid, tile, revision: 4 };
        assert_eq!(key.to_string(), format!("{RENDER_VERSION}-grid-11-1650-876-4"));
        assert_eq!((Tileset::named("grid"), Tileset::named("gird")), (Some(Tileset::Grid), None));
    }
}
