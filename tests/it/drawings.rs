//! The demo's own drawings: a partition at every zoom, in every layer and at every level, and neighbours
//! of different tints. In the short form each layer is looked at at some zooms; with `WANGGE_SOAK=1` at
//! all of them.

use crate::demo::city;
use crate::drawn::naive;
use crate::planar::breaches;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use wangge::coverage::{Coverage, Face};
use wangge::snapshot::LayerState;
use wangge::snapshot::drawn::{FIRST_ZOOM, LAST_ZOOM, TINTS, Zooms, generalise, raise};
use wangge::unit::Outline;

/// The layers of the demo city, built once for all tests.
fn layers() -> &'static [LayerState] {
    static LAYERS: OnceLock<Vec<LayerState>> = OnceLock::new();
    LAYERS
        .get_or_init(|| city().layers.iter().map(|source| LayerState::new(source.clone()).unwrap()).collect())
}

/// The zooms that are looked at: where a level first appears, where tiles are largest, and between.
fn zooms() -> Vec<u8> {
    let soak = std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1");
    if soak { (FIRST_ZOOM..=LAST_ZOOM).collect() } else { vec![4, 7, 9, 11, 13] }
}

/// The lowest level shown of a layer at a zoom, as [`wangge::snapshot::drawn::Drawn`] thins it.
fn ground(state: &LayerState, zoom: u8) -> Option<Coverage> {
    let lowest = *Zooms::default().shown(&state.layer, zoom).last()?;
    let tolerance = Zooms::default().tolerance(&state.layer, lowest, zoom);
    Some(generalise(state.level_coverage(lowest), tolerance))
}

#[test]
fn every_layer_of_the_demo_is_a_partition_at_every_zoom_and_level() {
    let mut looked_at = 0;
    for state in layers() {
        for zoom in zooms() {
            let Some(ground) = ground(state, zoom) else { continue };
            let shown = Zooms::default().shown(&state.layer, zoom);
            for &level in &shown {
                let name = format!("{} at zoom {zoom}", state.layer.level_name(level));
                let raised = raise(&ground, &state.units, level);
                assert_eq!(breaches(&raised), Vec::<String>::new(), "{name}");
                assert_eq!(raised.units(), state.level_coverage(level).units(), "{name}");
                if state.layer.outline != Outline::None {
                    let whole = raised.outline();
                    let holes: usize = whole.polygons().iter().map(|part| part.holes.len()).sum();
                    assert_eq!((whole.polygons().len(), holes), (1, 0), "{name} has a gap");
                    let sum: i128 = raised.faces().map(|face| raised.shape(face).twice_area()).sum();
                    assert_eq!(sum, whole.twice_area(), "{name}");
                }
                looked_at += 1;
            }
            println!("{} at zoom {zoom}: {} segments", state.layer.name, ground.segment_count());
        }
    }
    assert!(looked_at >= 23, "{looked_at}");
}

#[test]
fn thinning_each_arc_by_itself_breaks_the_demo_and_the_check_sees_it() {
    for state in layers().iter().filter(|state| state.layer.outline != Outline::None) {
        // A hundred metres, three kilometres: a few pixels at zooms 12 and 7.
        let broken = [10_000.0, 300_000.0].into_iter().find_map(|reach| {
            let found = breaches(&state.coverage.redrawn(|arc| naive(&arc, reach)));
            found.first().map(|first| format!("{} breaches at {reach}, the first: {first}", found.len()))
        });
        println!("{}: {broken:?}", state.layer.name);
        assert!(broken.is_some(), "the naive way does not break {}", state.layer.name);
    }
}

#[test]
fn no_two_units_of_the_demo_that_share_a_border_have_the_same_tint() {
    let zooms = Zooms::default();
    for state in layers() {
        let mut used = BTreeMap::new();
        for level in (0..state.layer.levels.len() as u8).map(wangge::unit::Level) {
            let coverage = state.level_coverage(level);
            let name = state.layer.level_name(level);
            let tint = |face: Face| coverage.unit(face).and_then(|unit| state.tints().get(unit));
            for arc in coverage.arcs() {
                let sides = (tint(arc.left), tint(arc.right));
                assert!(sides.0 != sides.1 || sides == (None, None), "two of {name} have the tint {sides:?}");
            }
            let tints: BTreeSet<u8> = coverage.faces().filter_map(tint).collect();
            assert!(tints.iter().all(|&tint| tint < TINTS));
            if zooms.tinted(&state.layer, level) {
                assert!(coverage.faces().all(|face| tint(face).is_some()), "one of {name} has none");
            }
            used.insert(name, tints.len());
        }
        let tinted: Vec<&str> = used.iter().filter(|(_, n)| **n > 0).map(|(name, _)| *name).collect();
        let want: &[&str] = if state.layer.name == "land" { &["county", "township", "village"] } else { &[] };
        assert_eq!((tinted.as_slice(), state.tints().clashes()), (want, 0));
        assert!(used.get("village").is_none_or(|&n| n == 4), "{used:?}");
    }
}
