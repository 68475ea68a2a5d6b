//! What lies around a point: the nearest border, the nearest unit, the shares of an accuracy circle.
//!
//! Arcs are cut into chunks of at most [`CHUNK`] segments, and their boxes put into an R-tree. All
//! distances are taken in the ellipsoid's local metric at the point ([`Metric`]): east and north are
//! scaled each by its own radius, so the tree's boxes, which are in lattice units, serve every latitude.

mod nearest;
mod shares;

pub use nearest::NearestBorder;

use super::{Coverage, Face, Renumbered};
use crate::geom::{Bbox, Point, metric::Metric};
use rstar::{AABB, RTree, RTreeNode, RTreeObject};
use std::borrow::Cow;

/// Segments in a chunk: a leaf is then about as cheap to search as a node of the tree.
const CHUNK: usize = 8;

/// The borders of one coverage, by place.
///
/// It holds boxes and numbers but no points: give each question the coverage that it was built from.
#[derive(Clone, Debug)]
pub struct Borders {
    tree: RTree<Chunk>,
}

/// A run of segments of one arc and its box.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Chunk {
    bbox: Bbox,
    arc: u32,
    /// The place of the first point in the coverage.
    first: u32,
    /// The number of points, one more than segments.
    len: u32,
}

impl RTreeObject for Chunk {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        let corner = |p: Point| [f64::from(p.x), f64::from(p.y)];
        AABB::from_corners(corner(self.bbox.min), corner(self.bbox.max))
    }
}

impl Chunk {
    fn points<'a>(&self, coverage: &'a Coverage) -> Cow<'a, [Point]> {
        coverage.points.run(self.first, self.len)
    }

    fn sides(&self, coverage: &Coverage) -> (Face, Face) {
        let arc = &coverage.arcs[self.arc as usize];
        (arc.left, arc.right)
    }
}

/// The chunks of an arc.
fn chunks(coverage: &Coverage, number: u32) -> impl Iterator<Item = Chunk> + '_ {
    let arc = coverage.arcs[number as usize];
    let last = arc.first + arc.len - 1;
    (arc.first..last).step_by(CHUNK).map(move |first| {
        let len = (last - first).min(CHUNK as u32) + 1;
        let points = coverage.points.run(first, len);
        let bbox = Bbox::of(points.iter().copied()).expect("a chunk has at least two points");
        Chunk { bbox, arc: number, first, len }
    })
}

impl Borders {
    /// Builds the tree over all arcs of a coverage. Costs about 0.2 µs per segment.
    pub fn build(coverage: &Coverage) -> Self {
        let numbers = 0..coverage.arcs.len() as u32;
        Self { tree: RTree::bulk_load(numbers.flat_map(|arc| chunks(coverage, arc)).collect()) }
    }

    /// The borders of a coverage that follows the one from which these were built. Costs a copy of the tree.
    #[must_use]
    pub fn after(&self, (before, after): (&Coverage, &Coverage), renumbered: &Renumbered) -> Self {
        let mut tree = self.tree.clone();
        for gone in (0..before.arcs.len() as u32).filter(|&arc| renumbered.get(arc).is_none()) {
            for chunk in chunks(before, gone) {
                tree.remove(&chunk);
            }
        }
        for chunk in &mut tree {
            let arc = renumbered.get(chunk.arc).expect("the chunks of the others were removed");
            let along = chunk.first - before.arcs[chunk.arc as usize].first;
            (chunk.arc, chunk.first) = (arc, after.arcs[arc as usize].first + along);
        }
        let mut stays = vec![false; after.arcs.len()];
        renumbered.0.iter().flatten().for_each(|&arc| stays[arc as usize] = true);
        for new in (0..after.arcs.len() as u32).filter(|&arc| !stays[arc as usize]) {
            chunks(after, new).for_each(|chunk| tree.insert(chunk));
        }
        Self { tree }
    }

    /// The numbers of the arcs that may reach into a box, ascending: all that have a vertex in it or a segment through it,
    /// and some that only come near.
    pub fn arcs_near(&self, around: Bbox) -> Vec<u32> {
        let corner = |p: Point| [f64::from(p.x), f64::from(p.y)];
        let around = AABB::from_corners(corner(around.min), corner(around.max));
        let mut arcs: Vec<u32> =
            self.tree.locate_in_envelope_intersecting(&around).map(|chunk| chunk.arc).collect();
        arcs.sort_unstable();
        arcs.dedup();
        arcs
    }

    /// The memory it holds in bytes: leaves, and a node for every few of them.
    pub fn bytes(&self) -> usize {
        let leaf = size_of::<RTreeNode<Chunk>>();
        // Every node of rstar holds up to six children; a tree loaded at once is nearly full.
        size_of::<Self>() + self.tree.size() * leaf * 6 / 5
    }
}

/// A place and the metric there.
#[derive(Clone, Copy)]
struct Here {
    p: Point,
    metric: Metric,
}

impl Here {
    fn at(p: Point) -> Self {
        Self { p, metric: Metric::at(p) }
    }

    /// The vector to a lattice point in metres.
    fn to(&self, q: Point) -> (f64, f64) {
        self.metric.vector(self.p, q)
    }

    /// The squared distance in metres to a box; 0 inside.
    fn gap2(&self, b: &AABB<[f64; 2]>) -> f64 {
        let gap = |v: i32, low: f64, high: f64| (low - f64::from(v)).max(f64::from(v) - high).max(0.0);
        let (low, high) = (b.lower(), b.upper());
        let east = gap(self.p.x, low[0], high[0]) * self.metric.east_m;
        let north = gap(self.p.y, low[1], high[1]) * self.metric.north_m;
        east * east + north * north
    }
}
