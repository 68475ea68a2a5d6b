//! The water grids: a ribbon along the Li River, cut across, and along the middle where it is wide.

use super::course::{Course, STEP};
use super::facts::Waypoint;
use super::plane;
use super::random;
use crate::geom::{Point, Polygon, Ring, Shape};

/// Sections of the river; the widest ones are parted into a left and a right grid.
const SECTIONS: usize = 150;
/// Water grids.
pub const GRIDS: usize = 196;
/// Width of the river in metres at its source and at its end.
const WIDTHS: (f64, f64) = (60.0, 250.0);

/// The share of a bend's radius that half the river may take.
const RADIUS_SHARE: f64 = 0.5;
/// How much wider half the river may be for each metre away from a bend.
const WIDENING: f64 = 0.15;

/// Where each reach begins (number of the way-point, from 0) and what it is called.
const REACHES: [(usize, &str); 7] = [
    (0, "漓江源头段"),
    (6, "漓江溶江段"),
    (10, "漓江桂林城区段"),
    (20, "漓江大圩段"),
    (29, "漓江草坪杨堤段"),
    (36, "漓江兴坪阳朔段"),
    (44, "漓江平乐段"),
];

/// A water grid.
#[derive(Clone, Debug)]
pub struct Water {
    /// Index of its reach in [`reaches`].
    pub reach: usize,
    /// 左岸 or 右岸 where the river is parted.
    pub bank: Option<&'static str>,
    /// Its ground.
    pub shape: Shape,
}

/// The names of the reaches, downstream.
pub fn reaches() -> impl Iterator<Item = &'static str> {
    REACHES.iter().map(|r| r.1)
}

/// The water grids, downstream, the left bank first.
pub fn grids(river: &[Waypoint], course: &Course, seed: u64) -> Vec<Water> {
    let line = &course.line;
    if line.len() < 2 * SECTIONS {
        return Vec::new();
    }
    let banks = Banks::of(line, seed);
    let starts = starts(river, line);
    let cut = |k: usize| k * (line.len() - 1) / SECTIONS;
    let mut grids = Vec::new();
    for k in 0..SECTIONS {
        let (from, to) = (cut(k), cut(k + 1));
        let reach = starts.iter().rposition(|&s| s <= usize::midpoint(from, to)).unwrap_or(0);
        let mut add = |bank, shape| grids.push(Water { reach, bank, shape });
        if k >= SECTIONS - (GRIDS - SECTIONS) {
            add(Some("左岸"), between(&banks.middle[from..=to], &banks.left[from..=to]));
            add(Some("右岸"), between(&banks.right[from..=to], &banks.middle[from..=to]));
        } else {
            let (right, left) = (&banks.right[from..=to], &banks.left[from..=to]);
            let mut ring = right.to_vec();
            ring.push(banks.middle[to]);
            ring.extend(left.iter().rev());
            ring.push(banks.middle[from]);
            add(None, shape(ring));
        }
    }
    grids
}

/// Vertices of the two banks and of the middle line.
struct Banks {
    left: Vec<Point>,
    middle: Vec<Point>,
    right: Vec<Point>,
}

impl Banks {
    fn of(line: &[(f64, f64)], seed: u64) -> Self {
        let n = line.len();
        let normals = normals(line);
        let room = room(line, &normals);
        let mut banks = Self { left: Vec::new(), middle: Vec::new(), right: Vec::new() };
        for (i, &at) in line.iter().enumerate() {
            let width = WIDTHS.0 + (WIDTHS.1 - WIDTHS.0) * i as f64 / n as f64;
            let half = |side: u64| {
                let wish =
                    width / 2.0 * (0.8 + 0.4 * random::noise(seed ^ side, (i as f64 * STEP, 0.0), 600.0));
                wish.min(room[i])
            };
            let bank = |half: f64| plane::lattice((at.0 + normals[i].0 * half, at.1 + normals[i].1 * half));
            banks.left.push(bank(half(1)));
            banks.middle.push(plane::lattice(at));
            banks.right.push(bank(-half(2)));
        }
        banks
    }
}

/// The direction to the left of the line at each of its points, one metre long.
fn normals(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let normal = |i: usize| {
        let (a, b) = (line[i.saturating_sub(1)], line[(i + 1).min(line.len() - 1)]);
        let length = plane::distance(a, b);
        ((a.1 - b.1) / length, (b.0 - a.0) / length)
    };
    (0..line.len()).map(normal).collect()
}

/// How wide a bank may lie from the middle so that it never folds back: in a bend less than the radius
/// that the middle turns with there, and beside a bend only gradually more, because the legs of a sharp
/// one stay near each other.
fn room(line: &[(f64, f64)], normals: &[(f64, f64)]) -> Vec<f64> {
    let mut room = vec![f64::INFINITY; line.len()];
    for i in 1..line.len() {
        let radius =
            plane::distance(line[i - 1], line[i]) / plane::distance(normals[i - 1], normals[i]).max(1e-9);
        room[i - 1] = room[i - 1].min(RADIUS_SHARE * radius);
        room[i] = room[i].min(RADIUS_SHARE * radius);
    }
    for i in 1..room.len() {
        room[i] = room[i].min(room[i - 1] + WIDENING * STEP);
    }
    for i in (1..room.len()).rev() {
        room[i - 1] = room[i - 1].min(room[i] + WIDENING * STEP);
    }
    room
}

/// The ground between two lines that run the same way, the first one on the right.
fn between(right: &[Point], left: &[Point]) -> Shape {
    shape(right.iter().chain(left.iter().rev()).copied().collect())
}

fn shape(ring: Vec<Point>) -> Shape {
    Shape(Ring::new(ring).map(Polygon::simple).into_iter().collect()).canonical()
}

/// The sample of the line at which each reach begins.
fn starts(river: &[Waypoint], line: &[(f64, f64)]) -> Vec<usize> {
    let nearest = |p: (f64, f64)| {
        let apart = |&i: &usize| plane::distance(line[i], p);
        (0..line.len()).min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(0)
    };
    let start = |&(n, _): &(usize, &str)| river.get(n).map_or(line.len(), |w| nearest(plane::metres(w.at)));
    REACHES.iter().enumerate().map(|(k, reach)| if k == 0 { 0 } else { start(reach) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::{BuildOptions, Coverage};
    use crate::demo::Facts;
    use crate::unit::UnitId;

    #[test]
    fn the_water_grids_are_a_coverage_of_the_promised_number_whatever_the_seed() {
        let river = Facts::guilin().unwrap().river;
        for seed in 0..20 {
            let grids = grids(&river, &Course::new(&river, seed), seed);
            assert_eq!(grids.len(), GRIDS, "seed {seed}");
            assert!((0..REACHES.len()).all(|r| grids.iter().any(|g| g.reach == r)), "seed {seed}");
            let named = |(i, g): (usize, &Water)| (UnitId::try_from(i as u64 + 1).unwrap(), g.shape.clone());
            let shapes: Vec<_> = grids.iter().enumerate().map(named).collect();
            let built = Coverage::build(&shapes, &BuildOptions::default());
            assert!(built.is_ok_and(|b| b.ledger.is_empty()), "seed {seed}");
        }
    }
}
