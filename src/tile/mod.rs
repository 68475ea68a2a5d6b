//! Vector tiles: what a drawing looks like in one square of the map.
//!
//! A tile is made from drawings alone: cut out a window, take the dots off the tile's corner, write them
//! down. `tiles/CONTRACT.md` says what a reader may rely on.

mod clip;
mod describe;
mod key;
mod overlap;
mod report;
mod write;

pub use clip::Window;
pub use describe::{Described, Description, describe};
pub use key::{RENDER_VERSION, TileKey, Tileset};
pub use martin_tile_utils::TileCoord;
pub use overlap::{ClassedLine, OVERLAP_FROM, Patch, render_overlap, shown_in};
pub use report::{Heap, HeatGrid, render_reports};
pub use write::{SIDES_FROM, Source, render};

/// Tile units along the side of a tile.
pub const EXTENT: u32 = 1 << crate::snapshot::drawn::EXTENT_BITS;

/// Tile units that geometry reaches over the sides of a tile, so that no line ends on a seam.
pub const BUFFER: u32 = 64;
