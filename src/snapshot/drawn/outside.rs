//! Closing runs of border that leave a part, far outside of it.
//!
//! What a window shows of a unit follows from the borders that pass it and from which side of them the unit lies. So the
//! runs that end outside the part are closed there in any way that does not come back into it, along a frame around
//! everything; and as each is closed clockwise whatever it bounds, the frame itself is added as often as makes one place
//! of the part count right: inside once, outside not at all. Then every place of the part does.

use super::rings::{DotPolygon, sound};
use super::world::Dot;
use crate::coverage::Face;

/// A place between dots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    x: f64,
    y: f64,
}

impl From<Dot> for Place {
    fn from(dot: Dot) -> Self {
        Self { x: dot.x.into(), y: dot.y.into() }
    }
}

/// A straight piece of border and the face on its right on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    from: Dot,
    to: Dot,
    right: Face,
}

impl Line {
    /// The pieces of a run.
    pub fn along(dots: &[Dot], right: Face) -> impl Iterator<Item = Self> + '_ {
        dots.windows(2).map(move |w| Self { from: w[0], to: w[1], right })
    }

    fn at(&self, share: f64) -> Place {
        let (from, (dx, dy)) = (Place::from(self.from), self.from.to(self.to));
        Place { x: from.x + dx as f64 * share, y: from.y + dy as f64 * share }
    }

    fn length(&self) -> f64 {
        let (dx, dy) = self.from.to(self.to);
        (dx as f64).hypot(dy as f64)
    }

    fn distance(&self, p: Place) -> f64 {
        let (from, (dx, dy)) = (Place::from(self.from), self.from.to(self.to));
        let (dx, dy) = (dx as f64, dy as f64);
        let share = ((p.x - from.x) * dx + (p.y - from.y) * dy) / (dx * dx + dy * dy);
        let foot = self.at(share.clamp(0.0, 1.0));
        (p.x - foot.x).hypot(p.y - foot.y)
    }
}

/// What lies beyond a part: nothing of it is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outside {
    /// The north-west corner of the part.
    pub min: Dot,
    /// The south-east corner.
    pub max: Dot,
}

/// How far from a border the place is that is known to lie on its right, and how far at least from any other border.
const BESIDE: (f64, f64) = (1e-3, 2.0);

impl Outside {
    /// Beyond a window and a margin.
    pub fn of(min: Dot, max: Dot, margin: i32) -> Self {
        let (min, max) = (
            Dot::new(min.x.saturating_sub(margin), min.y.saturating_sub(margin)),
            Dot::new(max.x.saturating_add(margin), max.y.saturating_add(margin)),
        );
        Self { min, max }
    }

    /// The middle of the part.
    pub fn middle(&self) -> Dot {
        Dot::new(self.min.x.midpoint(self.max.x), self.min.y.midpoint(self.max.y))
    }

    /// A place in the part and the face that holds it: beside the longest piece of border that no other comes near.
    /// `None` when no border passes the part.
    pub fn reference(&self, lines: &[Line]) -> Option<(Place, Face)> {
        let mut within: Vec<(f64, Place, &Line)> =
            lines.iter().filter_map(|line| self.within(line)).collect();
        within.sort_by(|a, b| b.0.total_cmp(&a.0));
        let alone = |&&(_, middle, line): &&(f64, Place, &Line)| {
            lines.iter().all(|other| std::ptr::eq(other, line) || other.distance(middle) > BESIDE.1)
        };
        let &(_, middle, line) = within.iter().find(alone).or(within.first())?;
        let ((dx, dy), length) = (line.from.to(line.to), line.length());
        let beside = |along: i64| along as f64 / length * BESIDE.0;
        Some((Place { x: middle.x - beside(dy), y: middle.y + beside(dx) }, line.right))
    }

    /// How much of a line lies in the part, and the middle of that.
    fn within<'a>(&self, line: &'a Line) -> Option<(f64, Place, &'a Line)> {
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        let (dx, dy) = line.from.to(line.to);
        for (from, step, min, max) in
            [(line.from.x, dx, self.min.x, self.max.x), (line.from.y, dy, self.min.y, self.max.y)]
        {
            if step == 0 {
                if from < min || from > max {
                    return None;
                }
                continue;
            }
            let share = |side: i32| f64::from(side - from) / step as f64;
            low = low.max(share(min).min(share(max)));
            high = high.min(share(min).max(share(max)));
        }
        (low < high).then(|| ((high - low) * line.length(), line.at(low.midpoint(high)), line))
    }

    /// The ground of a unit within the part, from the runs of its border there; `covered` says whether it holds a place
    /// of the part.
    ///
    /// Sound polygons when no run leaves the part. Otherwise one of rings that is sound nowhere but in the part.
    pub fn close(&self, runs: &[Run<'_>], place: Place, covered: bool) -> Vec<DotPolygon> {
        let (open, closed) = link(runs);
        let frame = self.frame(open.iter().chain(&closed).flatten());
        let mut rings: Vec<Vec<Dot>> = open.into_iter().map(|run| self.closed(run, &frame)).collect();
        let around: i32 = rings.iter().chain(&closed).map(|ring| winding(ring, place)).sum();
        let more = i32::from(covered) - around;
        let mut all = frame.corners().to_vec();
        if more < 0 {
            all.reverse();
        }
        rings.extend(std::iter::repeat_n(all, more.unsigned_abs() as usize));
        if rings.is_empty() {
            return sound(closed);
        }
        rings.extend(closed);
        vec![DotPolygon { rings }]
    }

    /// A frame around the part and some dots.
    fn frame<'a>(&self, dots: impl Iterator<Item = &'a Dot>) -> Frame {
        let (mut min, mut max) = (self.min, self.max);
        for dot in dots {
            min = Dot::new(min.x.min(dot.x), min.y.min(dot.y));
            max = Dot::new(max.x.max(dot.x), max.y.max(dot.y));
        }
        Frame { min: Dot::new(min.x - 1, min.y - 1), max: Dot::new(max.x + 1, max.y + 1) }
    }

    /// A run closed clockwise along the frame.
    fn closed(&self, mut run: Vec<Dot>, frame: &Frame) -> Vec<Dot> {
        let (start, end) = (run[0], run[run.len() - 1]);
        let way = frame.clockwise(self.straight_out(end, frame), self.straight_out(start, frame));
        run.extend(way);
        run
    }

    /// Where the frame is met by a way out that does not come through the part.
    fn straight_out(&self, dot: Dot, frame: &Frame) -> Dot {
        if dot.x < self.min.x {
            Dot::new(frame.min.x, dot.y)
        } else if dot.x > self.max.x {
            Dot::new(frame.max.x, dot.y)
        } else if dot.y < self.min.y {
            Dot::new(dot.x, frame.min.y)
        } else {
            Dot::new(dot.x, frame.max.y)
        }
    }
}

/// A rectangle around everything.
#[derive(Clone, Copy, Debug)]
struct Frame {
    min: Dot,
    max: Dot,
}

impl Frame {
    /// The corners, clockwise on the screen.
    fn corners(&self) -> [Dot; 4] {
        let Self { min, max } = *self;
        [min, Dot::new(max.x, min.y), max, Dot::new(min.x, max.y)]
    }

    /// How far along the frame one of its dots lies: side and place on it.
    fn along(&self, dot: Dot) -> (u8, i32) {
        if dot.y == self.min.y && dot.x < self.max.x {
            (0, dot.x)
        } else if dot.x == self.max.x && dot.y < self.max.y {
            (1, dot.y)
        } else if dot.y == self.max.y && dot.x > self.min.x {
            (2, -dot.x)
        } else {
            (3, -dot.y)
        }
    }

    /// The dots from one to another along the frame, clockwise, both included.
    fn clockwise(&self, from: Dot, to: Dot) -> Vec<Dot> {
        let (start, end) = (self.along(from), self.along(to));
        let past = |corner: &Dot| self.along(*corner) > start;
        let corners = self.corners();
        let (before, after): (Vec<Dot>, Vec<Dot>) = corners.iter().partition(|corner| !past(corner));
        let mut way = vec![from];
        if end >= start {
            way.extend(after.into_iter().filter(|&corner| self.along(corner) < end));
        } else {
            way.extend(after);
            way.extend(before.into_iter().filter(|&corner| self.along(corner) < end));
        }
        way.push(to);
        way
    }
}

/// A run of border in one direction or the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    /// At least one dot.
    pub dots: &'a [Dot],
    /// Whether it goes from the last to the first.
    pub reversed: bool,
}

impl Run<'_> {
    fn ends(&self) -> (Dot, Dot) {
        let (first, last) = (self.dots[0], self.dots[self.dots.len() - 1]);
        if self.reversed { (last, first) } else { (first, last) }
    }

    fn add_to(&self, way: &mut Vec<Dot>) {
        if self.reversed {
            way.extend(self.dots.iter().rev());
        } else {
            way.extend(self.dots);
        }
    }
}

/// Runs of which every one goes on in another, as rings.
pub(super) fn closed(runs: &[Run<'_>]) -> Vec<Vec<Dot>> {
    let (mut open, closed) = link(runs);
    open.extend(closed);
    open
}

/// Runs joined where one begins as another ends: those that stay open, and those that come back to where they began.
fn link(runs: &[Run<'_>]) -> (Vec<Vec<Dot>>, Vec<Vec<Dot>>) {
    let mut leaving: Vec<(Dot, usize)> = runs.iter().enumerate().map(|(i, run)| (run.ends().0, i)).collect();
    let mut ending: Vec<Dot> = runs.iter().map(|run| run.ends().1).collect();
    leaving.sort_unstable();
    ending.sort_unstable();
    let mut used = vec![false; runs.len()];
    let mut follow = |start: Dot| {
        let mut way: Vec<Dot> = Vec::new();
        let mut at = start;
        loop {
            let from = leaving.partition_point(|&(dot, _)| dot < at);
            let here = leaving[from..].iter().take_while(|&&(dot, _)| dot == at).map(|&(_, number)| number);
            let Some(number) = here.filter(|&number| !used[number]).last() else { break };
            used[number] = true;
            runs[number].add_to(&mut way);
            at = runs[number].ends().1;
        }
        (!way.is_empty()).then_some(way)
    };
    // Whoever starts where more runs begin than end comes to an end only where more end than begin.
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    let starts = leaving.chunk_by(|a, b| a.0 == b.0);
    for (start, begun) in starts.clone().map(|same| (same[0].0, same.len())) {
        let ended = ending.partition_point(|&dot| dot <= start) - ending.partition_point(|&dot| dot < start);
        open.extend((ended..begun).filter_map(|_| follow(start)));
    }
    for start in starts.map(|same| same[0].0) {
        while let Some(ring) = follow(start) {
            closed.push(ring);
        }
    }
    (open, closed)
}

/// How often a closed run goes around a place, clockwise on the screen.
fn winding(ring: &[Dot], at: Place) -> i32 {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    edges
        .map(|(&p, &q)| {
            let (from, to) = (Place::from(p), Place::from(q));
            let turn = (to.x - from.x) * (at.y - from.y) - (at.x - from.x) * (to.y - from.y);
            match (from.y <= at.y, to.y <= at.y) {
                (true, false) if turn > 0.0 => 1,
                (false, true) if turn < 0.0 => -1,
                _ => 0,
            }
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(dots: &[(i32, i32)]) -> Vec<Dot> {
        dots.iter().map(|&(x, y)| Dot::new(x, y)).collect()
    }

    fn forward(runs: &[Vec<Dot>]) -> Vec<Run<'_>> {
        runs.iter().map(|dots| Run { dots, reversed: false }).collect()
    }

    /// The part from (0, 0) to (10, 10).
    fn ten() -> Outside {
        Outside::of(Dot::new(2, 2), Dot::new(8, 8), 2)
    }

    /// How often the ground of a unit lies over places of the part.
    fn over(runs: &[&[(i32, i32)]], covered: (f64, f64), inside: bool) -> Vec<i32> {
        let place = |(x, y)| Place { x, y };
        let runs: Vec<Vec<Dot>> = runs.iter().map(|r| run(r)).collect();
        let polygons = ten().close(&forward(&runs), place(covered), inside);
        let at = |p: (f64, f64)| {
            polygons.iter().flat_map(|polygon| &polygon.rings).map(|ring| winding(ring, place(p))).sum()
        };
        [(1.5, 1.5), (8.5, 1.5), (8.5, 8.5), (1.5, 8.5), (4.9, 5.1)].map(at).to_vec()
    }

    #[test]
    fn a_run_through_the_part_has_the_unit_on_its_right_whatever_side_it_leaves_by() {
        // On the screen y grows downwards: going east, the right is south.
        assert_eq!(over(&[&[(-3, 4), (5, 6), (14, 4)]], (5.0, 9.0), true), [0, 0, 1, 1, 0]);
        assert_eq!(over(&[&[(14, 4), (5, 6), (-3, 4)]], (5.0, 9.0), false), [1, 1, 0, 0, 1]);
        assert_eq!(over(&[&[(4, -9), (4, 30)]], (1.0, 1.0), true), [1, 0, 0, 1, 0]);
        assert_eq!(over(&[&[(4, -9), (4, 3), (-20, 3)]], (1.0, 1.0), true), [1, 0, 0, 0, 0]);
    }

    #[test]
    fn a_strip_an_island_a_lake_and_the_whole_part() {
        let strip: [&[(i32, i32)]; 2] = [&[(-3, 4), (14, 4)], &[(14, 7), (-3, 7)]];
        assert_eq!(over(&strip, (5.0, 5.0), true), [0, 0, 0, 0, 1]);
        let island: &[(i32, i32)] = &[(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)];
        assert_eq!(over(&[island], (5.5, 5.5), true), [0, 0, 0, 0, 1]);
        let lake: Vec<(i32, i32)> = island.iter().rev().copied().collect();
        assert_eq!(over(&[&lake], (5.5, 5.5), false), [1, 1, 1, 1, 0]);
        assert_eq!((over(&[], (5.0, 5.0), true), over(&[], (5.0, 5.0), false)), (vec![1; 5], vec![0; 5]));
    }

    #[test]
    fn arcs_in_any_order_make_one_way() {
        let runs = [
            run(&[(5, 5), (9, 5)]),
            run(&[(0, 0), (5, 5)]),
            run(&[(4, 4), (3, 4), (3, 3)]),
            run(&[(4, 4), (3, 3)]),
            run(&[(7, 7)]),
        ];
        let mut runs = forward(&runs);
        runs[2].reversed = true;
        let (open, closed) = link(&runs);
        assert_eq!(open, [run(&[(0, 0), (5, 5), (5, 5), (9, 5)])]);
        assert_eq!(closed, [run(&[(3, 3), (3, 4), (4, 4), (4, 4), (3, 3)]), run(&[(7, 7)])]);
    }
}
