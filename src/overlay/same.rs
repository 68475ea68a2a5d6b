//! What of their borders two coverages have in common, segment for segment.
//!
//! Most borders of police grids follow those of grids, vertex for vertex. Between two vertices at which something
//! begins or ends, such a stretch needs no look at what meets there: nothing else can, as both are coverages.

use super::lines::{Lines, Segment};
use crate::geom::Point;

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
        let twins = twins(a, b);
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
    #[inline]
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
    #[inline]
    pub(super) fn is_same(&self, of: usize, number: u32) -> bool {
        self.is_same[of][number as usize]
    }

    #[inline]
    fn comes_on(&self, of: usize, number: usize) -> bool {
        number.checked_sub(1).is_some_and(|before| self.goes_on[of][before])
    }
}

/// For each segment of `a`, the number of the same one in `b`, or `NONE`.
fn twins(a: &Lines, b: &Lines) -> Vec<u32> {
    let table = Table::of(b);
    let mut twins = vec![NONE; a.segments.len()];
    let mut before = NONE;
    for (segment, twin) in a.segments.iter().zip(&mut twins) {
        // Mostly it is the next one, in the other's direction or against it.
        let is_it =
            |&near: &u32| b.segments.get(near as usize).is_some_and(|other| ends(other) == ends(segment));
        let beside = [before.wrapping_add(1), before.wrapping_sub(1)];
        let next = if before == NONE { None } else { beside.into_iter().find(is_it) };
        *twin = next.or_else(|| table.find(segment, b)).unwrap_or(NONE);
        before = *twin;
    }
    twins
}

/// Segments by their ends: numbers in a table of a power of two of places, the next free one after that of the hash.
struct Table {
    places: Vec<u32>,
}

impl Table {
    fn of(lines: &Lines) -> Self {
        let mut table = Self { places: vec![NONE; (2 * lines.segments.len() + 1).next_power_of_two()] };
        for (number, segment) in lines.segments.iter().enumerate() {
            let free = table.way(segment).find(|&place| table.places[place] == NONE);
            table.places[free.expect("half of the table stays free")] = number as u32;
        }
        table
    }

    fn find(&self, segment: &Segment, lines: &Lines) -> Option<u32> {
        let taken = self.way(segment).map(|place| self.places[place]).take_while(|&number| number != NONE);
        taken.into_iter().find(|&number| ends(lines.segment(number)) == ends(segment))
    }

    /// The places to look at, in their order, once round.
    fn way(&self, segment: &Segment) -> impl Iterator<Item = usize> + use<> {
        let mask = self.places.len() - 1;
        let bits = |p: Point| u64::from(p.x.cast_unsigned()) << 32 | u64::from(p.y.cast_unsigned());
        let (a, b) = ends(segment);
        // Folded multiplication by odd constants spreads neighbours over the table.
        let product =
            u128::from(bits(a) ^ 0x9e37_79b9_7f4a_7c15) * u128::from(bits(b) ^ 0xc2b2_ae3d_27d4_eb4f);
        let start = (product ^ product >> 64) as usize & mask;
        (0..=mask).map(move |step| (start + step) & mask)
    }
}

/// The two ends, whatever the direction.
#[inline]
fn ends(segment: &Segment) -> (Point, Point) {
    (segment.from.min(segment.to), segment.from.max(segment.to))
}
