//! Which tiles look different in one drawing than in another.
//!
//! A tile shows what meets its window. So the tiles in which two drawings differ are among those whose windows meet
//! something that only one of them holds: a unit with other ground, another tint or other words, a border of other
//! dots or sides, a label elsewhere. Nothing of a change is asked, only what is drawn; so what a change does further
//! off, by thinning or by tints, is not missed.

use super::plate::{Drawn, DrawnLabel, DrawnLevel, DrawnUnit};
use super::world::{Dot, EXTENT_BITS};
use crate::unit::{Level, UnitId, Units};
use std::collections::{BTreeSet, HashMap, HashSet};

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

fn units(
    tiles: &mut TileSet,
    (old, a): (Worded, Option<&DrawnLevel>),
    (new, b): (Worded, Option<&DrawnLevel>),
    reach: i32,
) {
    let units = |level: Option<&'_ DrawnLevel>| -> HashMap<UnitId, DrawnUnit> {
        level.into_iter().flat_map(DrawnLevel::units).map(|u| (u.unit, u.clone())).collect()
    };
    let mut before = units(a);
    for unit in b.into_iter().flat_map(DrawnLevel::units) {
        let Some(was) = before.remove(&unit.unit) else {
            ground(tiles, unit, reach);
            continue;
        };
        if was.tint != unit.tint || words(old.units, unit.unit) != words(new.units, unit.unit) {
            for either in [&was, unit] {
                ground(tiles, either, reach);
            }
        } else if was != *unit {
            moved(tiles, &was, unit, reach);
        }
    }
    for gone in before.values() {
        ground(tiles, gone, reach);
    }
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
    let all =
        |level: Option<&DrawnLevel>, units: &Units| -> HashSet<(DrawnLabel, Option<(String, String)>)> {
            let word = |id| words(units, id).map(|(code, name, _)| (code.to_owned(), name.to_owned()));
            let labels = level.into_iter().flat_map(DrawnLevel::labels);
            labels.map(|label| (*label, word(label.unit))).collect()
        };
    let (was, is) = (all(a, old.units), all(b, new.units));
    tiles.extend(was.symmetric_difference(&is).map(|(label, _)| label.tile));
}

fn borders(tiles: &mut TileSet, old: &Drawn, new: &Drawn, reach: i32) {
    let key = |b: &super::Border| (b.level, b.left, b.right, b.dots.clone());
    let (was, is): (HashSet<_>, HashSet<_>) =
        (old.borders().iter().map(key).collect(), new.borders().iter().map(key).collect());
    for (_, _, _, dots) in was.symmetric_difference(&is) {
        meeting(tiles, dots, reach);
    }
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
