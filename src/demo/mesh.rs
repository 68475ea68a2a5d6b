//! The fine mesh that everything is cut from: triangles between scattered points, fenced by borders.
//!
//! A mesh point is an *atom* of ground: the part of each triangle nearest to it. Where a fence (a border
//! given beforehand) runs through a point, its ground on each side is an atom of its own. Units are sets
//! of atoms, and [`super::border`] draws the lines between them.

use super::plane;
use crate::geom::{Point, Ring};
use spade::{ConstrainedDelaunayTriangulation, Point2, Triangulation};
use std::collections::{HashMap, HashSet};

/// No region, no atom, no label.
pub const NONE: u32 = u32::MAX;

/// A piece of border given beforehand, with the point at which a new border may leave it.
#[derive(Clone, Copy, Debug)]
pub struct Fence {
    /// Its ends, as indices of mesh points.
    pub ends: [u32; 2],
    /// The lattice point between them where a border may meet it.
    pub middle: Point,
    /// The region on the left of `ends[0]` → `ends[1]` and the one on the right; or [`NONE`].
    pub sides: [u32; 2],
}

/// Points, triangles and atoms.
#[derive(Clone, Debug)]
pub struct Mesh {
    /// The points.
    pub points: Vec<Point>,
    /// Corners of each triangle, counter-clockwise, as indices of points.
    pub triangles: Vec<[u32; 3]>,
    /// The atom at each corner of each triangle; [`NONE`] outside all regions.
    pub corners: Vec<[u32; 3]>,
    /// The point of each atom.
    pub atoms: Vec<u32>,
    /// The region of each atom.
    pub regions: Vec<u32>,
    /// The ground of each atom in square metres.
    pub areas: Vec<f64>,
    /// Where a border may meet a fence, by the fence's ends (smaller index first).
    pub fences: HashMap<(u32, u32), Point>,
}

/// Why no mesh could be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MeshError {
    /// Given borders cross.
    #[error("borders must not cross, got a crossing at {} between {} and {}", .0, .1, .2)]
    Crossing(Point, Point, Point),
    /// The triangulation refused a point.
    #[error("points must be fit for a triangulation: {0}")]
    Refused(String),
}

impl Mesh {
    /// Triangulates points, with fences between some of them that no triangle crosses.
    ///
    /// Without fences all ground is region 0. With them a triangle belongs to the region on its side of
    /// the fences around it, and to none when it lies outside.
    pub fn new(points: Vec<Point>, fences: &[Fence]) -> Result<Self, MeshError> {
        let triangles = triangulate(&points, fences)?;
        let key = |a: u32, b: u32| (a.min(b), a.max(b));
        let middles = fences.iter().map(|f| (key(f.ends[0], f.ends[1]), f.middle)).collect();
        let twins = twins(&triangles);
        let regions = regions(&triangles, &twins, fences);
        let mut mesh = Self {
            points,
            triangles,
            corners: Vec::new(),
            atoms: Vec::new(),
            regions: Vec::new(),
            areas: Vec::new(),
            fences: middles,
        };
        mesh.make_atoms(&twins, &regions);
        Ok(mesh)
    }

    /// The fence between two points, if there is one: where a border may meet it.
    pub fn fence(&self, a: u32, b: u32) -> Option<Point> {
        self.fences.get(&(a.min(b), a.max(b))).copied()
    }

    /// The position of an atom in metres of the plane.
    pub fn position(&self, atom: u32) -> (f64, f64) {
        plane::metres(self.points[self.atoms[atom as usize] as usize])
    }

    /// All pairs of atoms that touch, each once, the smaller first.
    pub fn touching(&self) -> Vec<(u32, u32)> {
        let mut pairs: Vec<(u32, u32)> = self
            .corners
            .iter()
            .filter(|c| c[0] != NONE)
            .flat_map(|c| [(c[0], c[1]), (c[1], c[2]), (c[2], c[0])])
            .map(|(a, b)| (a.min(b), a.max(b)))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// Corners that lie at one point and are joined through triangles, not across fences, are one atom.
    fn make_atoms(&mut self, twins: &HashMap<(u32, u32), u32>, regions: &[u32]) {
        let mut groups = Groups::new(self.triangles.len() * 3);
        for (t, corners) in self.triangles.iter().enumerate().filter(|&(t, _)| regions[t] != NONE) {
            for k in 0..3 {
                let (a, b) = (corners[k], corners[(k + 1) % 3]);
                let Some(&other) = twins.get(&(b, a)) else { continue };
                let other = other as usize;
                if self.fence(a, b).is_some() || regions[other] == NONE {
                    continue;
                }
                for (corner, at) in [(a, k), (b, (k + 1) % 3)] {
                    let there = self.triangles[other].iter().position(|&c| c == corner);
                    groups.join(t * 3 + at, other * 3 + there.expect("twins share their ends"));
                }
            }
        }
        let mut numbers = vec![NONE; self.triangles.len() * 3];
        self.corners = vec![[NONE; 3]; self.triangles.len()];
        for t in (0..self.triangles.len()).filter(|&t| regions[t] != NONE) {
            let third = ground(self.triangles[t].map(|p| self.points[p as usize])) / 3.0;
            for k in 0..3 {
                let root = groups.root(t * 3 + k);
                if numbers[root] == NONE {
                    numbers[root] = self.atoms.len() as u32;
                    self.atoms.push(self.triangles[t][k]);
                    self.regions.push(regions[t]);
                    self.areas.push(0.0);
                }
                self.corners[t][k] = numbers[root];
                self.areas[numbers[root] as usize] += third;
            }
        }
    }
}

fn triangulate(points: &[Point], fences: &[Fence]) -> Result<Vec<[u32; 3]>, MeshError> {
    let positions = points.iter().map(|p| Point2::new(f64::from(p.x), f64::from(p.y))).collect();
    let edges = fences.iter().map(|f| f.ends.map(|e| e as usize)).collect();
    let mut conflict = None;
    let cdt = ConstrainedDelaunayTriangulation::<Point2<f64>>::try_bulk_load_cdt(positions, edges, |e| {
        conflict.get_or_insert(e);
    })
    .map_err(|e| MeshError::Refused(e.to_string()))?;
    if let Some([a, b]) = conflict {
        return Err(MeshError::Crossing(points[a], points[a], points[b]));
    }
    if cdt.num_vertices() != points.len() {
        return Err(MeshError::Refused("two points coincide".into()));
    }
    Ok(cdt.inner_faces().map(|f| f.vertices().map(|v| v.fix().index() as u32)).collect())
}

/// Which triangle has a directed edge.
fn twins(triangles: &[[u32; 3]]) -> HashMap<(u32, u32), u32> {
    let edges = |(t, c): (usize, &[u32; 3])| {
        let c = *c;
        (0..3).map(move |k| ((c[k], c[(k + 1) % 3]), t as u32))
    };
    triangles.iter().enumerate().flat_map(edges).collect()
}

/// Floods each region from the triangles at its fences.
fn regions(triangles: &[[u32; 3]], twins: &HashMap<(u32, u32), u32>, fences: &[Fence]) -> Vec<u32> {
    if fences.is_empty() {
        return vec![0; triangles.len()];
    }
    let mut regions = vec![NONE; triangles.len()];
    let mut open = Vec::new();
    let mut closed: HashSet<(u32, u32)> = HashSet::new();
    for fence in fences {
        let [a, b] = fence.ends;
        for (edge, region) in [((a, b), fence.sides[0]), ((b, a), fence.sides[1])] {
            closed.insert(edge);
            if let Some(&t) = twins.get(&edge).filter(|_| region != NONE) {
                regions[t as usize] = region;
                open.push(t as usize);
            }
        }
    }
    while let Some(t) = open.pop() {
        for k in 0..3 {
            let edge = (triangles[t][(k + 1) % 3], triangles[t][k]);
            if closed.contains(&edge) {
                continue;
            }
            if let Some(&next) = twins.get(&edge).filter(|&&n| regions[n as usize] == NONE) {
                regions[next as usize] = regions[t];
                open.push(next as usize);
            }
        }
    }
    regions
}

/// The ground of a triangle in square metres.
fn ground(corners: [Point; 3]) -> f64 {
    let shape = Ring::new(corners.to_vec()).map_or(0, |r| r.twice_area().abs());
    let middle = (i64::from(corners[0].y) + i64::from(corners[1].y) + i64::from(corners[2].y)) / 3;
    shape as f64 / 2.0 * plane::EAST * plane::NORTH * plane::square_metres(middle as i32)
}

/// Disjoint sets with path halving.
struct Groups(Vec<u32>);

impl Groups {
    fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.0[i] as usize != i {
            self.0[i] = self.0[self.0[i] as usize];
            i = self.0[i] as usize;
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b) as u32;
    }
}
