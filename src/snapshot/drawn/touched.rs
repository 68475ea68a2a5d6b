//! Which tiles look different in one drawing than in another.
//!
//! A tile shows what meets its window. So the tiles in which two drawings differ are among those whose windows meet
//! something that only one of them holds: a unit with other ground, another tint or other words, a border of other
//! dots or sides, a label elsewhere. Nothing of a change is asked, only what is drawn; so what a change does further
//! off, by thinning or by tints, is not missed. Units, labels and borders come in one order in every drawing.

use super::borders::order;
use super::plate::{Drawn, DrawnLabel, DrawnLevel, DrawnUnit};
use super::world::{Dot, EXTENT_BITS};
use crate::unit::{Level, UnitId, Units};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Columns and rows of tiles at a zoom.
pub type TileSet = BTreeSet<(u32, u32)>;

/// A drawing with the words of its units.
#[derive(Clone, Copy, Debug)]
pub struct Worded<'a> {
    /// The drawing.
    pub drawn: &'a Drawn,
    /// Its units, for codes and names.
    pub units: &'a Units,
}

/// The tiles in which two drawings of one layer at one zoom differ, and perhaps some more. `reach` is how far a tile
/// looks over its sides, in tile units. Costs one walk through both drawings.
pub fn touched(old: Worded, new: Worded, reach: i32) -> TileSet {
    let mut tiles = TileSet::new();
    let both = old.drawn.levels().iter().chain(new.drawn.levels());
    let levels: BTreeSet<Level> = both.map(|drawn| drawn.level).collect();
    for level in levels {
        let a = old.drawn.levels().iter().find(|drawn| drawn.level == level);
        let b = new.drawn.levels().iter().find(|drawn| drawn.level == level);
        units(&mut tiles, (old, a), (new, b), reach);
        labels(&mut tiles, (old, a), (new, b));
    }
    borders(&mut tiles, old.drawn, new.drawn, reach);
    tiles
}

/// What a tile says of a unit beside its ground.
type Words<'a> = Option<(&'a str, &'a str, Option<&'a str>)>;

fn words(units: &Units, id: UnitId) -> Words<'_> {
    let unit = units.get(id)?;
    let parent = unit.parent.and_then(|p| units.get(p)).map(|p| p.code.as_str());
    Some((unit.code.as_str(), unit.name.as_str(), parent))
}

/// Goes through two lists in one order side by side: what is in both comes together.
fn side_by_side<'a, T>(
    old: &'a [T],
    new: &'a [T],
    order: impl Fn(&T, &T) -> Ordering,
    mut each: impl FnMut(Option<&'a T>, Option<&'a T>),
) {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let first = match (old.peek(), new.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => order(a, b),
        };
        match first {
            Ordering::Less => each(old.next(), None),
            Ordering::Equal => each(old.next(), new.next()),
            Ordering::Greater => each(None, new.next()),
        }
    }
}

fn units(
    tiles: &mut TileSet,
    (old, a): (Worded, Option<&DrawnLevel>),
    (new, b): (Worded, Option<&DrawnLevel>),
    reach: i32,
) {
    let (a, b) = (a.map_or(&[][..], DrawnLevel::units), b.map_or(&[][..], DrawnLevel::units));
    let reads_alike = |id| words(old.units, id) == words(new.units, id);
    side_by_side(
        a,
        b,
        |a, b| a.unit.cmp(&b.unit),
        |was, is| match (was, is) {
            (Some(was), Some(is)) if was.tint == is.tint && reads_alike(is.unit) => {
                if !Arc::ptr_eq(was, is) && was != is {
                    moved(tiles, was, is, reach);
                }
            }
            either => [either.0, either.1].into_iter().flatten().for_each(|unit| ground(tiles, unit, reach)),
        },
    );
}

/// The tiles that meet any of a unit's ground.
fn ground(tiles: &mut TileSet, unit: &DrawnUnit, reach: i32) {
    for polygon in &unit.polygons {
        meeting(tiles, &polygon.rings[0], reach);
    }
}

/// The tiles that meet ground which the unit won or lost: it lies within the boxes of the pieces of border that only one
/// of the two has, each taken with all that it hangs together with.
fn moved(tiles: &mut TileSet, was: &DrawnUnit, is: &DrawnUnit, reach: i32) {
    let (old, new) = (edges(was), edges(is));
    let differing: Vec<&(Dot, Dot)> = old.symmetric_difference(&new).collect();
    let mut at: HashMap<Dot, Vec<usize>> = HashMap::new();
    for (i, (p, q)) in differing.iter().enumerate() {
        at.entry(*p).or_default().push(i);
        at.entry(*q).or_default().push(i);
    }
    let mut seen = vec![false; differing.len()];
    for start in 0..differing.len() {
        let (mut open, mut dots) = (vec![start], Vec::new());
        while let Some(i) = open.pop() {
            if !std::mem::replace(&mut seen[i], true) {
                let (p, q) = *differing[i];
                dots.extend([p, q]);
                open.extend(at[&p].iter().chain(&at[&q]));
            }
        }
        meeting(tiles, &dots, reach);
    }
}

fn edges(unit: &DrawnUnit) -> HashSet<(Dot, Dot)> {
    let rings = unit.polygons.iter().flat_map(|polygon| &polygon.rings);
    rings.flat_map(|ring| ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))).collect()
}

fn labels(
    tiles: &mut TileSet,
    (old, a): (Worded, Option<&DrawnLevel>),
    (new, b): (Worded, Option<&DrawnLevel>),
) {
    let (a, b) = (a.map_or(&[][..], DrawnLevel::labels), b.map_or(&[][..], DrawnLevel::labels));
    let word = |units, id| words(units, id).map(|(code, name, _)| (code, name));
    side_by_side(a, b, DrawnLabel::cmp, |was, is| match (was, is) {
        (Some(label), Some(_)) if word(old.units, label.unit) == word(new.units, label.unit) => {}
        either => tiles.extend([either.0, either.1].into_iter().flatten().map(|label| label.tile)),
    });
}

fn borders(tiles: &mut TileSet, old: &Drawn, new: &Drawn, reach: i32) {
    side_by_side(old.borders(), new.borders(), order, |was, is| {
        if was.is_none() || is.is_none() {
            [was, is].into_iter().flatten().for_each(|border| meeting(tiles, &border.dots, reach));
        }
    });
}

/// The tiles whose windows meet the box around dots.
fn meeting(tiles: &mut TileSet, dots: &[Dot], reach: i32) {
    let (xs, ys) = (dots.iter().map(|d| d.x), dots.iter().map(|d| d.y));
    let span = |low: Option<i32>, high: Option<i32>| {
        let tile = |v: i32| (v.max(0) >> EXTENT_BITS) as u32;
        Some(tile(low?.saturating_sub(reach))..=tile(high?.saturating_add(reach)))
    };
    let columns = span(xs.clone().min(), xs.max());
    let rows = span(ys.clone().min(), ys.max());
    let (Some(columns), Some(rows)) = (columns, rows) else { return };
    tiles.extend(columns.flat_map(|x| rows.clone().map(move |y| (x, y))));
}
