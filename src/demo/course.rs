//! The course of the river: a bent line, and whether a step leads across it.

use super::facts::Waypoint;
use super::plane;
use super::random::Dice;
use std::collections::HashMap;

/// Metres of a cell of the index.
const CELL: f64 = 1000.0;
/// Longest straight piece of river in metres; longer ones are bent.
const STRAIGHT: f64 = 900.0;
/// Metres between two points of the line.
pub const STEP: f64 = 70.0;

/// The middle line of the river from its source downstream, at equal steps.
#[derive(Clone, Debug)]
pub struct Course {
    /// Points of the line in metres of the plane.
    pub line: Vec<(f64, f64)>,
    /// Numbers of the segments that touch a cell.
    cells: HashMap<(i64, i64), Vec<usize>>,
}

impl Course {
    /// The course through some places; what lies between them is chance.
    pub fn new(river: &[Waypoint], seed: u64) -> Self {
        let line = resampled(&smoothed(bent(river, seed)));
        let mut cells: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
        for (i, w) in line.windows(2).enumerate() {
            for cell in cells_between(w[0], w[1]) {
                cells.entry(cell).or_default().push(i);
            }
        }
        Self { line, cells }
    }

    /// Whether the straight way between two positions crosses the river.
    pub fn parts(&self, a: (f64, f64), b: (f64, f64)) -> bool {
        let crosses = |&i: &usize| {
            let (c, d) = (self.line[i], self.line[i + 1]);
            side(a, b, c) != side(a, b, d) && side(c, d, a) != side(c, d, b)
        };
        cells_between(a, b).any(|cell| self.cells.get(&cell).is_some_and(|list| list.iter().any(crosses)))
    }
}

/// Whether `c` lies left of the line from `a` to `b`.
fn side(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> bool {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0) > 0.0
}

/// The cells of the box around two positions.
fn cells_between(a: (f64, f64), b: (f64, f64)) -> impl Iterator<Item = (i64, i64)> {
    let cell = |v: f64| (v / CELL).floor() as i64;
    let (west, east) = (cell(a.0.min(b.0)), cell(a.0.max(b.0)));
    let (south, north) = (cell(a.1.min(b.1)), cell(a.1.max(b.1)));
    (west..=east).flat_map(move |x| (south..=north).map(move |y| (x, y)))
}

/// The river as a line whose long straight pieces are bent by chance, first the longest.
fn bent(river: &[Waypoint], seed: u64) -> Vec<(f64, f64)> {
    let mut dice = Dice::new(seed, 31);
    let mut line: Vec<(f64, f64)> = river.iter().map(|w| plane::metres(w.at)).collect();
    while line.windows(2).any(|w| plane::distance(w[0], w[1]) > STRAIGHT) {
        let mut finer = Vec::with_capacity(line.len() * 2);
        for w in line.windows(2) {
            finer.push(w[0]);
            let length = plane::distance(w[0], w[1]);
            if length > STRAIGHT {
                let (middle, push) = (plane::middle(w[0], w[1]), dice.between(-0.2, 0.2));
                let across = ((w[0].1 - w[1].1) * push, (w[1].0 - w[0].0) * push);
                finer.push((middle.0 + across.0, middle.1 + across.1));
            }
        }
        finer.extend(line.last());
        line = finer;
    }
    line
}

/// The line with its corners cut three times (Chaikin); its ends stay.
fn smoothed(mut line: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    for _ in 0..3 {
        let mut cut: Vec<(f64, f64)> = line.first().copied().into_iter().collect();
        for w in line.windows(2) {
            let at = |t: f64| (w[0].0 + (w[1].0 - w[0].0) * t, w[0].1 + (w[1].1 - w[0].1) * t);
            cut.extend([at(0.25), at(0.75)]);
        }
        cut.extend(line.last());
        line = cut;
    }
    line
}

/// The line at equal steps.
fn resampled(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = line.first().copied().into_iter().collect();
    let mut left = STEP;
    for w in line.windows(2) {
        let length = plane::distance(w[0], w[1]);
        let mut done = 0.0;
        while length - done >= left {
            done += left;
            left = STEP;
            let t = done / length;
            points.push((w[0].0 + (w[1].0 - w[0].0) * t, w[0].1 + (w[1].1 - w[0].1) * t));
        }
        left -= length - done;
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Facts;

    #[test]
    fn a_step_over_the_river_is_parted_and_one_along_it_is_not() {
        let course = Course::new(&Facts::guilin().unwrap().river, 1);
        for k in [100, 900, 1900] {
            let (p, q) = (course.line[k], course.line[k + 1]);
            let across = (p.1 - q.1, q.0 - p.0);
            let beside =
                |t: f64| (f64::midpoint(p.0, q.0) + across.0 * t, f64::midpoint(p.1, q.1) + across.1 * t);
            assert!(course.parts(beside(0.5), beside(-0.5)), "{k}");
            assert!(!course.parts(beside(0.5), beside(0.6)), "{k}");
        }
    }
}
