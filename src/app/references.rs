//! The reference lines at hand, found by place.

use super::App;
use crate::geom::{Bbox, Point};
use crate::unit::{Reference, ReferenceLine};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Segments of a line that are found together.
const CHUNK: usize = 32;

/// Which segments of which line: the set, the line, the number of the chunk.
type Place = (u32, u32, u32);

/// All reference lines, with an index of their places.
#[derive(Debug, Default)]
pub struct References {
    all: Vec<Reference>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, Place>>,
}

/// A run of a reference line.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The set.
    pub reference: &'a Reference,
    /// The line.
    pub line: &'a ReferenceLine,
    /// The run: at least two points.
    pub points: &'a [Point],
}

impl References {
    /// Sorts them by place. Costs about a microsecond per vertex.
    pub fn new(all: Vec<Reference>) -> Self {
        let mut chunks = Vec::new();
        for (set, reference) in all.iter().enumerate() {
            for (line, run) in reference.lines.iter().enumerate() {
                for (chunk, from) in (0..run.points.len() - 1).step_by(CHUNK).enumerate() {
                    let until = (from + CHUNK).min(run.points.len() - 1);
                    let bounds = envelope(&run.points[from..=until]);
                    let place = (set as u32, line as u32, chunk as u32);
                    chunks.push(GeomWithData::new(Rectangle::from_aabb(bounds), place));
                }
            }
        }
        Self { all, tree: RTree::bulk_load(chunks) }
    }

    /// All sets, by name.
    pub fn all(&self) -> &[Reference] {
        &self.all
    }

    /// The lines near a box, each as far as it stays near; of one set, or of all. In the order of the sets and lines.
    pub fn near(&self, bbox: Bbox, name: Option<&str>) -> Vec<Run<'_>> {
        let window = envelope(&[bbox.min, bbox.max]);
        let found = self.tree.locate_in_envelope_intersecting(&window).map(|chunk| chunk.data);
        let found: BTreeSet<Place> = found.collect();
        let mut runs: Vec<(Place, usize)> = Vec::new();
        for place in found {
            match runs.last_mut() {
                Some(((set, line, first), count))
                    if (*set, *line, *first + *count as u32) == (place.0, place.1, place.2) =>
                {
                    *count += 1;
                }
                _ => runs.push((place, 1)),
            }
        }
        let run = |((set, line, first), count): (Place, usize)| {
            let reference = &self.all[set as usize];
            let line = &reference.lines[line as usize];
            let from = first as usize * CHUNK;
            let until = (from + count * CHUNK).min(line.points.len() - 1);
            Run { reference, line, points: &line.points[from..=until] }
        };
        runs.into_iter().map(run).filter(|run| name.is_none_or(|name| run.reference.name == name)).collect()
    }
}

fn envelope(points: &[Point]) -> AABB<[f64; 2]> {
    let corners: Vec<[f64; 2]> = points.iter().map(|p| [f64::from(p.x), f64::from(p.y)]).collect();
    AABB::from_points(&corners)
}

impl App {
    /// The reference lines at hand. Costs no lock; the value stays whole for as long as it is held.
    pub fn references(&self) -> Arc<References> {
        self.beside.references()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn set(name: &str, lines: &[&[(i32, i32)]]) -> Reference {
        let line = |points: &&[(i32, i32)]| {
            ReferenceLine::new(None, points.iter().map(|&(x, y)| Point { x, y }).collect()).unwrap()
        };
        Reference {
            name: name.into(),
            source: "x".into(),
            imported_at: DateTime::UNIX_EPOCH,
            lines: lines.iter().map(line).collect(),
        }
    }

    fn boxed(a: i32, b: i32) -> Bbox {
        Bbox { min: Point { x: a, y: -5 }, max: Point { x: b, y: 5 } }
    }

    #[test]
    fn a_long_line_is_given_as_far_as_it_stays_near() {
        let long: Vec<(i32, i32)> = (0..1_000).map(|x| (x, 0)).collect();
        let all = References::new(vec![
            set("道路", &[&long, &[(500, 4), (501, 50)]]),
            set("河", &[&[(0, 9), (9, 9)]]),
        ]);
        let near = all.near(boxed(490, 530), None);
        assert_eq!(near.len(), 2);
        let (first, last) = (near[0].points[0].x, near[0].points.last().unwrap().x);
        assert!(first <= 490 && last >= 530 && last - first < 200, "{first} to {last}");
        assert!(near[0].points.windows(2).all(|w| w[1].x == w[0].x + 1), "without a hole");
        assert_eq!(all.near(boxed(490, 530), Some("河")).len(), 0);
        assert_eq!(all.near(boxed(2_000, 3_000), None).len(), 0);
        let whole = all.near(boxed(-10, 2_000), Some("道路"));
        assert_eq!(whole[0].points.len(), 1_000, "all of it, to its last point");
    }

    #[test]
    fn a_line_that_comes_back_is_given_in_pieces() {
        let mut there: Vec<(i32, i32)> = (0..100).map(|x| (x, 0)).collect();
        there.extend((0..100).map(|y| (100, 10 + y)));
        there.extend((0..100).rev().map(|x| (x, 3)));
        let all = References::new(vec![set("环", &[&there])]);
        assert_eq!(all.near(boxed(0, 20), None).len(), 2);
    }
}
