//! A province of synthetic grids, through PostGIS and with its arcs in a file. In the short form 4,489 grids; with
//! `WANGGE_SOAK=1` 450,241. What it took is printed.

use crate::dice::Dice;
use crate::store_contract::publication;
use crate::{postgis, town};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wangge::coverage::{Face, ReadPoints};
use wangge::geom::{Bbox, Point};
use wangge::snapshot::drawn::Dot;
use wangge::snapshot::{Base, LayerState};
use wangge::store::{ArcFile, Store};
use wangge::tile::{Source, TileCoord, render};

/// How many grids there are along each side.
fn side() -> usize {
    if soaking() { 671 } else { 67 }
}

fn soaking() -> bool {
    std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1")
}

/// Memory of this process in MB: now, and at most so far.
fn memory_mb() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    (of("VmRSS:").unwrap_or(0) / 1024, of("VmHWM:").unwrap_or(0) / 1024)
}

fn told<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    let (now, most) = memory_mb();
    println!("{what}: {:.2} s, memory {now} MB, at most {most} MB", started.elapsed().as_secs_f64());
    done
}

fn somewhere(bbox: Bbox, dice: &mut Dice, count: usize) -> Vec<Point> {
    let mut along = |low: i32, high: i32| dice.int(low.into(), high.into()) as i32;
    (0..count).map(|_| Point::new(along(bbox.min.x, bbox.max.x), along(bbox.min.y, bbox.max.y))).collect()
}

/// Stores the province and gives its newest state back, built, with its arcs in a file.
async fn built() -> Base {
    let source = told("made", || vec![town::source(side(), 6, 20_261_127)]);
    let grids = source[0].shapes.len();
    assert!(grids * 20 > side() * side() * 18, "{grids}");
    let store = Store::create(postgis::place().await).await.unwrap();
    let started = Instant::now();
    store.publish(&publication(None, &source)).await.unwrap();
    println!("{grids} grids stored: {:.2} s", started.elapsed().as_secs_f64());
    drop(source);
    let started = Instant::now();
    let loaded = store.load_head().await.unwrap();
    println!("loaded: {:.2} s", started.elapsed().as_secs_f64());
    let base = told("built and indexed", || Base::new(loaded.revision, loaded.layers).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let keep = |name: &str, points: &[Point]| -> io::Result<Arc<dyn ReadPoints>> {
        println!("{name}: {} points of arcs, {} MB, leave memory", points.len(), (points.len() * 8) >> 20);
        Ok(Arc::new(ArcFile::keep(&folder.path().join(name), points)?))
    };
    told("arcs put into a file", || base.reading(keep).unwrap())
}

fn lookups(land: &LayerState, bbox: Bbox) {
    let mut dice = Dice::new(1);
    let points = somewhere(bbox, &mut dice, if soaking() { 1_000_000 } else { 20_000 });
    let started = Instant::now();
    let inside = points.iter().filter(|&&p| land.index.owner(p) != Face::OUTSIDE).count();
    let owners = points.len() as f64 / started.elapsed().as_secs_f64();
    assert!(inside * 10 > points.len() * 8, "{inside}");
    let few = &points[..points.len() / 20];
    let started = Instant::now();
    let near = few.iter().filter(|&&p| land.borders.nearest(&land.coverage, p).is_some()).count();
    let nearest = few.len() as f64 / started.elapsed().as_secs_f64();
    assert_eq!(near, few.len());
    println!("{owners:.0} owners a second, {nearest:.0} nearest borders a second through the file");
    // What the index says is what the rule says, which looks at every segment.
    for &p in &points[..if soaking() { 3 } else { 20 }] {
        assert_eq!(land.index.owner(p), land.coverage.owner(p), "{p:?}");
    }
}

fn tiles(land: &LayerState, bbox: Bbox, zoom: u8) -> Duration {
    let drawn = told(&format!("zoom {zoom} drawn"), || land.drawn(zoom).unwrap());
    let mut dice = Dice::new(zoom.into());
    let mut took: Vec<Duration> = Vec::new();
    for p in somewhere(bbox, &mut dice, if soaking() { 1_000 } else { 100 }) {
        let (x, y) = Dot::of(p, zoom).tile();
        let started = Instant::now();
        let source = Source { layer: &land.layer, units: &land.units, drawn: &drawn };
        let bytes = render(&[source], TileCoord { z: zoom, x, y });
        took.push(started.elapsed());
        assert!(!bytes.is_empty() || land.index.owner(p) == Face::OUTSIDE);
    }
    took.sort_unstable();
    let p99 = took[took.len() * 99 / 100];
    println!("zoom {zoom}: half of the tiles within {:?}, 99 of 100 within {p99:?}", took[took.len() / 2]);
    p99
}

#[tokio::test]
async fn a_province_is_stored_indexed_and_served_with_its_arcs_in_a_file() {
    let base = built().await;
    let land = &base.layers()[0];
    let bbox = land.coverage.bbox().unwrap();
    lookups(land, bbox);
    for zoom in 11..=16 {
        let p99 = tiles(land, bbox, zoom);
        assert!(!soaking() || p99 < Duration::from_millis(50), "zoom {zoom}: {p99:?}");
    }
    let (now, most) = memory_mb();
    println!("memory at the end {now} MB, at most {most} MB");
}
