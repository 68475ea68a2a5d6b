//! Noding: where a path meets borders, both get a vertex.
//!
//! A vertex is put into a segment only if the triangle of the two holds no other vertex. The segment then
//! sweeps over nothing, so whatever was a partition stays one. A crossing is computed exactly and rounded to
//! the lattice once.

use crate::coverage::{Defect, DefectKind, pairs_between};
use crate::edit::chain::touches;
use crate::edit::resolve::defect;
use crate::edit::runs::Borders;
use crate::edit::side::{Place, Side, Sides, placed};
use crate::edit::state::{LayerView, Segments};
use crate::geom::{Bbox, Point, predicate};
use std::collections::{BTreeMap, BTreeSet};

/// So many rounds of noding are tried: each puts in what the one before made meet.
const ROUNDS: usize = 24;

/// The borders of some units, to be drawn on.
#[derive(Clone, Debug)]
pub struct Sheet {
    before: Segments,
    /// The segments as they are now.
    pub segments: Segments,
    /// The segments of all paths drawn, each in its direction.
    pub drawn: Vec<(Point, Point)>,
    vertices: BTreeSet<Point>,
    strokes: BTreeSet<Point>,
    /// The vertices that were put into borders, and of what segment each piece is one.
    entered: Vec<Point>,
    pieces: BTreeMap<Place, Place>,
    /// Who holds the ground where the first path begins: what lies around a path that meets no border.
    pub beneath: Side,
}

impl Sheet {
    /// The borders near paths and of the units given.
    pub fn around(view: &LayerView, paths: &[Vec<Point>], units: &[Side]) -> Self {
        let points = || paths.iter().flatten().copied();
        let beneath = points().next().map_or(Side::Outside, |p| view.owner(p));
        let mut sides = Bbox::of(points()).map(|b| view.around(b.grown(2))).unwrap_or_default();
        sides.extend(units.iter().copied().chain([beneath]).filter(|&s| s != Side::Outside));
        let segments = view.beside(&sides);
        let vertices = segments.keys().flat_map(|&(a, b)| [a, b]).collect();
        Self {
            before: segments.clone(),
            segments,
            drawn: Vec::new(),
            vertices,
            strokes: BTreeSet::new(),
            entered: Vec::new(),
            pieces: BTreeMap::new(),
            beneath,
        }
    }

    /// What was changed so far.
    pub fn difference(&self) -> Borders {
        Borders::between(&self.before, &self.segments)
    }

    /// Whether a border has that vertex.
    pub fn has_vertex(&self, p: Point) -> bool {
        self.vertices.contains(&p)
    }

    /// The segments that end in `p`.
    pub fn at(&self, p: Point) -> Vec<(Place, Sides)> {
        self.segments.iter().filter(|((a, b), _)| *a == p || *b == p).map(|(k, v)| (*k, *v)).collect()
    }

    /// What lies around a vertex.
    pub fn sides_at(&self, p: Point) -> BTreeSet<Side> {
        self.at(p).into_iter().flat_map(|(_, (l, r))| [l, r]).collect()
    }

    /// Makes `p` a vertex of the border on which it lies, up to rounding; `false` when it lies on none.
    pub fn pin(&mut self, p: Point) -> bool {
        if self.has_vertex(p) {
            return true;
        }
        let place =
            self.segments.keys().find(|&&(a, b)| touches(p, a, b) && self.may_enter(p, (a, b))).copied();
        place.inspect(|&place| self.insert(place, p)).is_some()
    }

    /// Draws a path: nodes it with all borders and with what was drawn before. Gives it back with its nodes.
    pub fn draw(&mut self, path: &[Point]) -> Result<Vec<Point>, Defect> {
        let mut path = path.to_vec();
        self.strokes.extend(&path);
        for _ in 0..ROUNDS {
            if !self.meet_vertices(&mut path) && !self.cross(&mut path)? {
                let mut seen = BTreeSet::new();
                let closed = usize::from(path.first() == path.last());
                if let Some(&at) = path[closed..].iter().find(|&&p| !seen.insert(p)) {
                    return Err(defect(
                        DefectKind::BadPath,
                        Some(at),
                        [],
                        "the path meets itself at a border".into(),
                    ));
                }
                self.drawn.extend(path.windows(2).map(|w| (w[0], w[1])));
                return Ok(path);
            }
        }
        let detail = "the path and the borders are too near each other to be told apart".into();
        Err(defect(DefectKind::Crossing, path.first().copied(), [], detail))
    }

    /// The pairs of a segment of the path and a border that may meet.
    fn meeting<T: Send>(&self, path: &[Point], visit: impl Fn(usize, Place) -> Option<T> + Sync) -> Vec<T> {
        let places: Vec<Place> = self.segments.keys().copied().collect();
        let boxes: Vec<Bbox> = places.iter().map(|&(a, b)| Bbox::between(a, b)).collect();
        let steps: Vec<Bbox> = path.windows(2).map(|w| Bbox::between(w[0], w[1]).grown(1)).collect();
        pairs_between(&steps, &boxes, |i, k| visit(i as usize, places[k as usize]))
    }

    /// Vertices of the one that lie on segments of the other become vertices of both.
    fn meet_vertices(&mut self, path: &mut Vec<Point>) -> bool {
        let points = path.clone();
        let mut into_borders = self.meeting(&points, |i, (a, b)| {
            let ends = [points[i], points[i + 1]].into_iter();
            let on = ends.filter(|&p| p != a && p != b && touches(p, a, b) && self.may_enter(p, (a, b)));
            on.map(|p| (p, (a, b))).next()
        });
        into_borders.sort_unstable();
        into_borders.dedup_by_key(|(_, place)| *place);
        into_borders.dedup_by_key(|(p, _)| *p);
        let mut met = false;
        for (p, place) in into_borders {
            if self.segments.contains_key(&place) && !self.has_vertex(p) {
                self.insert(place, p);
                met = true;
            }
        }
        if met {
            return true;
        }
        let on_path = self.meeting(&points, |i, (a, b)| {
            let (p, q) = (points[i], points[i + 1]);
            let on = |v: &Point| *v != p && *v != q && !self.strokes.contains(v) && touches(*v, p, q);
            let on: Vec<(usize, Point)> = [a, b].into_iter().filter(on).map(|v| (i, v)).collect();
            (!on.is_empty()).then_some(on)
        });
        self.put(path, on_path.into_iter().flatten().collect())
    }

    /// Puts points into segments of a path, each by the number of its segment, in their order along it.
    fn put(&mut self, path: &mut Vec<Point>, mut points: Vec<(usize, Point)>) -> bool {
        let along = |&(i, v): &(usize, Point)| {
            let (p, q) = (path[i], path[i + 1]);
            let (dx, dy) = (i128::from(q.x) - i128::from(p.x), i128::from(q.y) - i128::from(p.y));
            (i, (i128::from(v.x) - i128::from(p.x)) * dx + (i128::from(v.y) - i128::from(p.y)) * dy, v)
        };
        points.sort_by_cached_key(along);
        points.dedup();
        self.strokes.extend(points.iter().map(|(_, v)| *v));
        for &(i, v) in points.iter().rev() {
            path.insert(i + 1, v);
        }
        !points.is_empty()
    }

    /// Where the path crosses borders, both get a vertex; a border one at a time.
    fn cross(&mut self, path: &mut Vec<Point>) -> Result<bool, Defect> {
        let points = path.clone();
        let mut crossings = self.meeting(&points, |i, (a, b)| {
            let (p, q) = (points[i], points[i + 1]);
            predicate::cross_properly(p, q, a, b).then(|| ((a, b), i, crossing((p, q), (a, b))))
        });
        crossings.sort_unstable();
        crossings.dedup_by_key(|c| c.0);
        let crossed = !crossings.is_empty();
        let mut on_path = Vec::new();
        for (place, i, at) in crossings {
            if at != place.0 && at != place.1 {
                if !self.may_enter(at, place) {
                    let (left, right) = self.segments[&place];
                    let detail = "other borders are too near to cross here".into();
                    return Err(defect(DefectKind::Crossing, Some(at), [left, right], detail));
                }
                self.insert(place, at);
            }
            if at != points[i] && at != points[i + 1] {
                on_path.push((i, at));
            }
        }
        self.put(path, on_path);
        Ok(crossed)
    }

    /// Whether the triangle of a segment and a new vertex holds no other vertex.
    fn may_enter(&self, p: Point, (a, b): Place) -> bool {
        let (low, high) = (a.x.min(b.x).min(p.x), a.x.max(b.x).max(p.x));
        let span = Point::new(low, i32::MIN)..=Point::new(high, i32::MAX);
        let mut near = self.vertices.range(span.clone()).chain(self.strokes.range(span));
        predicate::on_segment(p, a, b)
            || !near.any(|&q| q != a && q != b && q != p && predicate::in_triangle(q, a, p, b))
    }

    fn insert(&mut self, place: Place, p: Point) {
        let Some(sides) = self.segments.remove(&place) else { return };
        let whole = self.pieces.remove(&place).unwrap_or(place);
        for (from, to) in [(place.0, p), (p, place.1)] {
            let (place, sides) = placed(from, to, sides);
            self.segments.insert(place, sides);
            self.pieces.insert(place, whole);
        }
        self.vertices.insert(p);
        self.entered.push(p);
    }

    /// Takes the vertices away again that were put into borders where nothing came of it: the segments on both
    /// sides are pieces of one, and nothing else ends there.
    pub fn heal(&mut self) {
        for p in std::mem::take(&mut self.entered) {
            let [(one, sides), (other, _)] = self.at(p)[..] else { continue };
            let Some(&whole) = self.pieces.get(&one).filter(|w| self.pieces.get(&other) == Some(w)) else {
                continue;
            };
            let far = |place: Place| if place.0 == p { place.1 } else { place.0 };
            let (from, to) = (far(one), far(other));
            let forward = if one.0 == from { sides } else { (sides.1, sides.0) };
            let (place, sides) = placed(from, to, forward);
            self.segments.remove(&one);
            self.segments.remove(&other);
            self.segments.insert(place, sides);
            self.pieces.insert(place, whole);
            self.vertices.remove(&p);
        }
    }
}

/// Where two segments that cross properly meet, rounded to the lattice once.
fn crossing((p, q): (Point, Point), (a, b): Place) -> Point {
    let (s, t) = (predicate::cross(a, b, p), predicate::cross(a, b, q));
    let whole = s - t;
    let at = |v: i32, w: i32| {
        let numerator = 2 * s * (i128::from(w) - i128::from(v)) + whole;
        let step =
            if whole > 0 { numerator.div_euclid(2 * whole) } else { (-numerator).div_euclid(-2 * whole) };
        (i128::from(v) + step) as i32
    };
    Point::new(at(p.x, q.x), at(p.y, q.y))
}
