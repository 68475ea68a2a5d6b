//! The borders of a coverage as segments.

use crate::coverage::{Coverage, Face};
use crate::geom::metric::Metric;
use crate::geom::{Bbox, Point};
use std::ops::Range;

/// A segment of an arc with the faces on its two sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) left: Face,
    pub(super) right: Face,
}

impl Segment {
    #[inline]
    pub(super) fn bbox(&self) -> Bbox {
        Bbox::between(self.from, self.to)
    }

    /// The metric in its middle, the same in both directions.
    pub(super) fn metric(&self) -> Metric {
        Metric::at_latitude(0.5 * (self.from.lat() + self.to.lat()))
    }

    /// Whether a unit lies on both sides.
    pub(super) fn is_inner(&self) -> bool {
        self.left != Face::OUTSIDE && self.right != Face::OUTSIDE
    }
}

/// All segments of a coverage, or some of them, in chains: stretches of one arc without a gap.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    pub(super) segments: Vec<Segment>,
    /// Where each chain ends.
    ends: Vec<u32>,
}

impl Lines {
    /// The segments of a coverage that `keep` takes, arc after arc.
    pub(super) fn of(coverage: &Coverage, keep: impl Fn(&Segment) -> bool) -> Self {
        let mut lines = Self::default();
        for arc in coverage.arcs() {
            for (from, to) in arc.segments() {
                let segment = Segment { from, to, left: arc.left, right: arc.right };
                if keep(&segment) {
                    lines.segments.push(segment);
                } else {
                    lines.end_chain();
                }
            }
            lines.end_chain();
        }
        lines
    }

    fn end_chain(&mut self) {
        let end = self.segments.len() as u32;
        if self.ends.last().map_or(0, |&last| last) < end {
            self.ends.push(end);
        }
    }

    /// The numbers of the segments of each chain.
    pub(super) fn chains(&self) -> impl Iterator<Item = Range<u32>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| start..end)
    }

    #[inline]
    pub(super) fn segment(&self, number: u32) -> &Segment {
        &self.segments[number as usize]
    }
}
