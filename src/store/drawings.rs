//! The door to drawings for tile servers of others: what is seen at each zoom of the newest revision, kept in a
//! database for as long as somebody wants it there.
//!
//! The core draws (`snapshot::drawn`), so a border that a tile server shows is the one that our own tiles show.
//! Here a drawing becomes rows, the same whichever node draws it; what is equal in two revisions is one row that
//! stays.

use super::{Store, StoreError};
use crate::snapshot::drawn::{Border, Dot, Drawn, DrawnLabel, DrawnLevel, DrawnUnit};
use crate::snapshot::{LayerState, Revision, StateHash};
use crate::tile::RENDER_VERSION;
use crate::unit::{Layer, UnitId};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which revision the kept drawings show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawings {
    /// The revision; `None` when nothing was drawn yet, or not in the way of this program.
    pub revision: Option<u64>,
}

/// A state that is to be drawn.
#[derive(Clone, Debug)]
pub struct Sitter {
    /// Its revision.
    pub revision: Revision,
    /// Its hash, so that nothing else of this number is taken for it.
    pub state_hash: StateHash,
    /// Its layers.
    pub layers: Vec<Arc<LayerState>>,
}

/// What came of drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sitting {
    /// The drawings show the revision now; that many rows were added and removed.
    Drawn {
        /// Rows that were not there.
        added: u64,
        /// Rows that are no longer.
        removed: u64,
    },
    /// They showed it, or a newer one, before.
    Shown,
    /// Somebody else is drawing just now.
    Busy,
    /// The store does not have this state.
    Unknown,
    /// No drawings are kept in this store.
    NotKept,
}

impl Store {
    /// Which revision the kept drawings show; `None` where none are kept, as in every file.
    pub async fn drawings(&self) -> Result<Option<Drawings>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::PostGis(postgis) => postgis.drawings().await,
        }
    }

    /// Begins to keep drawings, or throws them away. A file keeps none: [`StoreError::Unsupported`].
    pub async fn keep_drawings(&self, keep: bool) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => {
                let hint = "a file keeps no drawings for other tile servers; `wangge serve` makes its tiles";
                Err(StoreError::Unsupported { place: self.place(), hint })
            }
            Self::PostGis(postgis) => postgis.keep_drawings(keep).await,
        }
    }

    /// Brings the drawings to a state, all zooms in one transaction: whoever reads them sees one revision, this one
    /// or the one before. Never goes back. Costs the drawing of every zoom, and the writing of what differs.
    pub async fn draw(&self, sitter: &Sitter) -> Result<Sitting, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(Sitting::NotKept),
            Self::PostGis(postgis) => postgis.draw(sitter).await,
        }
    }
}

/// The way of drawing; drawings of another way are thrown away.
pub(super) const RENDER: i64 = RENDER_VERSION as i64;

/// What a row's digest begins with.
pub(super) type RowDigest = [u8; 16];

/// One thing that is seen at a zoom.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub kind: &'static str,
    pub layer: String,
    pub level: String,
    pub unit: Option<i64>,
    pub left: Option<i64>,
    pub right: Option<i64>,
    pub tint: Option<i16>,
    pub rank: Option<i16>,
    /// West, north, east, south.
    pub bounds: [f64; 4],
    pub shape: Vec<u8>,
}

/// Everything that is seen at a zoom, by digest. Two things that are equal in all are one.
pub(super) fn rows(layers: &[Arc<LayerState>], zoom: u8) -> BTreeMap<RowDigest, Row> {
    let mut rows = BTreeMap::new();
    for state in layers {
        if let Some(drawn) = state.drawing(zoom) {
            rows.extend(of_layer(&state.layer, &drawn).map(|row| (row.digest(), row)));
        }
    }
    rows
}

fn of_layer<'a>(layer: &'a Layer, drawn: &'a Drawn) -> impl Iterator<Item = Row> + 'a {
    let of_level = move |level: &'a DrawnLevel| {
        let ground = level.units().iter().map(move |unit| Row::ground(layer, level, unit));
        ground.chain(level.labels().iter().map(move |label| Row::label(layer, level, label)))
    };
    let borders = drawn.borders().iter().map(|border| Row::border(layer, border));
    drawn.levels().iter().flat_map(of_level).chain(borders)
}

impl Row {
    fn ground(layer: &Layer, level: &DrawnLevel, unit: &DrawnUnit) -> Self {
        let outer = unit.polygons.iter().map(|polygon| polygon.rings[0].as_slice());
        let shape = Twkb::of(6).list(&unit.polygons, |twkb, polygon| {
            twkb.list(&polygon.rings, |twkb, ring| twkb.dots(ring.iter().chain(ring.first()), ring.len() + 1))
        });
        Self {
            unit: Some(unit.unit.get() as i64),
            tint: unit.tint.map(i16::from),
            ..Self::new("ground", layer, level.level, bounds(outer.flatten()), shape)
        }
    }

    fn border(layer: &Layer, border: &Border) -> Self {
        let number = |unit: Option<UnitId>| unit.map(|unit| unit.get() as i64);
        let shape = Twkb::of(2).dots(border.dots.iter(), border.dots.len());
        Self {
            left: number(border.left),
            right: number(border.right),
            ..Self::new("border", layer, border.level, bounds(border.dots.iter()), shape)
        }
    }

    fn label(layer: &Layer, level: &DrawnLevel, label: &DrawnLabel) -> Self {
        Self {
            unit: Some(label.unit.get() as i64),
            rank: Some(label.rank.into()),
            ..Self::new(
                "label",
                layer,
                level.level,
                bounds([&label.at].into_iter()),
                Twkb::of(1).dot(label.at),
            )
        }
    }

    fn new(
        kind: &'static str,
        layer: &Layer,
        level: crate::unit::Level,
        bounds: [f64; 4],
        shape: Twkb,
    ) -> Self {
        Self {
            kind,
            layer: layer.name.clone(),
            level: layer.level_name(level).into(),
            unit: None,
            left: None,
            right: None,
            tint: None,
            rank: None,
            bounds,
            shape: shape.bytes,
        }
    }

    fn digest(&self) -> RowDigest {
        let mut hash = Sha256::new();
        for word in [self.kind, &self.layer, &self.level] {
            hash.update((word.len() as u64).to_le_bytes());
            hash.update(word);
        }
        let small = [self.tint, self.rank].map(|n| n.map(i64::from));
        for number in [self.unit, self.left, self.right].into_iter().chain(small) {
            // Units, tints and ranks are never negative.
            hash.update(number.unwrap_or(-1).to_le_bytes());
        }
        hash.update(&self.shape);
        let whole = hash.finalize();
        std::array::from_fn(|i| whole[i])
    }
}

fn bounds<'a>(dots: impl Iterator<Item = &'a Dot>) -> [f64; 4] {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for (x, y) in dots.map(|dot| (f64::from(dot.x), f64::from(dot.y))) {
        bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
    }
    bounds
}

/// Tiny well-known binary without decimals, as PostGIS reads it: counts and steps from dot to dot as varints, a
/// quarter of the bytes of two doubles.
struct Twkb {
    bytes: Vec<u8>,
    last: Dot,
}

impl Twkb {
    /// The head of a point (1), a line (2) or a multipolygon (6) without box, sizes and ids.
    fn of(kind: u8) -> Self {
        Self { bytes: vec![kind, 0], last: Dot::new(0, 0) }
    }

    fn list<T>(mut self, items: &[T], put: impl Fn(Self, &T) -> Self) -> Self {
        self.number(items.len() as u64);
        items.iter().fold(self, put)
    }

    fn dots<'a>(mut self, dots: impl Iterator<Item = &'a Dot>, count: usize) -> Self {
        self.number(count as u64);
        dots.fold(self, |twkb, &dot| twkb.dot(dot))
    }

    fn dot(mut self, dot: Dot) -> Self {
        let (x, y) = self.last.to(dot);
        for step in [x, y] {
            self.number(((step << 1) ^ (step >> 63)) as u64);
        }
        self.last = dot;
        self
    }

    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_as_the_format_s_own_example_has_it() {
        // The example of the TWKB specification with one decimal: LINESTRING(1 1, 5 5).
        let line = Twkb::of(2).dots([Dot::new(1, 1), Dot::new(5, 5)].iter(), 2);
        assert_eq!(line.bytes, [0x02, 0x00, 0x02, 0x02, 0x02, 0x08, 0x08]);
    }

    #[test]
    fn large_and_negative_steps_take_as_many_bytes_as_they_need() {
        let point = Twkb::of(1).dot(Dot::new(1 << 28, -65));
        assert_eq!(point.bytes, [1, 0, 0x80, 0x80, 0x80, 0x80, 0x02, 0x81, 0x01]);
    }
}
