//! The borders of the pieces: runs put together at their ends.

use super::nodes::Direction;
use super::walk::{Pair, Run, Stop};
use crate::geom::predicate::cmp_angle;

/// A run in one of its two directions: twice its number, and one more against it. The ring is that of the ground on
/// its left.
pub(super) type HalfRun = u32;

pub(super) fn run_of(half: HalfRun) -> usize {
    (half >> 1) as usize
}

pub(super) fn is_reversed(half: HalfRun) -> bool {
    half & 1 == 1
}

/// The pair of faces on the left of a half-run.
pub(super) fn left_of(runs: &[Run], half: HalfRun) -> Pair {
    let run = &runs[run_of(half)];
    if is_reversed(half) { run.right } else { run.left }
}

/// A closed border of connected ground: an outer one runs counter-clockwise, the border of a hole clockwise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ring {
    pub(super) pair: Pair,
    /// The first of its half-runs.
    pub(super) start: HalfRun,
    /// Positive for an outer ring.
    pub(super) area_m2: f64,
    pub(super) length_m: f64,
    /// Whether the first coverage has the same face on both sides of some of it.
    pub(super) is_cut: bool,
}

/// All rings, and which half-run follows which.
#[derive(Debug, Default)]
pub(super) struct Rings {
    pub(super) next: Vec<HalfRun>,
    pub(super) rings: Vec<Ring>,
}

/// The runs do not fit together: what was laid over each other were no coverages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the borders of the two layers do not fit together near a run of {pair:?}")]
pub struct Torn {
    /// The faces beside the run.
    pub pair: [u32; 2],
}

impl Rings {
    /// Puts the runs beside the ground that `keep` takes together to its rings. Fails when the ground on the left
    /// changes on the way round.
    pub(super) fn of(runs: &[Run], keep: impl Fn(Pair) -> bool) -> Result<Self, Torn> {
        let next = successors(runs);
        let mut seen = vec![false; next.len()];
        let mut rings = Vec::new();
        for start in 0..next.len() as HalfRun {
            if seen[start as usize] || !keep(left_of(runs, start)) {
                continue;
            }
            let mut ring =
                Ring { pair: left_of(runs, start), start, area_m2: 0.0, length_m: 0.0, is_cut: false };
            let mut half = start;
            while !std::mem::replace(&mut seen[half as usize], true) {
                let run = &runs[run_of(half)];
                ring.area_m2 += if is_reversed(half) { -run.sweep_m2 } else { run.sweep_m2 };
                ring.length_m += run.length_m;
                ring.is_cut |= run.left[0] == run.right[0];
                if left_of(runs, half) != ring.pair {
                    return Err(Torn { pair: ring.pair.map(|face| face.0) });
                }
                half = next[half as usize];
            }
            rings.push(ring);
        }
        Ok(Self { next, rings })
    }

    /// The half-runs of a ring, in order.
    pub(super) fn half_runs(&self, ring: &Ring) -> impl Iterator<Item = HalfRun> + use<'_> {
        let start = ring.start;
        let following = move |&half: &HalfRun| Some(self.next[half as usize]).filter(|&next| next != start);
        std::iter::successors(Some(start), following)
    }
}

/// The half-run after each: at its end, the one that leaves nearest to the way back on its left side.
fn successors(runs: &[Run]) -> Vec<HalfRun> {
    let mut out: Vec<(Stop, Direction, HalfRun)> = Vec::with_capacity(2 * runs.len());
    for (i, run) in runs.iter().enumerate() {
        let half = 2 * i as HalfRun;
        out.push((run.ends[0], run.ways[0], half));
        out.push((run.ends[1], run.ways[1], half + 1));
    }
    out.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| cmp_angle(a.1, b.1)));
    let mut next = vec![0; out.len()];
    for at_stop in out.chunk_by(|a, b| a.0 == b.0) {
        for (k, &(_, _, leaving)) in at_stop.iter().enumerate() {
            let before = at_stop[k.checked_sub(1).unwrap_or(at_stop.len() - 1)].2;
            next[(leaving ^ 1) as usize] = before;
        }
    }
    next
}
