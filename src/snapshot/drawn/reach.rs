//! How far a change of borders reaches when they are thinned.
//!
//! Thinning weighs a vertex by the triangle with its neighbours, and looks at nothing but the vertices in it. So an arc
//! comes out as before unless one of its triangles holds, or held, a vertex of an arc that changes, or of one that comes
//! out otherwise. The arcs about the change are thinned with a note of that, in the coverage before and in the one after:
//! what is reached in neither has met the same in both, step by step. What leaves the box that was looked at, or what is not
//! certain there and could meet something that is reached, makes the box larger.

use super::generalise::{Met, generalise_from};
use crate::coverage::{ArcRef, Coverage};
use crate::geom::{Bbox, Point};
use std::collections::{BTreeMap, HashSet};

/// How far the first box reaches over what changes, in roots of the tolerance.
const HALO: f64 = 8.0;
/// How often the box is made larger before everything is thinned.
const TRIES: u32 = 8;

/// Which arcs two coverages share.
#[derive(Debug)]
pub(super) struct Pairing {
    /// For each arc of the one before the same one after, where it is.
    pub after: Vec<Option<u32>>,
    /// The other way round.
    pub before: Vec<Option<u32>>,
}

impl Pairing {
    /// Pairs the arcs that have the same points and the same units beside them and of which `is_same` says so, by their
    /// numbers. Costs one pass over both, as both list them by their first points; of arcs that are listed in another
    /// order some are left unpaired.
    pub fn of(
        before: &Coverage,
        after: &Coverage,
        is_same: impl Fn(&ArcRef<'_>, &ArcRef<'_>) -> bool,
    ) -> Self {
        let mut pairing =
            Self { after: vec![None; before.arcs().len()], before: vec![None; after.arcs().len()] };
        let sides = |c: &Coverage, arc: &ArcRef<'_>| (c.unit(arc.left), c.unit(arc.right));
        let (mut olds, mut news) = (before.arcs().peekable(), after.arcs().peekable());
        while let (Some(old), Some(new)) = (olds.peek(), news.peek()) {
            let order = (old.points[0], old.points[1]).cmp(&(new.points[0], new.points[1]));
            if order.is_eq()
                && old.points == new.points
                && sides(before, old) == sides(after, new)
                && is_same(old, new)
            {
                pairing.after[old.number as usize] = Some(new.number);
                pairing.before[new.number as usize] = Some(old.number);
            }
            if order.is_le() {
                olds.next();
            }
            if order.is_ge() {
                news.next();
            }
        }
        pairing
    }

    /// The arcs before that are not so after.
    pub fn gone(&self) -> impl Iterator<Item = u32> + '_ {
        alone(&self.after)
    }

    /// The arcs after that were not so before.
    pub fn fresh(&self) -> impl Iterator<Item = u32> + '_ {
        alone(&self.before)
    }
}

fn alone(others: &[Option<u32>]) -> impl Iterator<Item = u32> + '_ {
    (0..).zip(others).filter(|(_, other)| other.is_none()).map(|(number, _)| number)
}

/// The arcs of a coverage that thinning may leave otherwise than in the one before, by number, with the points that it
/// leaves them; the new ones are among them. `None` when too much of the coverage is near the change to be worth it.
pub(super) fn thinned_anew(
    (before, after): (&Coverage, &Coverage),
    pairing: &Pairing,
    tolerance: u64,
) -> Option<BTreeMap<u32, Vec<Point>>> {
    let (gone, new): (Vec<u32>, Vec<u32>) = (pairing.gone().collect(), pairing.fresh().collect());
    let changing = gone.iter().map(|&a| before.arc(a)).chain(new.iter().map(|&a| after.arc(a)));
    let changing: Vec<ArcRef<'_>> = changing.collect();
    let Some(mut around) = changing.iter().map(ArcRef::bbox).reduce(Bbox::union) else {
        return Some(BTreeMap::new());
    };
    // An arc may lose its last vertex when no other joins the same nodes.
    let joined: HashSet<(Point, Point)> = changing.iter().map(ends).collect();
    for halo in (0..TRIES).map(|n| (HALO * (tolerance as f64).sqrt()) as i32 * (1 << n)) {
        let within = around.grown(halo);
        let old = Side::of(before, within, &joined, |arc| pairing.after[arc as usize].is_none(), tolerance)?;
        let new = Side::of(after, within, &joined, |arc| pairing.before[arc as usize].is_none(), tolerance)?;
        match settle(&old, &new, pairing, within) {
            Ok(found) => return Some(found),
            Err(larger) => around = around.union(larger),
        }
    }
    None
}

/// The arcs about a change in one of the two coverages.
struct Side<'a> {
    arcs: Vec<ArcRef<'a>>,
    met: Vec<Met>,
}

impl<'a> Side<'a> {
    /// Thins the arcs whose boxes meet one; `None` when they are most of the coverage.
    fn of(
        coverage: &'a Coverage,
        within: Bbox,
        joined: &HashSet<(Point, Point)>,
        changes: impl Fn(u32) -> bool,
        tolerance: u64,
    ) -> Option<Self> {
        let arcs: Vec<ArcRef<'_>> = coverage.arcs().filter(|arc| arc.bbox().intersects(&within)).collect();
        if arcs.len() > coverage.arcs().len() / 2 {
            return None;
        }
        let from = arcs.iter().enumerate();
        let from = from.filter(|(_, arc)| changes(arc.number) || joined.contains(&ends(arc)));
        let met = generalise_from(&arcs, within, tolerance, from.map(|(place, _)| place));
        Some(Self { arcs, met })
    }

    fn each(&self) -> impl Iterator<Item = (&ArcRef<'a>, &Met)> {
        self.arcs.iter().zip(&self.met)
    }

    fn reached(&self) -> impl Iterator<Item = u32> {
        self.each().filter(|(_, met)| met.reached).map(|(arc, _)| arc.number)
    }
}

/// What comes out otherwise, or a box that has to be looked at as well.
fn settle(
    old: &Side<'_>,
    new: &Side<'_>,
    pairing: &Pairing,
    within: Bbox,
) -> Result<BTreeMap<u32, Vec<Point>>, Bbox> {
    let of_old: HashSet<u32> =
        old.reached().chain(new.reached().filter_map(|a| pairing.before[a as usize])).collect();
    let of_new: HashSet<u32> =
        new.reached().chain(old.reached().filter_map(|a| pairing.after[a as usize])).collect();
    let (mut bounds, mut vertices, mut certain) = (within, Vec::new(), true);
    for (side, of, pairs) in [(old, &of_old, &pairing.after), (new, &of_new, &pairing.before)] {
        for (arc, met) in side.each().filter(|(arc, _)| of.contains(&arc.number)) {
            bounds = bounds.union(arc.bbox());
            // The nodes of an arc that stays are nodes before and after, and never go.
            let ends = usize::from(pairs[arc.number as usize].is_some());
            vertices.extend(arc.points[ends..arc.points.len() - ends].iter().copied());
            certain &= met.points.is_some();
        }
    }
    // All of what is reached is certain, and nothing that is not looked at comes near it.
    if bounds != within || !certain {
        return Err(bounds);
    }
    for (arc, _) in old.each().chain(new.each()).filter(|(_, met)| met.points.is_none()) {
        let bbox = arc.bbox();
        if vertices.iter().any(|&p| bbox.contains(p)) {
            return Err(bounds.union(bbox));
        }
    }
    let found = new.each().filter(|(arc, _)| of_new.contains(&arc.number));
    Ok(found.filter_map(|(arc, met)| Some((arc.number, met.points.clone()?))).collect())
}

fn ends(arc: &ArcRef<'_>) -> (Point, Point) {
    (arc.points[0], arc.points[arc.points.len() - 1])
}
