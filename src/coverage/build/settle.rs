//! Who holds each face; thin misfits go to a neighbour.
//!
//! A face with one unit on it is that unit's. Any other is a misfit. If it is no wider than the reach, it
//! is given away whole, so that no vertex moves and nothing can cross: ground of several to one of them,
//! ground of none to a neighbour, ground beyond the outline to nobody; in each case to the one with the
//! longest border along it. What is wider stays a misfit and becomes a defect.

use super::BuildOptions;
use super::edges::Edges;
use super::ground::{Ground, ends};
use super::ledger::RepairKind;
use super::reach::Reach;
use super::repairs::Repairs;
use crate::coverage::arcs::Face;
use crate::geom::metric::Metric;
use crate::geom::{Point, area};

/// The faces of an arrangement with their owners.
pub(super) struct Settled {
    pub ground: Ground,
    /// The owner of each face; `None` for a misfit.
    pub owners: Vec<Option<Face>>,
    /// The misfits, each with the halves around it, by face and half.
    pub misfits: Vec<(u32, Vec<u32>)>,
}

/// Finds the owner of every face, and gives thin misfits away.
pub(super) fn settled(
    edges: &Edges,
    ground: Ground,
    options: &BuildOptions,
    reach: Reach,
    repairs: &mut Repairs,
) -> Settled {
    let voids_are_gaps = options.gap_free && !options.keep_holes;
    let owner = |face: u32| match ground.cover(face).as_slice() {
        &[(unit, 1)] => Some(unit),
        [] if options.outline.is_none() && (face == 0 || !voids_are_gaps) => Some(Face::OUTSIDE),
        _ => None,
    };
    let mut owners: Vec<Option<Face>> = (0..ground.face_count() as u32).map(owner).collect();
    let mut misfits = misfits(&ground, &owners);
    let places = edges.places();
    loop {
        let before = misfits.len();
        misfits.retain(|(face, halves)| {
            let misfit = Misfit { places: &places, ground: &ground, owners: &owners, face: *face, halves };
            let Some((winner, move_m)) = misfit.heir(reach) else { return true };
            let (kind, mut faces) = misfit.nature();
            faces.push(winner);
            repairs.add(kind, misfit.smallest(), faces, misfit.area_m2(), move_m);
            owners[*face as usize] = Some(winner);
            false
        });
        if misfits.len() == before {
            return Settled { ground, owners, misfits };
        }
    }
}

/// The faces without an owner, each with its halves.
fn misfits(ground: &Ground, owners: &[Option<Face>]) -> Vec<(u32, Vec<u32>)> {
    let mut halves: Vec<(u32, u32)> = (0..ground.face_of.len() as u32)
        .map(|half| (ground.face_of[half as usize], half))
        .filter(|&(face, _)| owners[face as usize].is_none())
        .collect();
    halves.sort_unstable();
    halves.chunk_by(|s, t| s.0 == t.0).map(|g| (g[0].0, g.iter().map(|h| h.1).collect())).collect()
}

/// A face that has not exactly one unit on it.
pub(super) struct Misfit<'a> {
    pub places: &'a [(Point, Point)],
    pub ground: &'a Ground,
    pub owners: &'a [Option<Face>],
    pub face: u32,
    pub halves: &'a [u32],
}

impl Misfit<'_> {
    /// What kind of repair giving it away is, and the units on it.
    fn nature(&self) -> (RepairKind, Vec<Face>) {
        let on_it: Vec<Face> = self.ground.cover(self.face).iter().map(|c| c.0).collect();
        match on_it.first() {
            None => (RepairKind::Gap, on_it),
            Some(&Face::OUTSIDE) => (RepairKind::OutsideOutline, on_it),
            Some(_) => (RepairKind::Overlap, on_it),
        }
    }

    /// The owners around it, each with the length of the common border, longest first.
    fn neighbours(&self) -> Vec<(Face, f64)> {
        let mut lengths: Vec<(Face, f64)> = Vec::new();
        for &half in self.halves {
            let beyond = self.ground.face_of[half as usize ^ 1];
            let Some(owner) = self.owners[beyond as usize] else { continue };
            let (a, b) = ends(self.places, half);
            let length = (f64::from(b.x) - f64::from(a.x)).hypot(f64::from(b.y) - f64::from(a.y));
            match lengths.iter_mut().find(|l| l.0 == owner) {
                Some(known) => known.1 += length,
                None => lengths.push((owner, length)),
            }
        }
        lengths.sort_by(|s, t| t.1.total_cmp(&s.1).then(s.0.cmp(&t.0)));
        lengths
    }

    /// Who gets it, and how far that moves a border in metres; `None` while nobody can.
    fn heir(&self, reach: Reach) -> Option<(Face, f64)> {
        let cover = self.ground.cover(self.face);
        let bounded_by_outline = cover.first().is_some_and(|c| c.0 == Face::OUTSIDE);
        let may = |face: Face| match cover.as_slice() {
            [] => face != Face::OUTSIDE,
            // A unit that winds wrongly round this ground: its own, or the neighbour's around it.
            [(unit, _)] => *unit != Face::OUTSIDE || face == Face::OUTSIDE,
            _ if bounded_by_outline => face == Face::OUTSIDE,
            _ => cover.iter().any(|c| c.0 == face),
        };
        let heirs = self.neighbours().into_iter().map(|n| n.0).filter(|&face| may(face));
        heirs.map(|face| (face, self.sweep(face, reach))).find_map(|(face, sweep)| Some((face, sweep?)))
    }

    /// How far the border of `winner` moves over this face, in metres: the largest distance of a vertex of
    /// the old border from the new one, or the other way round. `None` when one is out of reach.
    ///
    /// Where the winner is all around, the border is cut at the two vertices farthest apart, and its two
    /// halves must lie within reach of each other: a slit closes, a field does not.
    fn sweep(&self, winner: Face, reach: Reach) -> Option<f64> {
        let beyond = |h: u32| self.owners[self.ground.face_of[h as usize ^ 1] as usize];
        let (old, new): (Vec<u32>, Vec<u32>) = self.halves.iter().partition(|&&h| beyond(h) == Some(winner));
        let segments = |halves: Vec<u32>| halves.iter().map(|&h| ends(self.places, h)).collect::<Vec<_>>();
        let (mut old, mut new) = (segments(old), segments(new));
        if new.is_empty() {
            (old, new) = slit(&old)?;
        }
        Some(farthest(&old, &new, reach)?.max(farthest(&new, &old, reach)?))
    }

    /// The smallest vertex.
    fn smallest(&self) -> Point {
        self.halves.iter().map(|&h| ends(self.places, h).0).min().expect("a face has a border")
    }

    /// The area in m².
    fn area_m2(&self) -> f64 {
        let degrees = |p: Point| (p.lon(), p.lat());
        let mut sum = area::Sum::about(self.smallest().lat());
        for &half in self.halves {
            let (a, b) = ends(self.places, half);
            sum.edge(degrees(a), degrees(b));
        }
        sum.square_metres()
    }
}

/// Segments, some of a border.
type Run = Vec<(Point, Point)>;

/// The largest distance in metres of an end of `these` from `those`; `None` when one is out of reach.
///
/// The ends alone do not tell: around a field whose four sides are two units' by turns, every end of one is
/// an end of the other. So points on the way are asked, too, with a unit for their own rounding.
fn farthest(these: &[(Point, Point)], those: &[(Point, Point)], reach: Reach) -> Option<f64> {
    let mut farthest = 0.0_f64;
    for &(from, to) in these {
        for point in [from, to] {
            let near = those.iter().filter(|&&(a, b)| reach.touches(point, a, b));
            let metric = Metric::at(point);
            let nearest = near.map(|&(a, b)| metric.distance_to_segment(point, a, b)).reduce(f64::min)?;
            farthest = farthest.max(nearest);
        }
        for quarters in 1..4 {
            let on_the_way =
                |v: i32, w: i32| ((i64::from(v) * (4 - quarters) + i64::from(w) * quarters) / 4) as i32;
            let point = Point::new(on_the_way(from.x, to.x), on_the_way(from.y, to.y));
            those.iter().find(|&&(a, b)| reach.nearly_touches(point, a, b))?;
        }
    }
    Some(farthest)
}

/// A closed border as its two sides, cut at the two vertices farthest apart; `None` for one of more than
/// one ring, or of so many vertices that it is no slit that rounding or a careless hand made.
fn slit(border: &[(Point, Point)]) -> Option<(Run, Run)> {
    const MOST: usize = 1000;
    if border.len() > MOST {
        return None;
    }
    let mut ring: Run = vec![*border.first()?];
    while ring.len() < border.len() {
        let end = ring[ring.len() - 1].1;
        let mut next = border.iter().filter(|s| s.0 == end);
        ring.push(*next.next().filter(|_| next.next().is_none())?);
    }
    if ring[ring.len() - 1].1 != ring[0].0 {
        return None;
    }
    let square = |i: usize, j: usize| {
        let (p, q) = (ring[i].0, ring[j].0);
        let (dx, dy) = (i128::from(p.x) - i128::from(q.x), i128::from(p.y) - i128::from(q.y));
        dx * dx + dy * dy
    };
    let pairs = (0..ring.len()).flat_map(|i| (i + 1..ring.len()).map(move |j| (i, j)));
    let (i, j) = pairs.max_by_key(|&(i, j)| square(i, j))?;
    ring.rotate_left(i);
    let other = ring.split_off(j - i);
    Some((ring, other))
}
