//! Which segments of two coverages come near each other.

use super::lines::Lines;
use crate::coverage::pairs_between;
use crate::geom::Bbox;
use std::ops::Range;

/// How many segments share a box: with fewer there are more boxes to sort, with more there are more segments to compare.
const TOGETHER: u32 = 12;

/// Some segments of some lines, a few neighbours together in a box.
pub(super) struct Chunks<'a> {
    lines: &'a Lines,
    numbers: Vec<Range<u32>>,
    boxes: Vec<Bbox>,
}

impl<'a> Chunks<'a> {
    /// The segments whose numbers `keep` takes, their boxes grown by a margin in lattice units.
    pub(super) fn of(lines: &'a Lines, margin: i32, keep: impl Fn(u32) -> bool) -> Self {
        let mut numbers: Vec<Range<u32>> = Vec::new();
        for chain in lines.chains() {
            for number in chain.clone().filter(|&number| keep(number)) {
                match numbers.last_mut() {
                    Some(last)
                        if last.end == number && last.len() < TOGETHER as usize && number > chain.start =>
                    {
                        last.end += 1;
                    }
                    _ => numbers.push(number..number + 1),
                }
            }
        }
        let mut chunks = Self { lines, boxes: Vec::new(), numbers };
        chunks.boxes = chunks.numbers.iter().map(|few| chunks.bbox(few.clone()).grown(margin)).collect();
        chunks
    }

    fn bbox(&self, numbers: Range<u32>) -> Bbox {
        let segments = &self.lines.segments[numbers.start as usize..numbers.end as usize];
        segments[1..]
            .iter()
            .fold(segments[0].bbox(), |bbox, segment| bbox.with(segment.to).with(segment.from))
    }

    /// What `visit` makes of each pair of a segment of these and one of the others whose boxes share a point, the first
    /// grown by `margin`.
    pub(super) fn near<T: Send>(
        &self,
        others: &Self,
        margin: i32,
        visit: impl Fn(u32, u32) -> Option<T> + Sync,
    ) -> Vec<T> {
        let between = |i: u32, j: u32| {
            let (i, j) = (i as usize, j as usize);
            let mut found = Vec::new();
            for number in self.numbers[i].clone() {
                let bbox = self.lines.segment(number).bbox().grown(margin);
                if bbox.intersects(&others.boxes[j]) {
                    let meets = |&other: &u32| others.lines.segment(other).bbox().intersects(&bbox);
                    found.extend(
                        others.numbers[j].clone().filter(meets).filter_map(|other| visit(number, other)),
                    );
                }
            }
            (!found.is_empty()).then_some(found)
        };
        pairs_between(&self.boxes, &others.boxes, between).into_iter().flatten().collect()
    }
}
