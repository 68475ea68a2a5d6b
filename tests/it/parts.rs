//! Tiles drawn by themselves are those of the whole drawing, byte for byte.

use crate::partition;
use crate::tiles::tiles_of;
use crate::town;
use wangge::geom::Point;
use wangge::snapshot::LayerState;
use wangge::snapshot::drawn::{Drawn, LAST_ZOOM, Zooms};
use wangge::tile::{Source, TileCoord, Window, render};

fn bytes(state: &LayerState, drawn: &Drawn, tile: TileCoord) -> Vec<u8> {
    render(&[Source { layer: &state.layer, units: &state.units, drawn }], tile)
}

fn part(state: &LayerState, tile: TileCoord) -> Option<Drawn> {
    let Window { min, max, .. } = Window::of(tile);
    Drawn::part(state, (state.labels(), state.tints(), &Zooms::default()), tile.z, (min, max))
}

/// Compares at most so many tiles of each zoom from the first that shows grids on; how many bytes.
fn agree(state: &LayerState, of_each_zoom: usize) -> usize {
    let bbox = state.coverage.bbox().unwrap();
    let mut all = 0;
    for zoom in 11..=LAST_ZOOM {
        let whole = state.drawn(zoom).unwrap();
        let tiles = tiles_of(bbox.grown(200_000), zoom);
        for &tile in tiles.iter().step_by(tiles.len().div_ceil(of_each_zoom)) {
            let expected = bytes(state, &whole, tile);
            let drawn = part(state, tile).unwrap();
            let got = bytes(state, &drawn, tile);
            assert!(got == expected, "{tile:?}: {} bytes, expected {}", got.len(), expected.len());
            all += got.len();
        }
    }
    all
}

#[test]
fn a_tile_drawn_by_itself_is_that_of_the_whole() {
    let mut all = 0;
    for seed in [3, 20_261_127] {
        all += agree(&town::town(36, 9, seed), 30);
    }
    // Borders so bent that thinning goes far, and many small units.
    all += agree(&town::town(12, 60, 8), 30);
    all += agree(&town::town(50, 2, 9), 20);
    assert!(all > 200_000, "{all}");
}

#[test]
fn grids_longer_than_tiles_a_star_and_strips_come_out_the_same() {
    let middle = Point::new(1_100_000_000, 250_000_000);
    let all = agree(&town::over(partition::star(40, middle, 3_000_000.0)), 60)
        + agree(&town::over(partition::strips(30, 4_000_000, 900)), 40)
        + agree(&town::over(partition::city(3, 900, 5)), 40);
    assert!(all > 50_000, "{all}");
}

#[test]
fn zooms_that_show_no_grids_are_drawn_as_a_whole() {
    let town = town::town(6, 3, 4);
    for zoom in [3, 10, 17] {
        assert!(part(&town, TileCoord { z: zoom, x: 0, y: 0 }).is_none(), "{zoom}");
    }
}
