//! The faces that drawn paths and borders make, and how they are given away.

use super::node::Sheet;
use crate::coverage::faces_beside;
use crate::edit::side::{Place, Side, placed};
use crate::edit::state::Segments;
use crate::geom::{Point, predicate};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The faces of a sheet with its paths. A face is ground that no border and no path parts; 0 is what lies
/// around everything.
#[derive(Debug)]
pub struct Faces {
    /// The faces left and right of each segment, seen from its smaller end.
    beside: BTreeMap<Place, [u32; 2]>,
    labels: BTreeMap<u32, Side>,
}

impl Faces {
    /// Finds the faces. Costs O(n log n) in the segments.
    pub fn of(sheet: &Sheet) -> Self {
        let drawn = sheet.drawn.iter().map(|&(p, q)| (p.min(q), p.max(q)));
        let places: BTreeSet<Place> = sheet.segments.keys().copied().chain(drawn).collect();
        let places: Vec<Place> = places.into_iter().collect();
        let beside: BTreeMap<Place, [u32; 2]> = places.iter().copied().zip(faces_beside(&places)).collect();
        let labels = labels(&sheet.segments, &beside, sheet.beneath);
        Self { beside, labels }
    }

    /// The faces on the left and on the right of the way from `p` to `q`, which is a segment of the sheet.
    pub fn beside(&self, (p, q): (Point, Point)) -> [u32; 2] {
        let [left, right] = self.beside.get(&(p.min(q), p.max(q))).copied().unwrap_or_default();
        if p < q { [left, right] } else { [right, left] }
    }

    /// Who holds a face.
    pub fn label(&self, face: u32) -> Side {
        self.labels.get(&face).copied().unwrap_or(Side::Outside)
    }

    /// The faces that someone holds.
    pub fn held_by(&self, side: Side) -> BTreeSet<u32> {
        self.labels.iter().filter(|l| *l.1 == side).map(|l| *l.0).collect()
    }

    /// The faces that are reached from some without crossing a segment that `wall` names.
    pub fn reached(&self, from: &BTreeSet<u32>, wall: impl Fn(Place) -> bool) -> BTreeSet<u32> {
        let mut ways: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (&place, &[left, right]) in &self.beside {
            if left != right && !wall(place) {
                ways.entry(left).or_default().push(right);
                ways.entry(right).or_default().push(left);
            }
        }
        let (mut reached, mut open) = (from.clone(), from.iter().copied().collect::<Vec<_>>());
        while let Some(face) = open.pop() {
            let next = ways.get(&face).into_iter().flatten().copied();
            open.extend(next.filter(|&f| reached.insert(f)));
        }
        reached
    }

    /// The faces with an odd number of the walls' segments between them and the outside: those inside drawn
    /// rings.
    pub fn inside(&self, walls: &BTreeSet<Place>) -> BTreeSet<u32> {
        let mut depth: BTreeMap<u32, bool> = BTreeMap::from([(0, false)]);
        let mut ways: BTreeMap<u32, Vec<(u32, bool)>> = BTreeMap::new();
        for (place, &[left, right]) in &self.beside {
            let wall = walls.contains(place);
            ways.entry(left).or_default().push((right, wall));
            ways.entry(right).or_default().push((left, wall));
        }
        let mut open = vec![0];
        while let Some(face) = open.pop() {
            let here = depth[&face];
            for &(next, wall) in ways.get(&face).into_iter().flatten() {
                depth.entry(next).or_insert_with(|| {
                    open.push(next);
                    here != wall
                });
            }
        }
        depth.into_iter().filter(|d| d.1).map(|d| d.0).collect()
    }

    /// Whether a face holds a point, by the half-open rule.
    pub fn holds(&self, face: u32, p: Point) -> bool {
        let crossed =
            self.beside.iter().filter(|(_, f)| (f[0] == face) != (f[1] == face)).filter(|((a, b), _)| {
                (a.y <= p.y) != (b.y <= p.y) && {
                    let (low, high) = if a.y < b.y { (*a, *b) } else { (*b, *a) };
                    predicate::side(low, high, p) != Ordering::Greater
                }
            });
        crossed.count() % 2 == 1
    }

    /// Twice the area of each face in square lattice units; of face 0 without what lies around everything.
    pub fn twice_areas(&self) -> BTreeMap<u32, i128> {
        let mut areas = BTreeMap::new();
        for (&(a, b), &[left, right]) in &self.beside {
            let doubled = i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y);
            *areas.entry(left).or_insert(0) += doubled;
            *areas.entry(right).or_insert(0) -= doubled;
        }
        areas
    }

    /// Gives faces to others: the borders of the sheet are then where two different ones meet.
    pub fn give(&self, sheet: &mut Sheet, heirs: &BTreeMap<u32, Side>) {
        let mut segments = Segments::new();
        for (&place, &[left, right]) in &self.beside {
            let stands = sheet.segments.get(&place).copied();
            let (l, r) = stands.unwrap_or_else(|| (self.label(left), self.label(right)));
            let heir = |face: u32, side: Side| heirs.get(&face).copied().unwrap_or(side);
            let sides = (heir(left, l), heir(right, r));
            if sides.0 != sides.1 {
                segments.insert(place, sides);
            }
        }
        sheet.segments = segments;
        sheet.heal();
    }
}

/// Who holds each face, as the borders say. A face without a border of its own lies in what is around its path.
fn labels(segments: &Segments, beside: &BTreeMap<Place, [u32; 2]>, beneath: Side) -> BTreeMap<u32, Side> {
    let mut claims: BTreeMap<u32, BTreeSet<Side>> = BTreeMap::new();
    for (place, &(left, right)) in segments {
        let [l, r] = beside[place];
        claims.entry(l).or_default().insert(left);
        claims.entry(r).or_default().insert(right);
    }
    // Around the units on the sheet lie others that are not on it, and the outside. No path meets those.
    let one = |sides: &BTreeSet<Side>| if sides.len() == 1 { sides.first().copied() } else { None };
    let mut labels: BTreeMap<u32, Side> =
        claims.iter().map(|(&face, sides)| (face, one(sides).unwrap_or(Side::Outside))).collect();
    let paths: Vec<[u32; 2]> =
        beside.iter().filter(|(p, _)| !segments.contains_key(p)).map(|(_, f)| *f).collect();
    loop {
        let known = labels.len();
        for &[left, right] in &paths {
            match (labels.get(&left).copied(), labels.get(&right).copied()) {
                (Some(side), None) => drop(labels.insert(right, side)),
                (None, Some(side)) => drop(labels.insert(left, side)),
                _ => {}
            }
        }
        if labels.len() == known {
            break;
        }
    }
    for face in paths.into_iter().flatten() {
        labels.entry(face).or_insert(beneath);
    }
    labels
}

/// The segments of a path as places.
pub fn places(path: &[(Point, Point)]) -> BTreeSet<Place> {
    path.iter().map(|&(p, q)| placed(p, q, (Side::Outside, Side::Outside)).0).collect()
}
