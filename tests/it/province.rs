//! A province of synthetic grids, through PostGIS and with its arcs in a file. In the short form 4,489 grids; with
//! `WANGGE_SOAK=1` 450,241 on 3.8 by 4.2 degrees. What it took is printed.

use crate::dice::Dice;
use crate::http::serve::Served;
use crate::store_contract::publication;
use crate::{postgis, town};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wangge::coverage::Face;
use wangge::geom::{Bbox, Point, Polygon, Ring, Shape};
use wangge::snapshot::drawn::{Dot, Drawn, Zooms};
use wangge::snapshot::{Base, LARGE, LayerSource, LayerState};
use wangge::store::{ArcFolder, Location, Store};
use wangge::tile::{Source, TileCoord, Window, render};

/// How many grids there are along each side.
fn side() -> usize {
    if soaking() { 671 } else { 67 }
}

fn soaking() -> bool {
    std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1")
}

/// Memory of a process in MB: now, and at most so far.
fn memory_mb(of: &str) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{of}/status")).unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    (of("VmRSS:").unwrap_or(0) / 1024, of("VmHWM:").unwrap_or(0) / 1024)
}

fn told<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    let (now, most) = memory_mb("self");
    println!("{what}: {:.2} s, memory {now} MB, at most {most} MB", started.elapsed().as_secs_f64());
    done
}

fn somewhere(bbox: Bbox, dice: &mut Dice, count: usize) -> Vec<Point> {
    let mut along = |low: i32, high: i32| dice.int(low.into(), high.into()) as i32;
    (0..count).map(|_| Point::new(along(bbox.min.x, bbox.max.x), along(bbox.min.y, bbox.max.y))).collect()
}

/// Twice as far apart: the city that is made is as dense as a city.
fn spread(source: &mut LayerSource) {
    let middle = Point::new(1_100_000_000, 250_000_000);
    let twice = |low: i32, v: i32| low + 2 * (v - low);
    let ring = |ring: &Ring| {
        let points = ring.points().iter().map(|p| Point::new(twice(middle.x, p.x), twice(middle.y, p.y)));
        Ring::new(points.collect()).unwrap()
    };
    for (_, shape) in &mut source.shapes {
        let polygons = shape.polygons().iter();
        let spread =
            |p: &Polygon| Polygon { outer: ring(&p.outer), holes: p.holes.iter().map(ring).collect() };
        *shape = Shape(polygons.map(spread).collect()).canonical();
    }
}

/// Stores the province; the address of its database.
async fn stored() -> String {
    let mut source = told("made", || vec![town::source(side(), 6, 20_261_127)]);
    spread(&mut source[0]);
    let grids = source[0].shapes.len();
    assert!(grids * 20 > side() * side() * 18, "{grids}");
    let url = postgis::shared_url(&postgis::database().await);
    let store = Store::create(Location::parse(&url).unwrap()).await.unwrap();
    let started = Instant::now();
    store.publish(&publication(None, &source)).await.unwrap();
    println!("{grids} grids stored: {:.2} s", started.elapsed().as_secs_f64());
    store.close().await;
    url
}

/// The newest state, built, with its arcs in a file.
async fn built(url: &str) -> Base {
    let store = Store::open(Location::parse(url).unwrap()).await.unwrap();
    let started = Instant::now();
    let loaded = store.load_head().await.unwrap();
    println!("loaded: {:.2} s", started.elapsed().as_secs_f64());
    let base = told("built and indexed", || Base::new(loaded.revision, loaded.layers).unwrap());
    let points = base.layers()[0].coverage.points().len();
    let folder = tempfile::tempdir().unwrap();
    let keep = Arc::new(ArcFolder::at(folder.path().to_owned()).unwrap());
    let base = told("arcs put into a file", || base.keeping(keep));
    assert!(base.layers()[0].coverage.is_read());
    println!("{points} points of arcs, {} MB, left memory", (points * 8) >> 20);
    store.close().await;
    base
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

/// The time within which half and 99 of 100 were done.
fn times(what: &str, mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    let p99 = took[took.len() * 99 / 100];
    println!(
        "{what}: half within {:?}, 99 of 100 within {p99:?}, all within {:?}",
        took[took.len() / 2],
        took[took.len() - 1]
    );
    p99
}

/// Tiles that nobody asked for before, each drawn by itself.
fn tiles(land: &LayerState, bbox: Bbox, zoom: u8) -> Duration {
    let mut dice = Dice::new(zoom.into());
    let mut took = Vec::new();
    for p in somewhere(bbox, &mut dice, if soaking() { 1_000 } else { 40 }) {
        let (x, y) = Dot::of(p, zoom).tile();
        let tile = TileCoord { z: zoom, x, y };
        let Window { min, max, .. } = Window::of(tile);
        let started = Instant::now();
        let with = (land.labels(), land.tints(), &Zooms::default());
        let drawn = Drawn::part(land, with, zoom, (min, max)).unwrap();
        let bytes = render(&[Source { layer: &land.layer, units: &land.units, drawn: &drawn }], tile);
        took.push(started.elapsed());
        assert!(!bytes.is_empty() || land.index.owner(p) == Face::OUTSIDE);
    }
    times(&format!("zoom {zoom}, drawn and cut"), took)
}

/// The same through a server as a process of its own, tiles of its own choice.
fn served(url: &str, bbox: Bbox) {
    let folder = tempfile::tempdir().unwrap();
    let snapshot = folder.path().join("province.snapshot");
    let place = snapshot.to_str().unwrap();
    let started = Instant::now();
    let serve = ["--database", url, "--bind", "127.0.0.1:0", "--arcs", "file", "--snapshot", place];
    let served = Served::start(&serve);
    println!("a server is ready after {:.2} s", started.elapsed().as_secs_f64());
    let patient = ureq::Agent::config_builder().timeout_global(Some(Duration::from_mins(10)));
    let agent: ureq::Agent = patient.build().into();
    let metrics = || {
        let answer = agent.get(format!("{}metrics", served.url)).call().unwrap();
        answer.into_body().read_to_string().unwrap()
    };
    while !metrics().contains("wangge_snapshot_revision 1\n") {
        assert!(started.elapsed() < Duration::from_mins(10), "no snapshot");
        std::thread::sleep(Duration::from_millis(200));
    }
    let memory = || memory_mb(&served.child.id().to_string());
    println!(
        "its snapshot is written after {:.2} s; memory {:?} MB",
        started.elapsed().as_secs_f64(),
        memory()
    );
    let ask = |path: String| {
        let started = Instant::now();
        let answer = agent.get(format!("{}{path}", served.url)).call().unwrap();
        let status = answer.status().as_u16();
        answer.into_body().read_to_vec().unwrap();
        assert!(matches!(status, 200 | 204), "{status} {path}");
        started.elapsed()
    };
    let mut dice = Dice::new(77);
    // Levels and tints are made beside the first answers; a tile waits for them.
    let [middle] = somewhere(bbox, &mut dice, 1)[..] else { unreachable!() };
    let (x, y) = Dot::of(middle, 16).tile();
    let waited = ask(format!("tiles/grid/16/{x}/{y}.mvt"));
    println!(
        "the first tile took {:.2} s, and was there {:.2} s after the start",
        waited.as_secs_f64(),
        started.elapsed().as_secs_f64()
    );
    let count = if soaking() { 2_000 } else { 40 };
    let lookup = |p: Point| format!("api/v1/locate?lon={}&lat={}&crs=cgcs2000", p.lon(), p.lat());
    let took = somewhere(bbox, &mut dice, count).into_iter().map(|p| ask(lookup(p))).collect();
    times("a lookup over HTTP", took);
    for zoom in 11..=16 {
        let of = |p: Point| Dot::of(p, zoom).tile();
        let some = somewhere(bbox, &mut dice, count / 4).into_iter().map(of);
        let took = some.map(|(x, y)| ask(format!("tiles/grid/{zoom}/{x}/{y}.mvt"))).collect();
        times(&format!("a tile of zoom {zoom} over HTTP"), took);
    }
    println!("memory of the server at the end, and at most: {:?} MB", memory());
    assert_eq!(served.stop(), Some(0));
}

#[tokio::test]
async fn a_province_is_stored_indexed_and_served_with_its_arcs_in_a_file() {
    let url = stored().await;
    let base = built(&url).await;
    let land = &base.layers()[0];
    let bbox = land.coverage.bbox().unwrap();
    assert_eq!(land.coverage.segment_count() >= LARGE, soaking());
    lookups(land, bbox);
    told("levels derived", || {
        for level in 0..land.layer.levels.len() as u8 {
            land.derived(wangge::unit::Level(level));
        }
    });
    told("tints chosen", || land.tints());
    println!("{} pairs of neighbours have one tint", land.tints().clashes());
    told("labels ranked", || land.labels());
    // No name is placed yet: each tile places those that it shows.
    for zoom in 11..=16 {
        let p99 = tiles(land, bbox, zoom);
        assert!(!soaking() || p99 < Duration::from_millis(50), "zoom {zoom}: {p99:?}");
    }
    told("the other names placed", || land.labels().place(land));
    told("zoom 10, drawn whole", || land.drawn(10).unwrap());
    let (now, most) = memory_mb("self");
    println!("memory at the end {now} MB, at most {most} MB");
    if soaking() {
        told("zoom 12 drawn whole, for comparison", || land.drawing(12).unwrap());
    }
    drop(base);
    served(&url, bbox);
}
