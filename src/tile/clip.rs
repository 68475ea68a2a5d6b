//! Cutting a window out of a drawing.
//!
//! A segment is cut by the four sides of the window in one order and always from its smaller dot to its
//! larger one, so whoever has the segment gets the same two dots: the units on both sides and the border
//! line between them.

use super::{BUFFER, EXTENT};
use crate::snapshot::drawn::{Dot, DotPolygon, sound};
use martin_tile_utils::TileCoord;
use std::borrow::Cow;

/// What a tile shows of the world grid of its zoom: its square and the buffer around it, sides included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The north-west corner.
    pub min: Dot,
    /// The south-east corner.
    pub max: Dot,
    /// The north-west corner of the tile itself, from which its coordinates count.
    pub corner: Dot,
}

#[derive(Clone, Copy)]
enum Side {
    West,
    East,
    North,
    South,
}

const SIDES: [Side; 4] = [Side::West, Side::East, Side::North, Side::South];

impl Window {
    /// The window of a tile.
    pub fn of(tile: TileCoord) -> Self {
        let (extent, buffer) = (EXTENT as i32, BUFFER as i32);
        let corner = Dot::new(tile.x as i32 * extent, tile.y as i32 * extent);
        Self {
            min: Dot::new(corner.x - buffer, corner.y - buffer),
            max: Dot::new(corner.x + extent + buffer, corner.y + extent + buffer),
            corner,
        }
    }

    /// The part of a polygon inside the window, as sound polygons; empty when none of it has an area.
    pub fn polygon<'a>(&self, polygon: &'a DotPolygon) -> Cow<'a, [DotPolygon]> {
        if polygon.rings[0].iter().all(|&dot| self.holds(dot)) {
            return Cow::Borrowed(std::slice::from_ref(polygon));
        }
        let mut runs: Vec<Vec<Dot>> = polygon.rings.iter().map(|ring| self.run(ring)).collect();
        runs.retain(|run| run.len() > 2);
        Cow::Owned(sound(self.part_sides(&runs)))
    }

    /// The parts of a line inside the window, each of at least two dots.
    pub fn line(&self, dots: &[Dot]) -> Vec<Vec<Dot>> {
        let mut pieces: Vec<Vec<Dot>> = Vec::new();
        for pair in dots.windows(2) {
            let Some((p, q)) = self.segment(pair[0], pair[1]).filter(|(p, q)| p != q) else { continue };
            match pieces.last_mut().filter(|piece| piece.last() == Some(&p)) {
                Some(piece) => piece.push(q),
                None => pieces.push(vec![p, q]),
            }
        }
        pieces
    }

    fn holds(&self, dot: Dot) -> bool {
        SIDES.iter().all(|&side| self.within(dot, side))
    }

    fn segment(&self, mut p: Dot, mut q: Dot) -> Option<(Dot, Dot)> {
        for side in SIDES {
            match (self.within(p, side), self.within(q, side)) {
                (true, true) => {}
                (true, false) => q = self.cut(p, q, side),
                (false, true) => p = self.cut(p, q, side),
                (false, false) => return None,
            }
        }
        Some((p, q))
    }

    /// A closed run cut by one side after another (Sutherland & Hodgman, 1974). Where it leaves the
    /// window it goes along the side, perhaps to and fro: [`sound`] undoes that.
    fn run(&self, ring: &[Dot]) -> Vec<Dot> {
        let mut run = Cow::Borrowed(ring);
        for side in SIDES {
            if run.iter().all(|&dot| self.within(dot, side)) {
                continue;
            }
            let mut kept = Vec::with_capacity(run.len());
            for (&p, &q) in run.iter().zip(run.iter().cycle().skip(1)) {
                let inside = (self.within(p, side), self.within(q, side));
                if inside.0 {
                    kept.push(p);
                }
                if inside.0 != inside.1 {
                    kept.push(self.cut(p, q, side));
                }
            }
            run = Cow::Owned(kept);
        }
        run.into_owned()
    }

    /// Parts every edge that lies on a side of the window at all dots there, so that edges which run
    /// against each other are the same edges.
    fn part_sides(&self, runs: &[Vec<Dot>]) -> Vec<Vec<Dot>> {
        let on_side = SIDES.map(|side| {
            let mut dots: Vec<Dot> = runs.iter().flatten().copied().filter(|&d| self.on(d, side)).collect();
            dots.sort_unstable();
            dots.dedup();
            dots
        });
        let parted = |run: &Vec<Dot>| {
            let mut parted = Vec::with_capacity(run.len());
            for (&p, &q) in run.iter().zip(run.iter().cycle().skip(1)) {
                parted.push(p);
                let side = (0..4).find(|&i| self.on(p, SIDES[i]) && self.on(q, SIDES[i]));
                let between = |dot: &&Dot| **dot > p.min(q) && **dot < p.max(q);
                let inner = side.map(|i| on_side[i].iter().filter(between).copied().collect::<Vec<_>>());
                let inner = inner.into_iter().flatten();
                if p < q { parted.extend(inner) } else { parted.extend(inner.rev()) }
            }
            parted
        };
        runs.iter().map(parted).collect()
    }

    fn within(&self, dot: Dot, side: Side) -> bool {
        match side {
            Side::West => dot.x >= self.min.x,
            Side::East => dot.x <= self.max.x,
            Side::North => dot.y >= self.min.y,
            Side::South => dot.y <= self.max.y,
        }
    }

    fn on(&self, dot: Dot, side: Side) -> bool {
        match side {
            Side::West => dot.x == self.min.x,
            Side::East => dot.x == self.max.x,
            Side::North => dot.y == self.min.y,
            Side::South => dot.y == self.max.y,
        }
    }

    /// Where a segment crosses the line of a side, rounded by `floor(v + 0.5)`; the same for both ways.
    fn cut(&self, p: Dot, q: Dot, side: Side) -> Dot {
        let (p, q) = if p < q { (p, q) } else { (q, p) };
        let (dx, dy) = p.to(q);
        let along = |rise: i64, run: i64, from: i32, to: i32| {
            let steps = i64::from(to) - i64::from(from);
            (2 * rise * steps * run.signum() + run.abs()).div_euclid(2 * run.abs()) as i32
        };
        match side {
            Side::West => Dot::new(self.min.x, p.y + along(dy, dx, p.x, self.min.x)),
            Side::East => Dot::new(self.max.x, p.y + along(dy, dx, p.x, self.max.x)),
            Side::North => Dot::new(p.x + along(dx, dy, p.y, self.min.y), self.min.y),
            Side::South => Dot::new(p.x + along(dx, dy, p.y, self.max.y), self.max.y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::drawn::twice_area;

    /// The window from (0, 0) to (10, 10).
    const TEN: Window = Window { min: Dot::new(0, 0), max: Dot::new(10, 10), corner: Dot::new(0, 0) };

    fn dots(at: &[(i32, i32)]) -> Vec<Dot> {
        at.iter().map(|&(x, y)| Dot::new(x, y)).collect()
    }

    fn areas(rings: &[&[(i32, i32)]]) -> Vec<Vec<i64>> {
        let polygon = DotPolygon { rings: rings.iter().map(|r| dots(r)).collect() };
        TEN.polygon(&polygon).iter().map(|p| p.rings.iter().map(|r| twice_area(r)).collect()).collect()
    }

    #[test]
    fn a_polygon_is_cut_to_its_part_inside() {
        assert_eq!(areas(&[&[(2, 2), (8, 2), (8, 8), (2, 8)]]), [[72]]);
        assert_eq!(areas(&[&[(-5, -5), (5, -5), (5, 5), (-5, 5)]]), [[50]]);
        assert_eq!(areas(&[&[(-9, -9), (99, -9), (99, 99), (-9, 99)]]), [[200]]);
        assert_eq!(areas(&[&[(20, 0), (30, 0), (30, 9)]]), Vec::<Vec<i64>>::new());
    }

    #[test]
    fn a_fork_comes_apart_into_its_prongs() {
        // Three prongs reach down from a back beyond the northern side.
        let fork = [
            (1, -5),
            (9, -5),
            (9, 5),
            (8, 5),
            (8, -1),
            (6, -1),
            (6, 5),
            (4, 5),
            (4, -1),
            (2, -1),
            (2, 5),
            (1, 5),
        ];
        assert_eq!(areas(&[&fork]), [[10], [20], [10]]);
    }

    #[test]
    fn a_hole_over_the_side_becomes_a_bay_and_one_around_the_window_leaves_nothing() {
        let outer = [(-50, -50), (50, -50), (50, 50), (-50, 50)];
        assert_eq!(areas(&[&outer, &[(2, -3), (2, 4), (6, 4), (6, -3)]]), [[200 - 32]]);
        assert_eq!(areas(&[&outer, &[(2, 3), (2, 4), (6, 4), (6, 3)]]), [[200, -8]]);
        assert_eq!(areas(&[&outer, &[(-2, -3), (-2, 40), (60, 40), (60, -3)]]), Vec::<Vec<i64>>::new());
    }

    #[test]
    fn a_segment_is_cut_at_the_same_dots_from_both_ends() {
        for (p, q) in [((-7, 3), (31, 8)), ((3, -9), (4, 77)), ((-5, -4), (13, 14)), ((-1, 5), (5, -2))] {
            let (p, q) = (Dot::new(p.0, p.1), Dot::new(q.0, q.1));
            let there = TEN.segment(p, q);
            let back = TEN.segment(q, p).map(|(q, p)| (p, q));
            assert_eq!(there, back, "{p:?} {q:?}");
        }
    }

    #[test]
    fn a_line_that_leaves_and_comes_back_has_two_pieces() {
        let line = dots(&[(5, 5), (15, 5), (15, 8), (5, 8), (5, 9)]);
        assert_eq!(TEN.line(&line), [dots(&[(5, 5), (10, 5)]), dots(&[(10, 8), (5, 8), (5, 9)])]);
    }
}
