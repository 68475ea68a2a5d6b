//! A coverage from the one before: only the arcs at what changes are put together.
//!
//! The arcs with a vertex where a segment changes are taken out, and their segments are traced anew with the new ones. All
//! others stand as they stood, since what parts an arc from the next is decided at its vertices. What comes out is what
//! assembling everything gives, arc for arc.

use super::arcs::{Arc, Face};
use super::assemble::{Segment, trace};
use super::points::Arcs;
use super::{Coverage, faces};
use crate::geom::{Bbox, Point};
use crate::unit::UnitId;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A segment by its two ends, the smaller one first, and the units left and right of it, seen from there.
pub type Sided = ((Point, Point), (Option<UnitId>, Option<UnitId>));

/// Where the arcs of a coverage are in the one that follows; `None` for an arc that is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renumbered(pub(super) Vec<Option<u32>>);

impl Renumbered {
    /// The number of an arc in the coverage that follows.
    pub fn get(&self, arc: u32) -> Option<u32> {
        self.0[arc as usize]
    }

    /// The units of both that have an arc which only one of them has.
    pub fn units_anew(&self, before: &Coverage, after: &Coverage) -> BTreeSet<UnitId> {
        let mut stays = vec![false; after.arcs.len()];
        self.0.iter().flatten().for_each(|&arc| stays[arc as usize] = true);
        let gone = before.arcs.iter().zip(&self.0).filter(|(_, after)| after.is_none()).map(|(arc, _)| arc);
        let new = after.arcs.iter().zip(stays).filter(|(_, stays)| !stays).map(|(arc, _)| arc);
        let gone = gone.flat_map(|arc| [before.unit(arc.left), before.unit(arc.right)]);
        gone.chain(new.flat_map(|arc| [after.unit(arc.left), after.unit(arc.right)])).flatten().collect()
    }
}

impl Coverage {
    /// The coverage in which some segments have other units beside them; one with the same on both sides is no border any
    /// more. And where the arcs of this one are in it.
    ///
    /// The same as [`Coverage::from_sides`] of all segments. Nothing is checked. Costs a pass over the points of all
    /// arcs, and what putting together those at the change costs.
    pub fn with_sides(&self, changed: &BTreeMap<(Point, Point), Sides>) -> (Self, Renumbered) {
        let touched: HashSet<Point> = changed.keys().flat_map(|&(a, b)| [a, b]).collect();
        let taken = self.arcs_at(&touched);
        let mut sided: Vec<Sided> = Vec::new();
        for arc in (0..).zip(&taken).filter(|(_, taken)| **taken).map(|(number, _)| self.arc(number)) {
            let (left, right) = (self.unit(arc.left), self.unit(arc.right));
            let placed = |(p, q)| if p < q { ((p, q), (left, right)) } else { ((q, p), (right, left)) };
            sided.extend(arc.segments().map(placed).filter(|(place, _)| !changed.contains_key(place)));
        }
        sided.extend(changed.iter().map(|(&place, &sides)| (place, sides)).filter(|(_, (l, r))| l != r));
        sided.sort_unstable();
        let units = self.units_with(&taken, &sided);
        let next = Next::of(self, &units, taken, &sided, &touched);
        let (points, arcs, renumbered) = next.merged(self);
        let mut coverage = Self { units, points: Arcs::Memory(points), arcs, faces: Vec::new() };
        coverage.faces = next.faces(self, &coverage, &renumbered);
        (coverage, Renumbered(renumbered))
    }

    /// Which arcs have one of these vertices.
    fn arcs_at(&self, touched: &HashSet<Point>) -> Vec<bool> {
        let around = Bbox::of(touched.iter().copied());
        let is_at = |p: &Point| around.is_some_and(|around| around.contains(*p)) && touched.contains(p);
        self.arcs().map(|arc| arc.points.iter().any(is_at)).collect()
    }

    /// The units that have border left when some arcs are replaced by segments.
    fn units_with(&self, taken: &[bool], sided: &[Sided]) -> Vec<UnitId> {
        let mut standing = vec![false; self.units.len() + 1];
        for (arc, _) in self.arcs.iter().zip(taken).filter(|(_, taken)| !**taken) {
            standing[arc.left.0 as usize] = true;
            standing[arc.right.0 as usize] = true;
        }
        let kept = self.units.iter().zip(&standing[1..]).filter(|(_, standing)| **standing);
        let mut units: BTreeSet<UnitId> = kept.map(|(unit, _)| *unit).collect();
        units.extend(sided.iter().flat_map(|(_, (left, right))| [*left, *right]).flatten());
        units.into_iter().collect()
    }

    /// How many arcs begin at a node; those after them close on themselves without one.
    fn with_nodes(&self) -> usize {
        let is_closed = |arc: &Arc| {
            self.points.run(arc.first, arc.len).first() == self.points.run(arc.first, arc.len).last()
        };
        let closed = self.arcs.iter().rev().take_while(|arc| is_closed(arc)).count();
        let first = self.arcs.len() - closed;
        let start = |number: usize| self.points.run(self.arcs[number].first, 1)[0];
        let mut met: HashMap<Point, u32> =
            (first..self.arcs.len()).map(|number| (start(number), 0)).collect();
        if met.is_empty() {
            return first;
        }
        for arc in self.arcs() {
            let ends = [arc.points[0], arc.points[arc.points.len() - 1]];
            for end in ends.iter().take(if arc.is_closed() { 1 } else { 2 }) {
                met.entry(*end).and_modify(|count| *count += 1);
            }
        }
        (first..self.arcs.len()).find(|&number| met[&start(number)] == 1).unwrap_or(self.arcs.len())
    }
}

/// The units beside a segment, seen from its smaller end.
pub type Sides = (Option<UnitId>, Option<UnitId>);

/// What comes in the place of the arcs that are taken out.
struct Next {
    taken: Vec<bool>,
    /// The new number of each face; outside for one that is no more.
    renamed: Vec<Face>,
    points: Vec<Point>,
    arcs: Vec<Arc>,
    /// How many of them begin at a node.
    with_nodes: usize,
}

impl Next {
    fn of(
        before: &Coverage,
        units: &[UnitId],
        taken: Vec<bool>,
        sided: &[Sided],
        touched: &HashSet<Point>,
    ) -> Self {
        let face = |unit: Option<UnitId>| {
            unit.and_then(|unit| units.binary_search(&unit).ok())
                .map_or(Face::OUTSIDE, |i| Face(i as u32 + 1))
        };
        let renamed = std::iter::once(Face::OUTSIDE).chain(before.units.iter().map(|&unit| face(Some(unit))));
        let segment =
            |&((a, b), (left, right)): &Sided| Segment { a, b, left: face(left), right: face(right) };
        let segments: Vec<Segment> = sided.iter().map(segment).collect();
        // Where arcs that stay begin or end, there is a node whatever else does.
        let mut nodes: HashSet<Point> = HashSet::new();
        let mut ends: HashSet<Point> = HashSet::new();
        for (number, taken) in (0..).zip(&taken) {
            let arc = before.arc(number);
            let both = [arc.points[0], arc.points[arc.points.len() - 1]];
            if *taken { ends.extend(both) } else { nodes.extend(both) }
        }
        nodes.retain(|node| ends.contains(node) && !touched.contains(node));
        let (points, arcs, with_nodes) = trace(&segments, &nodes);
        Self { taken, renamed: renamed.collect(), points, arcs, with_nodes }
    }

    /// All arcs in their order, their points, and where those before are now.
    fn merged(&self, before: &Coverage) -> (Vec<Point>, Vec<Arc>, Vec<Option<u32>>) {
        let mut points = Vec::with_capacity(before.points.len() + self.points.len());
        let mut arcs: Vec<Arc> = Vec::with_capacity(before.arcs.len() + self.arcs.len());
        let mut renumbered = vec![None; before.arcs.len()];
        let with_nodes = before.with_nodes();
        let (nodes, loops) = ((0..with_nodes), (with_nodes..before.arcs.len()));
        let (new_nodes, new_loops) = self.arcs.split_at(self.with_nodes);
        let own = |arc: &Arc| &self.points[arc.first as usize..(arc.first + arc.len) as usize];
        let mut put = |run: &[Point], left, right| {
            let first = points.len() as u32;
            points.extend_from_slice(run);
            arcs.push(Arc { first, len: run.len() as u32, left, right });
            arcs.len() as u32 - 1
        };
        for (old, new) in [(nodes, new_nodes), (loops, new_loops)] {
            let mut new = new.iter().peekable();
            for number in old.filter(|&number| !self.taken[number]) {
                let arc = before.arc(number as u32);
                while let Some(earlier) = new.next_if(|new| own(new)[..2] < arc.points[..2]) {
                    put(own(earlier), earlier.left, earlier.right);
                }
                let [left, right] = [arc.left, arc.right].map(|face| self.renamed[face.0 as usize]);
                renumbered[number] = Some(put(&arc.points, left, right));
            }
            for arc in new {
                put(own(arc), arc.left, arc.right);
            }
        }
        (points, arcs, renumbered)
    }

    /// The parts of each face: of one that has only arcs that stay, the same as before.
    fn faces(
        &self,
        before: &Coverage,
        after: &Coverage,
        renumbered: &[Option<u32>],
    ) -> Vec<Vec<faces::Patch>> {
        let units = Renumbered(renumbered.to_vec()).units_anew(before, after);
        let anew = |face: Face| after.unit(face).is_some_and(|unit| units.contains(&unit));
        let mut parts = faces::assemble(after, anew);
        for (old, &face) in (0..).map(Face).zip(&self.renamed).skip(1) {
            if face != Face::OUTSIDE && !anew(face) {
                let same = before.patches(old).iter();
                parts[face.0 as usize - 1] = same.map(|patch| patch.renumbered(renumbered)).collect();
            }
        }
        parts
    }
}
