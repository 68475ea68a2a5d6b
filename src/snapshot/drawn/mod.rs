//! A layer as it is drawn: its levels, generalised and put on the world grid of each zoom.
//!
//! ```text
//! coverage ──raise──▶ lowest level shown ──generalise──▶ fewer vertices ──raise──▶ the levels above
//!                                                             │                        │
//!                                                           borders            rings of each unit
//!                                                             └────── Dot::of, once ───┘
//! ```
//! All of it is exact until the last step. There each vertex is rounded once, so what was equal stays
//! equal, in every unit and in every tile.

mod anew;
mod borders;
mod generalise;
mod label;
mod labels;
mod levels;
mod live;
mod outside;
mod part;
mod plate;
mod reach;
mod rings;
mod series;
mod tint;
mod touched;
mod world;

pub use borders::Border;
pub use generalise::{CROWDED_TRIANGLE, LEAST_TRIANGLE, generalise, tolerance};
pub use label::label_point;
pub use labels::{Label, Labels};
pub use levels::{FIRST_ZOOM, LAST_ZOOM, LevelZoom, Zooms, border_level, raise};
pub use plate::{Drawn, DrawnLabel, DrawnLevel, DrawnUnit};
pub use rings::{DotPolygon, sound};
pub use series::Series;
pub use tint::{TINTS, Tints};
pub use touched::{TileSet, Worded, touched};
pub use world::{Dot, EXTENT_BITS, lattice_per_unit, twice_area};
