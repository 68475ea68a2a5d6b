//! From raw shapes to a coverage: round, node, validate.
//!
//! 1. [`edges`]: every segment once, with the claims of the units on its sides;
//! 2. [`insert`]: T-junctions; 3. [`round`]: crossings;
//! 4. [`ground`]: the faces and how often each unit covers them;
//! 5. [`settle`]: who holds each face; 6. [`judge`]: what is wrong with the rest.
//!
//! Shapes from outside fit only nearly: a vertex that one neighbour has and the other lacks, a crossing
//! that rounding made. What is of the size of rounding is mended and written into a [`Ledger`]; all that
//! is wider is a [`Defect`], and then nothing is built.

mod edges;
mod ground;
mod insert;
mod judge;
mod ledger;
mod reach;
mod repairs;
mod round;
mod settle;
mod snap;

pub use ledger::{AreaChange, Ledger, Repair, RepairKind};

use super::arcs::Face;
use super::assemble::Segment;
use super::{Coverage, Defect};
use crate::geom::{Point, Shape, area};
use crate::unit::UnitId;
use edges::Edges;
use ground::Ground;
use reach::Reach;
use repairs::Repairs;
use round::Tangle;
use settle::Settled;
use std::collections::{BTreeMap, HashSet};

/// The ground left and right of segments of which no two cross: the number of a face for each side of each,
/// in the order given. Two sides have one number when no segment parts them; 0 is the ground around
/// everything.
///
/// A segment is seen from its first point to its second. Costs O(n log n).
pub fn faces_beside(segments: &[(Point, Point)]) -> Vec<[u32; 2]> {
    let edges = Edges::bare(segments);
    let ground = Ground::of(&edges, Vec::new());
    let places = edges.places();
    let beside = |&(p, q): &(Point, Point)| {
        let place = places.binary_search(&(p.min(q), p.max(q))).expect("every segment is an edge");
        let [left, right] = [2 * place, 2 * place + 1].map(|half| ground.face_of[half]);
        if p < q { [left, right] } else { [right, left] }
    };
    segments.iter().map(beside).collect()
}

/// What a layer asks of its shapes.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Whether ground that units enclose and none holds is a gap.
    pub gap_free: bool,
    /// The ground to fill, exactly, when it is given by another layer; implies `gap_free`. Without it a
    /// gap-free layer bounds itself.
    pub outline: Option<Shape>,
    /// Consent to move borders by up to so many metres, so that misfits close. `None` mends what rounding
    /// made and nothing else.
    pub snap_m: Option<f64>,
    /// In a layer that bounds itself: whether enclosed ground without a unit is a hole of the outline, and
    /// not a gap.
    pub keep_holes: bool,
}

/// A coverage with the account of how it came to be.
#[derive(Clone, Debug)]
pub struct Built {
    /// The coverage.
    pub coverage: Coverage,
    /// The ground of all units together, for a gap-free layer: what to store as its outline.
    pub outline: Option<Shape>,
    /// What was changed on the way.
    pub ledger: Ledger,
    /// What was found and let through: slivers.
    pub warnings: Vec<Defect>,
}

impl Coverage {
    /// Builds a coverage from shapes on the lattice, or tells everything that is wrong with them.
    ///
    /// Shapes with one id are one unit; the order of shapes does not matter. A shape that is empty is
    /// passed over. What already is a coverage comes out as it went in, vertex for vertex.
    ///
    /// A misfit of the size of rounding (one lattice unit) is mended: a vertex goes into the segment of
    /// another unit that passes it, if the triangle between holds no other vertex; crossings are rounded;
    /// what thin ground is left over or held twice goes to the neighbour with the longest border. With
    /// `snap_m` the same is done up to that distance, and vertices on borders that do not fit are brought
    /// onto their neighbours' first. The ledger names each change. Whatever is wider is a defect: one for each rule and set of units, with all its places.
    ///
    /// Costs O(n log n) in the segments and crossings.
    pub fn build(shapes: &[(UnitId, Shape)], options: &BuildOptions) -> Result<Built, Vec<Defect>> {
        let options =
            BuildOptions { gap_free: options.gap_free || options.outline.is_some(), ..options.clone() };
        let mut units: Vec<UnitId> = shapes.iter().filter(|s| !s.1.is_empty()).map(|s| s.0).collect();
        units.sort_unstable();
        units.dedup();
        let edges = Edges::of(shapes, &units, options.outline.as_ref());
        let mut repairs = Repairs::default();
        let (edges, reach) = match options.snap_m {
            Some(limit_m) => (snap::snapped(&edges, limit_m, &mut repairs), Reach::Metres(limit_m)),
            None => (edges, Reach::Lattice),
        };
        Attempt::at(edges, reach, repairs, &options)?.judged(shapes, units, options.gap_free)
    }

    /// The ground of all units together. Costs the border with the outside.
    pub fn outline(&self) -> Shape {
        let Some(&one) = self.units().first() else { return Shape::default() };
        let whole = self.dissolve(|_| Some(one));
        whole.faces().next().map(|face| whole.shape(face)).unwrap_or_default()
    }
}

/// Shapes noded and settled, with what is left.
struct Attempt {
    edges: Edges,
    settled: Settled,
    repairs: Repairs,
}

impl Attempt {
    fn at(
        edges: Edges,
        reach: Reach,
        mut repairs: Repairs,
        options: &BuildOptions,
    ) -> Result<Self, Vec<Defect>> {
        let edges = insert::inserted(edges, reach, &mut repairs);
        let edges = round::arranged(edges, &mut repairs).map_err(|Tangle(at)| vec![judge::tangled(at)])?;
        repairs.folds(&edges.folded);
        let beyond = options.outline.iter().map(|_| (Face::OUTSIDE, 1)).collect();
        let ground = Ground::of(&edges, beyond);
        let settled = settle::settled(&edges, ground, options, reach, &mut repairs);
        Ok(Self { edges, settled, repairs })
    }

    /// The coverage and its ledger, or all defects.
    fn judged(
        self,
        shapes: &[(UnitId, Shape)],
        units: Vec<UnitId>,
        gap_free: bool,
    ) -> Result<Built, Vec<Defect>> {
        let mut defects = judge::defects(&self.edges, &self.settled, &units, &self.repairs);
        let held: HashSet<Face> = self.settled.owners.iter().copied().flatten().collect();
        let on_misfits = self.settled.misfits.iter().flat_map(|m| self.settled.ground.cover(m.0));
        let claimed: HashSet<Face> = on_misfits.map(|c| c.0).collect();
        for (i, &unit) in units.iter().enumerate() {
            let face = Face(i as u32 + 1);
            if !held.contains(&face) && !claimed.contains(&face) {
                defects.extend(shapes.iter().find(|s| s.0 == unit).map(|s| judge::vanished(unit, &s.1)));
            }
        }
        if !defects.is_empty() {
            return Err(defects);
        }
        let coverage = Coverage::from_segments(units, &self.segments());
        let mut ledger = self.repairs.into_ledger(coverage.units());
        if !ledger.is_empty() {
            ledger.areas = area_changes(shapes, &coverage);
        }
        let outline = gap_free.then(|| coverage.outline());
        let warnings = judge::slivers(&coverage);
        Ok(Built { coverage, outline, ledger, warnings })
    }

    /// The edges that part two owners, in order.
    fn segments(&self) -> Vec<Segment> {
        let side = |half: usize| {
            let face = self.settled.ground.face_of[half];
            self.settled.owners[face as usize].unwrap_or_default()
        };
        let segment = |i: usize| {
            let (a, b) = self.edges.ends(i);
            Segment { a, b, left: side(2 * i), right: side(2 * i + 1) }
        };
        (0..self.edges.len()).map(segment).filter(|s| s.left != s.right).collect()
    }
}

/// The units whose area in the coverage is not that of their shapes.
fn area_changes(shapes: &[(UnitId, Shape)], coverage: &Coverage) -> Vec<AreaChange> {
    let mut before: BTreeMap<UnitId, Vec<&Shape>> = BTreeMap::new();
    for (unit, shape) in shapes {
        before.entry(*unit).or_default().push(shape);
    }
    let change = |(unit, shapes): (UnitId, Vec<&Shape>)| {
        let after = coverage.shape(coverage.face(unit)?);
        let same = shapes.iter().map(|s| s.twice_area()).sum::<i128>() == after.twice_area();
        (!same).then(|| AreaChange {
            unit,
            before_m2: shapes.iter().map(|s| area::shape_m2(s)).sum(),
            after_m2: area::shape_m2(&after),
        })
    };
    before.into_iter().filter_map(change).collect()
}
