//! Arcs in a file answer as those in memory do.

use crate::partition::{self, Shapes};
use crate::probes::Probes;
use crate::town;
use proptest::prelude::*;
use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;
use wangge::coverage::{Borders, Coverage, Index, ReadPoints};
use wangge::geom::Point;
use wangge::snapshot::LayerState;
use wangge::snapshot::drawn::Dot;
use wangge::store::ArcFile;
use wangge::tile::{Source, TileCoord, render};

/// The same coverage with its points in a file.
fn filed(coverage: &Coverage) -> Coverage {
    let folder = tempfile::tempdir().unwrap();
    let file = ArcFile::keep(&folder.path().join("arcs"), &coverage.points()).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it has no name any more");
    coverage.clone().reading(Arc::new(file))
}

fn agree(memory: &Coverage, seed: u64, each: usize) {
    let file = filed(memory);
    assert_eq!(&file, memory);
    assert_eq!((file.bbox(), file.segment_count()), (memory.bbox(), memory.segment_count()));
    let (a, b) = (Index::build(memory), Index::build(&file));
    let (c, d) = (Borders::build(memory), Borders::build(&file));
    let mut probes = Probes::new(memory, seed);
    for &kind in Probes::KINDS {
        for p in probes.take(kind, each) {
            let owner = a.owner(p);
            assert_eq!((b.owner(p), file.owner(p)), (owner, owner), "{kind:?} {p:?}");
            assert_eq!(d.nearest(&file, p), c.nearest(memory, p), "{kind:?} {p:?}");
            let unit = |borders: &Borders, coverage| borders.nearest_unit(coverage, p, 500.0);
            assert_eq!(unit(&d, &file), unit(&c, memory), "{kind:?} {p:?}");
            let of = |coverage| Borders::nearest_of(coverage, owner, p);
            assert_eq!(of(&file), of(memory), "{kind:?} {p:?}");
        }
    }
    for face in memory.faces() {
        assert_eq!(file.shape(face), memory.shape(face));
    }
}

fn assembled(shapes: &Shapes) -> Coverage {
    Coverage::assemble(shapes).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_coverage_that_reads_its_arcs_from_a_file_is_the_same_coverage(seed in 0..1_000_000_u64, side in 2..9_usize, wiggles in 1..40_usize) {
        agree(&assembled(&partition::city(side, wiggles, seed)), seed, 12);
    }
}

#[test]
fn islands_stars_and_long_arcs_are_the_same_from_a_file() {
    agree(&assembled(&partition::star(40, Point::new(1_100_000_000, 250_000_000), 300_000.0)), 3, 40);
    agree(&assembled(&partition::strips(30, 4_000_000, 900)), 4, 40);
    // Arcs longer than what goes through pages, and some that lie in two pages.
    agree(&assembled(&partition::city(2, 6_000, 7)), 7, 6);
}

#[test]
fn tiles_of_a_layer_that_reads_its_arcs_from_a_file_have_the_same_bytes() {
    let memory = town::town(12, 9, 31);
    let folder = tempfile::tempdir().unwrap();
    let keep = |name: &str, points: &[Point]| -> io::Result<Arc<dyn ReadPoints>> {
        Ok(Arc::new(ArcFile::keep(&folder.path().join(name), points)?))
    };
    let file = LayerState::new(town::source(12, 9, 31)).unwrap().reading(keep).unwrap();
    let bytes = |state: &LayerState, tile: TileCoord| {
        let drawn = state.drawn(tile.z).unwrap();
        render(&[Source { layer: &state.layer, units: &state.units, drawn: &drawn }], tile)
    };
    let mut some = 0;
    for zoom in 4..=14 {
        for face in memory.coverage.faces().take(6) {
            let (x, y) = Dot::of(memory.coverage.shape(face).bbox().unwrap().min, zoom).tile();
            let tile = TileCoord { z: zoom, x, y };
            assert!(bytes(&memory, tile) == bytes(&file, tile), "{tile:?}");
            some += bytes(&file, tile).len();
        }
    }
    assert!(some > 10_000, "{some}");
}

#[test]
fn a_file_where_one_is_already_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("arcs");
    std::fs::write(&path, "mine").unwrap();
    assert_eq!(ArcFile::keep(&path, &[]).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    let nowhere = ArcFile::keep(Path::new("/nowhere/arcs"), &[]).unwrap_err();
    assert_eq!(nowhere.kind(), io::ErrorKind::NotFound);
}

#[test]
fn a_layer_that_cannot_be_kept_is_given_up_with_the_reason() {
    let refused = town::town(2, 2, 1).reading(|name, _| Err::<Arc<dyn ReadPoints>, _>(name.to_owned()));
    assert_eq!(refused.unwrap_err(), "land");
    let never: Result<_, Infallible> = town::town(2, 2, 1).reading(|_, points| {
        let folder = tempfile::tempdir().unwrap();
        Ok(Arc::new(ArcFile::keep(&folder.path().join("x"), points).unwrap()) as Arc<dyn ReadPoints>)
    });
    assert!(never.is_ok());
}
