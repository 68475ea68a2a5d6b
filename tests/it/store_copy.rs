//! A store copied to the other kind and back is the same store.

use crate::dice::Dice;
use crate::store_contract::{city, id, publication, square};
use crate::{postgis, town};
use std::path::Path;
use wangge::app::Published;
use wangge::demo::{self, Facts, Options};
use wangge::geom::{Bbox, Point};
use wangge::snapshot::LayerSource;
use wangge::snapshot::drawn::Dot;
use wangge::store::{Copied, Location, Publication, Store, StoreError, copy};
use wangge::tile::TileCoord;
use wangge::unit::{Attributes, Post};

/// 100 times more with `WANGGE_SOAK=1`, and on the demo city instead of a town.
fn soaking() -> bool {
    std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1")
}

fn post(unit: u64) -> Post {
    let valid_from = "2026-11-23".parse().unwrap();
    Post { unit: id(unit), title: "法律顾问".into(), person: None, valid_from, valid_to: None }
}

/// Three revisions, in which a grid ends and a layer begins, under different notes and attributes; and a
/// post of the unit that ended.
async fn history(path: &Path) -> Store {
    let store = Store::create(path).await.unwrap();
    let both = city();
    let mut second = both.clone();
    second[1].units.pop();
    second[1].shapes.pop();
    second[0].outline = Some(square(1_100_000_000, 250_000_000, 101));
    let first = Publication { note: None, attributes: Attributes::new(), ..publication(None, &both[..1]) };
    store.publish(&first).await.unwrap();
    store.publish(&publication(Some(1), &both)).await.unwrap();
    store.publish(&publication(Some(2), &second)).await.unwrap();
    store.replace_posts(&[post(3), post(4)]).await.unwrap();
    store
}

async fn same(a: &Store, b: &Store) {
    let revisions = a.revisions().await.unwrap();
    assert_eq!(revisions, b.revisions().await.unwrap());
    for revision in revisions {
        let (a, b) = (a.load(revision.number).await.unwrap(), b.load(revision.number).await.unwrap());
        assert_eq!(a, b, "revision {}", revision.number);
    }
    assert_eq!(a.verify().await.unwrap(), b.verify().await.unwrap());
}

#[tokio::test]
async fn a_copy_there_and_back_has_every_revision_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (path, back) = (folder.path().join("a.gpkg"), folder.path().join("b.gpkg"));
    let (there, file) = (postgis::place().await, history(&path).await);
    let mut told = Vec::new();
    let (head, hash) = copy(&file, &there, &mut |c| told.push(c)).await.unwrap();
    assert_eq!((head, hash), {
        let h = file.load_head().await.unwrap();
        (h.revision, h.state_hash)
    });
    assert_eq!(told.first(), Some(&Copied::Written(1, 3)));
    assert_eq!(told.last(), Some(&Copied::Verified(3, 3)));
    let database = Store::open(&there).await.unwrap();
    same(&file, &database).await;
    copy(&database, &back, &mut |_| ()).await.unwrap();
    same(&file, &Store::open(&back).await.unwrap()).await;
    let backup = folder.path().join("c.gpkg");
    database.backup(&backup).await.unwrap();
    same(&file, &Store::open(&backup).await.unwrap()).await;
}

#[tokio::test]
async fn a_copy_goes_nowhere_where_a_revision_is_and_leaves_nothing_when_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = history(&folder.path().join("a.gpkg")).await;
    let taken = Store::create(postgis::place().await).await.unwrap();
    taken.publish(&publication(None, &city()[..1])).await.unwrap();
    for place in [taken.place(), file.place()] {
        let refused = copy(&file, &place, &mut |_| ()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Exists(_)), "{refused}");
    }
    assert_eq!(taken.head().await.unwrap().unwrap().number, 1);
    let empty = Store::create(postgis::place().await).await.unwrap();
    copy(&file, empty.place(), &mut |_| ()).await.unwrap();
    assert_eq!(empty.head().await.unwrap().unwrap().number, 3, "an empty store is nothing yet");
    crate::store_constraints::Beside::open(&file)
        .await
        .run("update unit_version set name = '改' where code = 'b'")
        .await
        .unwrap();
    let fresh = postgis::place().await;
    let failed = copy(&file, &fresh, &mut |_| ()).await.unwrap_err();
    assert!(failed.to_string().contains("revision 2: expected the state hash"), "{failed}");
    assert!(!Store::exists(&fresh).await.unwrap());
    assert!(matches!(Store::open(&fresh).await, Err(StoreError::Missing(_))));
}

fn layers() -> Vec<LayerSource> {
    if soaking() {
        let options = Options { seed: 1, counties: None };
        return demo::city(&Facts::guilin().unwrap(), &options, &mut |_| ()).unwrap().layers;
    }
    vec![town::source(24, 5, 3)]
}

async fn published(place: &Location) -> Published {
    Published::new(Store::open_to_read(place).await.unwrap().load_head().await.unwrap()).unwrap()
}

fn ground(published: &Published) -> Bbox {
    let boxes = published.base.layers().iter().filter_map(|l| l.coverage.bbox());
    boxes.reduce(Bbox::union).unwrap()
}

/// The tiles over a box at a zoom, thinned to about so many.
fn tiles(bbox: Bbox, zoom: u8, about: usize) -> Vec<TileCoord> {
    let (west, south) = Dot::of(bbox.min, zoom).tile();
    let (east, north) = Dot::of(bbox.max, zoom).tile();
    let row = |y| (west..=east).map(move |x| TileCoord { z: zoom, x, y });
    let all: Vec<TileCoord> = (north..=south).flat_map(row).collect();
    let step = all.len().div_ceil(about);
    all.into_iter().step_by(step).collect()
}

/// The owners of random points by both, layer by layer; how many points.
fn same_owners(a: &Published, b: &Published, count: usize) -> usize {
    let (seed, ground) = (20_261_127, ground(a));
    println!("seed {seed}");
    let mut dice = Dice::new(seed);
    let (min, max) = (ground.min, ground.max);
    let mut point = || {
        let (x, y) = (dice.int(min.x.into(), max.x.into()), dice.int(min.y.into(), max.y.into()));
        Point::new(x as i32, y as i32)
    };
    let mut owned = 0;
    for _ in 0..count {
        let p = point();
        for (a, b) in a.base.layers().iter().zip(b.base.layers()) {
            let owner = a.index.owner(p);
            let unit = |l: &wangge::snapshot::LayerState, f| l.coverage.unit(f);
            assert_eq!(unit(a, owner), unit(b, b.index.owner(p)), "{} at {p:?}", a.layer.name);
            owned += usize::from(unit(a, owner).is_some());
        }
    }
    assert!(owned > count / 4, "the points miss the ground");
    count
}

#[tokio::test]
async fn a_copy_of_a_copy_draws_the_same_tiles_and_knows_the_same_owners() {
    let folder = tempfile::tempdir().unwrap();
    let (file, back) = (folder.path().join("a.gpkg"), folder.path().join("b.gpkg"));
    let (there, layers) = (postgis::place().await, layers());
    let store = Store::create(&file).await.unwrap();
    let (_, hash) = store.publish(&publication(None, &layers)).await.unwrap();
    copy(&store, &there, &mut |_| ()).await.unwrap();
    let (_, last) = copy(&Store::open(&there).await.unwrap(), &back, &mut |_| ()).await.unwrap();
    assert_eq!(hash, last);
    let original = published(&store.place()).await;
    for place in [there, Location::from(&back)] {
        let copied = published(&place).await;
        assert_eq!(copied.state_hash, hash);
        let mut drawn = 0;
        for zoom in 6..=16 {
            for tile in tiles(ground(&original), zoom, 12) {
                let bytes = original.render(tile);
                assert!(bytes == copied.render(tile), "{tile:?} of {place}");
                drawn += usize::from(!bytes.is_empty());
            }
        }
        let points = same_owners(&original, &copied, if soaking() { 1_000_000 } else { 10_000 });
        println!("{place}: {points} points and {drawn} tiles, all the same");
        assert!(drawn > 20);
    }
}
