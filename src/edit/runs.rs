//! Border runs: how the difference of two sets of segments is written and read.
//!
//! The algebra works on segments, one by one. A reader wants runs: *between these two units the border went
//! this way and goes that way now*. A run is a maximal chain of segments between the same two sides; an old
//! and a new one that part the same sides between the same ends are written as one.

use super::delta::Delta;
use super::side::{Place, Side, Sides, placed};
use crate::geom::Point;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A run of border before and after: between the same two sides, and from the same first to the same last
/// point when both stand there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What lies on the left of both.
    pub left: Side,
    /// What lies on the right.
    pub right: Side,
    /// The points before; none when there was no such border.
    #[serde(with = "lattice", default, skip_serializing_if = "Vec::is_empty")]
    pub old: Vec<Point>,
    /// The points after; none when there is no such border any more.
    #[serde(with = "lattice", default, skip_serializing_if = "Vec::is_empty")]
    pub new: Vec<Point>,
}

/// The segments that differ, each with what lay and what lies beside it.
pub type Borders = Delta<Place, Sides>;

/// Chains with the smaller side on their left, by sides and ends.
type Chains = BTreeMap<(Side, Side, Point, Point), Vec<Vec<Point>>>;

/// The runs of a difference, in an order that depends on nothing but the difference.
pub fn runs(borders: &Borders) -> Vec<Run> {
    let before = borders.steps().filter_map(|(&place, step)| Some((place, step.old?)));
    let after = borders.steps().filter_map(|(&place, step)| Some((place, step.new?)));
    let (mut old, mut new) = (chains(before), chains(after));
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    let mut runs = Vec::new();
    for key in keys {
        let (old, new) = (old.remove(&key).unwrap_or_default(), new.remove(&key).unwrap_or_default());
        for i in 0..old.len().max(new.len()) {
            let points = |chains: &[Vec<Point>]| chains.get(i).cloned().unwrap_or_default();
            runs.push(Run { left: key.0, right: key.1, old: points(&old), new: points(&new) });
        }
    }
    runs
}

/// The difference that runs tell of. A segment may stand in one old and one new run, not in more; the one
/// that stands in two is the error.
pub fn from_runs(runs: &[Run]) -> Result<Borders, Place> {
    let mut before: BTreeMap<Place, Sides> = BTreeMap::new();
    let mut after = BTreeMap::new();
    for run in runs {
        for (points, map) in [(&run.old, &mut before), (&run.new, &mut after)] {
            for w in points.windows(2) {
                let (place, sides) = placed(w[0], w[1], (run.left, run.right));
                if place.0 == place.1 || sides.0 == sides.1 || map.insert(place, sides).is_some() {
                    return Err(place);
                }
            }
        }
    }
    Ok(Borders::between(&before, &after))
}

fn chains(segments: impl Iterator<Item = (Place, Sides)>) -> Chains {
    let mut by_sides: BTreeMap<(Side, Side), Vec<(Point, Point)>> = BTreeMap::new();
    for ((a, b), (left, right)) in segments {
        let (sides, way) = if left < right { ((left, right), (a, b)) } else { ((right, left), (b, a)) };
        by_sides.entry(sides).or_default().push(way);
    }
    let mut chains = Chains::new();
    for ((left, right), ways) in by_sides {
        for chain in chained(ways) {
            let ends = (chain[0], chain[chain.len() - 1]);
            chains.entry((left, right, ends.0, ends.1)).or_default().push(chain);
        }
    }
    for list in chains.values_mut() {
        list.sort();
    }
    chains
}

/// Directed segments as maximal chains: through points that one enters and one leaves. A closed chain begins
/// at its smallest point.
fn chained(mut ways: Vec<(Point, Point)>) -> Vec<Vec<Point>> {
    ways.sort_unstable();
    let mut entered: BTreeMap<Point, usize> = BTreeMap::new();
    for &(_, to) in &ways {
        *entered.entry(to).or_default() += 1;
    }
    let leaving = |p: Point| ways.partition_point(|w| w.0 < p)..ways.partition_point(|w| w.0 <= p);
    let through = |p: Point| entered.get(&p) == Some(&1) && leaving(p).len() == 1;
    let mut used = vec![false; ways.len()];
    let mut chains = Vec::new();
    let starts = (0..ways.len()).filter(|&i| !through(ways[i].0)).chain(0..ways.len()).collect::<Vec<_>>();
    for start in starts {
        if std::mem::replace(&mut used[start], true) {
            continue;
        }
        let mut chain = vec![ways[start].0, ways[start].1];
        let mut end = ways[start].1;
        while through(end) && !std::mem::replace(&mut used[leaving(end).start], true) {
            end = ways[leaving(end).start].1;
            chain.push(end);
        }
        chains.push(chain);
    }
    chains
}

/// Points as pairs of integers.
mod lattice {
    use crate::geom::Point;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(points: &[Point], serializer: S) -> Result<S::Ok, S::Error> {
        points.iter().map(|p| [p.x, p.y]).collect::<Vec<_>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Point>, D::Error> {
        let pairs = Vec::<[i32; 2]>::deserialize(deserializer)?;
        Ok(pairs.into_iter().map(|[x, y]| Point::new(x, y)).collect())
    }
}
