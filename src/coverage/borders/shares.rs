//! How the accuracy circle is shared out among faces.
//!
//! The part of a face in a disc about `p` is what its border sweeps, seen from `p`: each segment adds the
//! signed area of the disc's part of the triangle `p a b` (Green's theorem about `p`). Where the segment
//! is inside the disc that is a triangle, where it is outside a sector. Every term is a continuous
//! function of the points, so a segment that only touches the circle, or a vertex on it, can be counted
//! either way and the sum does not jump. Nothing is cut, sorted or joined.

use super::super::{Coverage, Face};
use super::{Borders, Here};
use crate::geom::Point;
use rstar::AABB;
use std::f64::consts::{PI, TAU};

/// A share below this, a few square millimetres of a disc of 1 km, is rounding and not ground.
const NOTHING: f64 = 1e-12;

type Vector = (f64, f64);

impl Borders {
    /// The shares of the disc of `radius_m` metres about `p`, largest first, [`Face::OUTSIDE`] among
    /// them; they sum to 1 within 1e-9.
    ///
    /// The disc is round in the local metric at `p`. `owner` is the owner of `p`: it has the whole disc
    /// when no border comes near. A radius that is not positive gives the owner everything. Costs a few
    /// nanoseconds per segment of all faces in the disc.
    pub fn shares(&self, coverage: &Coverage, p: Point, radius_m: f64, owner: Face) -> Vec<(Face, f64)> {
        let here = Here::at(p);
        let faces = if radius_m > 0.0 { self.faces_within(coverage, &here, radius_m) } else { Vec::new() };
        if faces.is_empty() {
            return vec![(owner, 1.0)];
        }
        let disc = PI * radius_m * radius_m;
        let mut shares: Vec<(Face, f64)> = swept(coverage, &here, radius_m, &faces)
            .into_iter()
            .map(|(face, area)| (face, area / disc))
            .filter(|&(_, share)| share > NOTHING)
            .collect();
        let outside = 1.0 - shares.iter().map(|s| s.1).sum::<f64>();
        if faces[0] == Face::OUTSIDE && outside > NOTHING {
            shares.push((Face::OUTSIDE, outside));
        }
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        shares
    }

    /// The faces on both sides of the borders in the disc, ascending: all that have ground in it.
    fn faces_within(&self, coverage: &Coverage, here: &Here, radius_m: f64) -> Vec<Face> {
        let (dx, dy) = (radius_m / here.metric.east_m, radius_m / here.metric.north_m);
        let (x, y) = (f64::from(here.p.x), f64::from(here.p.y));
        let around = AABB::from_corners([x - dx, y - dy], [x + dx, y + dy]);
        let mut faces = Vec::new();
        for chunk in self.tree.locate_in_envelope_intersecting(&around) {
            let points = chunk.points(coverage);
            let mut segments = points.windows(2);
            if segments.any(|w| here.metric.distance_to_segment(here.p, w[0], w[1]) < radius_m) {
                let (left, right) = chunk.sides(coverage);
                faces.extend([left, right]);
            }
        }
        faces.sort_unstable();
        faces.dedup();
        faces
    }
}

/// The area of each face but the outside in the disc, in square metres; each arc is swept once.
fn swept(coverage: &Coverage, here: &Here, radius_m: f64, faces: &[Face]) -> Vec<(Face, f64)> {
    let mut areas: Vec<(Face, f64)> =
        faces.iter().filter(|&&f| f != Face::OUTSIDE).map(|&f| (f, 0.0)).collect();
    let mut arcs: Vec<u32> = Vec::new();
    for &(face, _) in &areas {
        let rings = coverage.patches(face).iter().flat_map(|p| std::iter::once(&p.outer).chain(&p.holes));
        arcs.extend(rings.flatten().map(|half| half.arc()));
    }
    arcs.sort_unstable();
    arcs.dedup();
    for number in arcs {
        let arc = coverage.arc(number);
        let area = Sweep::over(here, radius_m, &arc.points);
        for (face, area) in [(arc.left, area), (arc.right, -area)] {
            if let Ok(i) = areas.binary_search_by_key(&face, |a| a.0) {
                areas[i].1 += area;
            }
        }
    }
    areas
}

/// The signed area that a run of segments sweeps in the disc.
struct Sweep {
    radius: f64,
    /// Twice the area of the triangles.
    triangles: f64,
    /// The angle of the sectors.
    angle: f64,
    /// The start of the present run outside the disc, and how often it went round past the west.
    run: Option<(Vector, i32)>,
}

impl Sweep {
    fn over(here: &Here, radius: f64, points: &[Point]) -> f64 {
        let mut sweep = Self { radius, triangles: 0.0, angle: 0.0, run: None };
        let mut a = here.to(points[0]);
        for &point in &points[1..] {
            let b = here.to(point);
            sweep.segment(a, b);
            a = b;
        }
        sweep.end_run(a);
        0.5 * (sweep.triangles + radius * radius * sweep.angle)
    }

    fn segment(&mut self, a: Vector, b: Vector) {
        let Some((t0, t1)) = self.inside(a, b) else { return self.outside(a, b) };
        self.end_run(a);
        let along = |t: f64| (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
        let (enter, leave) = (along(t0), along(t1));
        if t0 > 0.0 {
            self.angle += turn(a, enter);
        }
        self.triangles += cross(enter, leave);
        if t1 < 1.0 {
            self.angle += turn(leave, b);
        }
    }

    /// Where along `a b` the disc begins and ends; `None` when the segment is outside it.
    fn inside(&self, a: Vector, b: Vector) -> Option<(f64, f64)> {
        let r = self.radius;
        let beyond = |u: f64, v: f64| (u > r && v > r) || (u < -r && v < -r);
        if beyond(a.0, b.0) || beyond(a.1, b.1) {
            return None;
        }
        let d = (b.0 - a.0, b.1 - a.1);
        let (length2, along) = (dot(d, d), dot(a, d));
        let root = (along * along - length2 * (dot(a, a) - r * r)).max(0.0).sqrt();
        let (t0, t1) = (((-along - root) / length2).max(0.0), ((root - along) / length2).min(1.0));
        (t0 < t1).then_some((t0, t1))
    }

    /// A segment outside the disc only turns. The angles at inner vertices cancel, so it is enough to
    /// count how often the run passes due west of `p`, where the angle jumps by a full turn.
    fn outside(&mut self, a: Vector, b: Vector) {
        let (_, turns) = self.run.get_or_insert((a, 0));
        match (a.1 >= 0.0, b.1 >= 0.0) {
            (true, false) if cross(a, b) > 0.0 => *turns += 1,
            (false, true) if cross(a, b) < 0.0 => *turns -= 1,
            _ => {}
        }
    }

    fn end_run(&mut self, end: Vector) {
        if let Some((start, turns)) = self.run.take() {
            self.angle += angle(end) - angle(start) + TAU * f64::from(turns);
        }
    }
}

fn cross(a: Vector, b: Vector) -> f64 {
    a.0 * b.1 - a.1 * b.0
}

fn dot(a: Vector, b: Vector) -> f64 {
    a.0 * b.0 + a.1 * b.1
}

/// The direction of a vector, from -π to π, with π and not -π due west.
fn angle(v: Vector) -> f64 {
    if v.1 == 0.0 && v.0 < 0.0 { PI } else { v.1.atan2(v.0) }
}

/// The angle from one vector to another, less than half a turn either way.
fn turn(a: Vector, b: Vector) -> f64 {
    cross(a, b).atan2(dot(a, b))
}
