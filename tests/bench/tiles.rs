//! Measures drawings and tiles of the demo: `cargo bench --bench tiles`.
//!
//! Per zoom: how long the drawing took, how many segments it has and how many units vanished; how many
//! tiles there are, the largest one compressed, and how long a tile takes when it is in no cache. With
//! `-- --write FOLDER` the tiles measured are written to `FOLDER/{z}/{x}/{y}.mvt`, for the decoders in
//! `tests/tools`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops at the first error")]

use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;
use wangge::demo::{Facts, Options, city};
use wangge::snapshot::LayerState;
use wangge::snapshot::drawn::{Dot, FIRST_ZOOM, LAST_ZOOM};
use wangge::tile::{Source, TileCoord, render};

/// At most so many tiles of one zoom are measured, spread evenly over those with the most labels.
const TILES: usize = 400;

fn main() {
    let folder = folder();
    let facts = Facts::guilin().unwrap();
    let city = city(&facts, &Options::default(), &mut |_| {}).unwrap();
    let states: Vec<LayerState> = city.layers.into_iter().map(|l| LayerState::new(l).unwrap()).collect();
    for state in &states {
        let name = &state.layer.name;
        println!("{name}: {} units, {} segments", state.units.all().len(), state.coverage.segment_count());
        timed(&format!("{name}: labels"), || state.labels().place(state));
    }
    println!("zoom  drawn ms  segments  vanished  tiles  largest kB  gzipped kB  ms worst  ms mean");
    for zoom in FIRST_ZOOM..=LAST_ZOOM {
        measure(&states, zoom, folder.as_ref());
    }
}

fn measure(states: &[LayerState], zoom: u8, folder: Option<&PathBuf>) {
    let start = Instant::now();
    let drawn: Vec<_> = states.iter().map(|s| (s, s.drawn(zoom).unwrap())).collect();
    let drawn_ms = start.elapsed().as_secs_f64() * 1e3;
    let segments: usize = drawn.iter().flat_map(|(_, d)| d.borders()).map(|b| b.dots.len() - 1).sum();
    let vanished: usize = drawn.iter().map(|(_, d)| d.vanished()).sum();
    let sources: Vec<Source<'_>> =
        drawn.iter().map(|(s, drawn)| Source { layer: &s.layer, units: &s.units, drawn }).collect();
    let (mut largest, mut packed, mut worst, mut total) = (0, 0, 0.0_f64, 0.0);
    let tiles = tiles(states, zoom);
    for &tile in &tiles {
        let start = Instant::now();
        let bytes = render(&sources, tile);
        let ms = start.elapsed().as_secs_f64() * 1e3;
        (worst, total) = (worst.max(ms), total + ms);
        (largest, packed) = (largest.max(bytes.len()), packed.max(gzipped(&bytes)));
        if let Some(folder) = folder.filter(|_| !bytes.is_empty()) {
            let column = folder.join(zoom.to_string()).join(tile.x.to_string());
            std::fs::create_dir_all(&column).unwrap();
            std::fs::write(column.join(format!("{}.mvt", tile.y)), &bytes).unwrap();
        }
    }
    println!(
        "{zoom:>4} {drawn_ms:>9.0} {segments:>9} {vanished:>9} {:>6} {:>11.1} {:>11.1} {worst:>9.2} {:>8.2}",
        tiles.len(),
        largest as f64 / 1e3,
        packed as f64 / 1e3,
        total / tiles.len() as f64,
    );
}

/// The tiles that hold labels of grids, those with the most first; and then every so many-th of them.
fn tiles(states: &[LayerState], zoom: u8) -> Vec<TileCoord> {
    let mut counts = std::collections::BTreeMap::new();
    for state in states {
        for label in state.labels().of_level(state, state.layer.grid_level()) {
            *counts.entry(Dot::of(label.point, zoom).tile()).or_insert(0) += 1;
        }
    }
    let mut tiles: Vec<_> = counts.into_iter().collect();
    tiles.sort_by_key(|&((x, y), count)| (std::cmp::Reverse(count), x, y));
    let dense = TILES.min(tiles.len()) / 2;
    let rest = &tiles[dense..];
    let step = rest.len().div_ceil(TILES - dense).max(1);
    let chosen = tiles[..dense].iter().chain(rest.iter().step_by(step));
    chosen.map(|&((x, y), _)| TileCoord { z: zoom, x, y }).collect()
}

fn gzipped(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

fn folder() -> Option<PathBuf> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--write");
    arguments.nth(1).map(PathBuf::from)
}
