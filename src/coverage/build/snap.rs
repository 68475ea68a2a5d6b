//! Snapping with consent: vertices of different units within the tolerance become one.

use super::edges::Edges;
use super::reach::{Reach, distance_m};
use super::repairs::Repairs;
use crate::coverage::arcs::Face;
use crate::geom::{Bbox, Point};
use std::cmp::Reverse;
use std::collections::HashMap;

/// A vertex with the units whose border it is on.
struct Vertex {
    at: Point,
    faces: Vec<Face>,
    /// Whether it stays in any case: it is on the outline, or all borders at it fit.
    pinned: bool,
}

/// Moves vertices on borders that do not fit onto those of other units within the tolerance.
///
/// A vertex of the outline stays, and one at which all borders fit; of the others first those that most
/// units agree on. Each of the rest goes to the nearest that stayed, or stays itself. Two vertices of one
/// unit never become one, so that no border is thinned and none folds: only neighbours are brought
/// together. No vertex moves farther than `limit_m`.
pub(super) fn snapped(edges: &Edges, limit_m: f64, repairs: &mut Repairs) -> Edges {
    let mut vertices = vertices(edges);
    vertices.sort_by_key(|v| (!v.pinned, Reverse(v.faces.len()), v.at));
    let mut stayed = Stayed::new(limit_m, &vertices);
    let mut target: HashMap<Point, Point> = HashMap::new();
    for vertex in vertices {
        let nearest = if vertex.pinned { None } else { stayed.nearest(&vertex) };
        match nearest {
            None => stayed.add(vertex),
            Some(place) => {
                let to = stayed.vertices[place].at;
                target.insert(vertex.at, to);
                repairs.snapped(vertex.at, to, vertex.faces.clone());
                stayed.vertices[place].faces.extend(vertex.faces);
            }
        }
    }
    edges.moved(|p| target.get(&p).copied().unwrap_or(p))
}

/// All vertices, ascending.
fn vertices(edges: &Edges) -> Vec<Vertex> {
    let mut ends: Vec<(Point, Face, bool)> = (0..edges.len())
        .flat_map(|i| {
            let ((a, b), fits) = (edges.ends(i), edges.fits(i));
            edges.claims(i).iter().flat_map(move |c| [(a, c.face, fits), (b, c.face, fits)])
        })
        .collect();
    ends.sort_unstable();
    let vertex = |group: &[(Point, Face, bool)]| {
        let mut faces: Vec<Face> = group.iter().map(|g| g.1).collect();
        faces.dedup();
        let pinned = faces[0] == Face::OUTSIDE || group.iter().all(|g| g.2);
        Vertex { at: group[0].0, faces, pinned }
    };
    ends.chunk_by(|s, t| s.0 == t.0).map(vertex).collect()
}

/// The vertices that stay, in cells as large as the tolerance.
struct Stayed {
    limit_m: f64,
    cell: i64,
    cells: HashMap<(i64, i64), Vec<usize>>,
    vertices: Vec<Vertex>,
}

impl Stayed {
    fn new(limit_m: f64, vertices: &[Vertex]) -> Self {
        let whole = Bbox::of(vertices.iter().map(|v| v.at))
            .unwrap_or(Bbox::between(Point::default(), Point::default()));
        let cell = i64::from(whole.min.x) - i64::from(Reach::Metres(limit_m).around(whole).min.x);
        Self { limit_m, cell: cell.max(1), cells: HashMap::new(), vertices: Vec::new() }
    }

    fn cell(&self, p: Point) -> (i64, i64) {
        (i64::from(p.x).div_euclid(self.cell), i64::from(p.y).div_euclid(self.cell))
    }

    fn add(&mut self, vertex: Vertex) {
        let cell = self.cell(vertex.at);
        self.cells.entry(cell).or_default().push(self.vertices.len());
        self.vertices.push(vertex);
    }

    /// The nearest vertex within the tolerance that shares no unit with this one; of two equally near the
    /// smaller.
    fn nearest(&self, vertex: &Vertex) -> Option<usize> {
        let (x, y) = self.cell(vertex.at);
        let around = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
        let here = around.filter_map(|cell| self.cells.get(&cell)).flatten().copied();
        here.map(|i| (distance_m(vertex.at, self.vertices[i].at), i))
            .filter(|&(distance, _)| distance <= self.limit_m)
            .filter(|&(_, i)| !self.vertices[i].faces.iter().any(|f| vertex.faces.contains(f)))
            .min_by(|s, t| s.0.total_cmp(&t.0).then(self.vertices[s.1].at.cmp(&self.vertices[t.1].at)))
            .map(|(_, i)| i)
    }
}
