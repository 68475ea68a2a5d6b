//! What of their borders two coverages have in common, segment for segment.
//!
//! Most borders of police grids follow those of grids, vertex for vertex. Between two vertices at which something
//! begins or ends, such a stretch needs no look at what meets there: nothing else can, as both are coverages.

use super::lines::{Lines, Segment};
use crate::geom::Point;
use std::collections::HashMap;

const NONE: u32 = u32::MAX;

/// The segments that two coverages have in common, and the vertices at which both just go on.
#[derive(Debug)]
pub(super) struct Same {
    /// For each segment of each coverage, whether the other has it.
    is_same: [Vec<bool>; 2],
    /// Whether both coverages go on at its end to a segment that both have.
    goes_on: [Vec<bool>; 2],
}

impl Same {
    pub(super) fn of([a, b]: [&Lines; 2]) -> Self {
        let number: HashMap<u128, u32, foldhash::fast::FixedState> =
            b.segments.iter().enumerate().map(|(j, segment)| (key(segment), j as u32)).collect();
        let twins: Vec<u32> =
            a.segments.iter().map(|segment| number.get(&key(segment)).copied().unwrap_or(NONE)).collect();
        let mut same = Self {
            is_same: [twins.iter().map(|&twin| twin != NONE).collect(), vec![false; b.segments.len()]],
            goes_on: [vec![false; a.segments.len()], vec![false; b.segments.len()]],
        };
        for &twin in twins.iter().filter(|&&twin| twin != NONE) {
            same.is_same[1][twin as usize] = true;
        }
        let mut is_last = vec![false; b.segments.len()];
        for chain in b.chains() {
            is_last[chain.end as usize - 1] = true;
        }
        for chain in a.chains() {
            for k in chain.start as usize..chain.end as usize - 1 {
                let (here, ahead) = (twins[k], twins[k + 1]);
                let lower = here.min(ahead);
                if here != NONE && ahead != NONE && here.abs_diff(ahead) == 1 && !is_last[lower as usize] {
                    same.goes_on[0][k] = true;
                    same.goes_on[1][lower as usize] = true;
                }
            }
        }
        same
    }

    /// Whether a segment is in the middle of a common stretch: nothing meets it but its twin.
    pub(super) fn is_within(&self, of: usize, number: u32) -> bool {
        let number = number as usize;
        self.goes_on[of][number] && self.comes_on(of, number)
    }

    /// Whether both coverages just go on at that vertex of a segment.
    pub(super) fn passes(&self, of: usize, number: u32, lines: &Lines, vertex: Point) -> bool {
        let segment = lines.segment(number);
        let number = number as usize;
        (vertex == segment.to && self.goes_on[of][number])
            || (vertex == segment.from && self.comes_on(of, number))
    }

    /// Whether the other coverage has a segment too.
    pub(super) fn is_same(&self, of: usize, number: u32) -> bool {
        self.is_same[of][number as usize]
    }

    fn comes_on(&self, of: usize, number: usize) -> bool {
        number.checked_sub(1).is_some_and(|before| self.goes_on[of][before])
    }
}

/// The two ends, whatever the direction.
fn key(segment: &Segment) -> u128 {
    let bits = |p: Point| u128::from(p.x.cast_unsigned()) << 32 | u128::from(p.y.cast_unsigned());
    let (a, b) = (bits(segment.from), bits(segment.to));
    a.min(b) << 64 | a.max(b)
}
