//! Since which revision each tile looks as it does.
//!
//! The key of a tile names the revision that touched it last, so a publish leaves the tiles alone that it does not touch:
//! in caches, in browsers. What a publish touches is found by comparing drawings, at each zoom that somebody looked at
//! before; of the others nothing is kept anywhere, and all their tiles count as touched.

use super::Published;
use crate::snapshot::drawn::{Drawn, FIRST_ZOOM, LAST_ZOOM, TileSet, Worded, touched};
use crate::snapshot::{Base, LayerState};
use crate::tile::BUFFER;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The ages of the tiles of one state, by zoom.
#[derive(Debug)]
pub struct Ages {
    revision: u64,
    zooms: Vec<OnceLock<Arc<ZoomAges>>>,
    before: Mutex<Option<Before>>,
}

/// The ages of the tiles of one zoom.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ZoomAges {
    /// The revision of all tiles that are not named.
    floor: u64,
    since: BTreeMap<(u32, u32), u64>,
}

/// What the state before looked like at one zoom.
#[derive(Debug)]
struct Look {
    ages: Arc<ZoomAges>,
    /// Its layers that are no longer the same, drawn.
    drawn: Vec<(String, Arc<Drawn>)>,
}

/// What the state before looked like, where somebody looked.
#[derive(Debug)]
struct Before {
    looks: BTreeMap<u8, Look>,
    layers: Vec<Arc<LayerState>>,
}

impl Ages {
    /// Of a state without one before: every tile is as old as it.
    pub(super) fn new(revision: u64) -> Self {
        let zooms = (FIRST_ZOOM..=LAST_ZOOM).map(|_| OnceLock::new()).collect();
        Self { revision, zooms, before: Mutex::new(None) }
    }

    /// Of a state that follows another. Takes no time: drawings are compared when a tile is asked for.
    pub(super) fn after(before: &Published, now: &Base) -> Self {
        let same = |layer: &&Arc<LayerState>| now.layers().iter().any(|l| Arc::ptr_eq(l, layer));
        let changed: Vec<Arc<LayerState>> =
            before.base.layers().iter().filter(|l| !same(l)).cloned().collect();
        let mut looks = BTreeMap::new();
        for zoom in FIRST_ZOOM..=LAST_ZOOM {
            let drawing = |l: &Arc<LayerState>| Some((l.layer.name.clone(), l.kept_drawing(zoom)?));
            let drawn: Option<Vec<(String, Arc<Drawn>)>> = changed.iter().map(drawing).collect();
            let ages = before.ages.zooms[usize::from(zoom - FIRST_ZOOM)].get().cloned();
            looks.extend(drawn.zip(ages).map(|(drawn, ages)| (zoom, Look { ages, drawn })));
        }
        let before = Mutex::new(Some(Before { looks, layers: changed }));
        Self { before, ..Self::new(now.revision.number) }
    }

    /// The revision that touched a tile last, if that is known already; takes no time.
    fn known(&self, zoom: u8, tile: (u32, u32)) -> Option<u64> {
        self.slot(zoom)?.get().map(|ages| ages.of(tile))
    }

    fn slot(&self, zoom: u8) -> Option<&OnceLock<Arc<ZoomAges>>> {
        self.zooms.get(usize::from(zoom.checked_sub(FIRST_ZOOM)?))
    }

    /// The revision that touched a tile last. `base` is the state whose ages these are.
    fn age(&self, base: &Base, zoom: u8, tile: (u32, u32)) -> u64 {
        let Some(slot) = self.slot(zoom) else { return self.revision };
        slot.get_or_init(|| Arc::new(self.compare(base, zoom))).of(tile)
    }

    /// Compares the zooms at which somebody looked before, and lets go of what the state before looked like.
    pub(super) fn settle(&self, base: &Base) {
        let looked: Vec<u8> = {
            let before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
            before.iter().flat_map(|b| b.looks.keys().copied()).collect()
        };
        // On threads of their own: each waits for rayon's, and a drawing is not shared out to its end.
        std::thread::scope(|scope| {
            for zoom in looked {
                scope.spawn(move || self.age(base, zoom, (0, 0)));
            }
        });
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The tiles that this revision touched, at the zooms that were compared; at all others any may be touched.
    pub(super) fn touched(&self) -> BTreeMap<u8, TileSet> {
        let compared = (FIRST_ZOOM..).zip(&self.zooms).filter_map(|(zoom, slot)| Some((zoom, slot.get()?)));
        let named = compared.filter(|(_, ages)| ages.floor != self.revision);
        let mine =
            |ages: &ZoomAges| ages.since.iter().filter(|t| *t.1 == self.revision).map(|t| *t.0).collect();
        named.map(|(zoom, ages)| (zoom, mine(ages))).collect()
    }

    fn compare(&self, base: &Base, zoom: u8) -> ZoomAges {
        let all_new = ZoomAges { floor: self.revision, since: BTreeMap::new() };
        let (look, layers) = {
            let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(before) = before.as_mut() else { return all_new };
            let Some(look) = before.looks.remove(&zoom) else { return all_new };
            (look, before.layers.clone())
        };
        let mut tiles = TileSet::new();
        for old in &layers {
            let drawn = look.drawn.iter().find(|(name, _)| *name == old.layer.name);
            let Some((_, was)) = drawn else { return all_new };
            let new = base.layer(&old.layer.name);
            let new = new.and_then(|new| Some((new, new.drawn_after(zoom, (old, was))?)));
            // A layer that is gone.
            let Some((new, is)) = new else { return all_new };
            let (was, is) =
                (Worded { drawn: was, units: &old.units }, Worded { drawn: &is, units: &new.units });
            tiles.append(&mut touched(was, is, BUFFER as i32));
        }
        let mut ages = (*look.ages).clone();
        ages.since.extend(tiles.into_iter().map(|tile| (tile, self.revision)));
        ages
    }
}

impl ZoomAges {
    fn of(&self, tile: (u32, u32)) -> u64 {
        self.since.get(&tile).copied().unwrap_or(self.floor)
    }
}

impl Published {
    /// The revision that touched a tile last, if that is known already; takes no time.
    pub(super) fn known_age(&self, zoom: u8, tile: (u32, u32)) -> Option<u64> {
        self.ages.known(zoom, tile)
    }

    /// The revision that touched a tile last. The first tile of a zoom compares drawings, which may make one: not to be
    /// called where others wait.
    pub fn age(&self, zoom: u8, tile: (u32, u32)) -> u64 {
        self.ages.age(&self.base, zoom, tile)
    }

    /// Compares the zooms at which somebody looked before, and lets go of what the state before looked like.
    pub(super) fn settle_ages(&self) {
        self.ages.settle(&self.base);
    }
}
