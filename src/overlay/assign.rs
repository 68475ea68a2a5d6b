//! Whole grids to police grids: each police grid connected, as much ground as possible where it was.
//!
//! Without the condition each grid goes to the police grid that has most of it. Where that leaves a police grid in two
//! parts, one of a few things must be so: a grid beside the smaller part belongs to it too, or the part belongs to others,
//! or all the rest does. Each is tried, the most promising first (A. H. Land and A. G. Doig, 1960): the first arrangement
//! that comes up connected is the best there is.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Grids, police grids, and how much each has of each.
#[derive(Clone, Debug)]
pub struct Assigning {
    /// Of each grid, the square metres that each police grid has of it.
    pub common_m2: Vec<Vec<f64>>,
    /// The grids that share a border with each.
    pub neighbours: Vec<Vec<usize>>,
    /// The police grid of each grid that is not to be moved.
    pub locked: Vec<Option<usize>>,
}

/// A police grid for each grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Assigned {
    /// Of each grid.
    pub to: Vec<usize>,
    /// The ground that stays in its police grid, in square metres.
    pub kept_m2: f64,
    /// Whether no other arrangement keeps more; otherwise the search was given up for one that is good.
    pub is_best: bool,
}

/// Of each grid, whether each police grid is ruled out for it.
type RuledOut = Vec<Vec<bool>>;

/// A part of all arrangements.
#[derive(Clone, Debug)]
struct Node {
    ruled_out: RuledOut,
    to: Vec<usize>,
    /// No arrangement of this part keeps more.
    bound_m2: f64,
    /// The order in which they were made decides between equal ones.
    number: usize,
}

impl Assigning {
    /// The best arrangement in which every police grid is connected and has a grid; `None` when there is none. After so
    /// many `steps` without it a good one is given, if one was found.
    pub fn best(&self, steps: usize) -> Option<Assigned> {
        let mut made = 0;
        let mut open = BinaryHeap::new();
        open.extend(self.node(self.start(), &mut made));
        for _ in 0..steps {
            let node = open.pop()?;
            match self.breach(&node.to) {
                None => return Some(Assigned { to: node.to, kept_m2: node.bound_m2, is_best: true }),
                Some(breach) => {
                    for part in self.parts(&node, &breach) {
                        open.extend(self.node(part, &mut made));
                    }
                }
            }
        }
        self.good()
    }

    fn classes(&self) -> usize {
        self.common_m2.first().map_or(0, Vec::len)
    }

    fn start(&self) -> RuledOut {
        let rule_out = |lock: &Option<usize>| {
            (0..self.classes()).map(|class| lock.is_some_and(|kept| kept != class)).collect()
        };
        self.locked.iter().map(rule_out).collect()
    }

    /// Each grid where most of it is, of what is left; `None` when nothing is left for one.
    fn node(&self, ruled_out: RuledOut, made: &mut usize) -> Option<Node> {
        let best = |(grid, ruled_out): (usize, &Vec<bool>)| {
            let left = (0..self.classes()).filter(|&class| !ruled_out[class]);
            // The first of equal ones.
            left.max_by(|&p, &q| self.common_m2[grid][p].total_cmp(&self.common_m2[grid][q]).then(q.cmp(&p)))
        };
        let to = ruled_out.iter().enumerate().map(best).collect::<Option<Vec<usize>>>()?;
        let bound_m2 = self.kept_m2(&to);
        *made += 1;
        Some(Node { ruled_out, to, bound_m2, number: *made })
    }

    fn kept_m2(&self, to: &[usize]) -> f64 {
        to.iter().zip(&self.common_m2).map(|(&class, common)| common[class]).sum()
    }

    /// The first police grid that is in parts, or has no grid.
    fn breach(&self, to: &[usize]) -> Option<Breach> {
        (0..self.classes()).find_map(|class| {
            let mut parts = self.components(to, class);
            match parts.len() {
                0 => Some(Breach { class, smaller: Vec::new() }),
                1 => None,
                _ => {
                    parts.sort_by(|p, q| {
                        self.weight(p, class).total_cmp(&self.weight(q, class)).then(p.cmp(q))
                    });
                    Some(Breach { class, smaller: parts.swap_remove(0) })
                }
            }
        })
    }

    fn weight(&self, part: &[usize], class: usize) -> f64 {
        part.iter().map(|&grid| self.common_m2[grid][class]).sum()
    }

    fn components(&self, to: &[usize], class: usize) -> Vec<Vec<usize>> {
        let mut seen = vec![false; to.len()];
        let mut found = Vec::new();
        for start in (0..to.len()).filter(|&grid| to[grid] == class) {
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            let (mut part, mut next) = (vec![start], vec![start]);
            while let Some(grid) = next.pop() {
                for &other in &self.neighbours[grid] {
                    if to[other] == class && !std::mem::replace(&mut seen[other], true) {
                        part.push(other);
                        next.push(other);
                    }
                }
            }
            part.sort_unstable();
            found.push(part);
        }
        found
    }

    /// The parts that an arrangement without the breach must be of; no arrangement is in two of them.
    fn parts(&self, node: &Node, breach: &Breach) -> Vec<RuledOut> {
        let class = breach.class;
        let is_in = |grid: &usize| breach.smaller.binary_search(grid).is_ok();
        let mut around: Vec<usize> = if breach.smaller.is_empty() {
            (0..node.to.len()).collect()
        } else {
            breach.smaller.iter().flat_map(|&grid| &self.neighbours[grid]).copied().collect()
        };
        around.sort_unstable();
        around.dedup();
        around.retain(|grid| !is_in(grid));
        // One beside it belongs to it as well, and none before that one.
        let (mut parts, mut rest) = self.with_some(node.ruled_out.clone(), &around, class);
        if breach.smaller.is_empty() {
            return parts;
        }
        // None beside it does: then it, or all the rest, is others'.
        let mut without = rest.clone();
        for &grid in &breach.smaller {
            without[grid][class] = true;
        }
        parts.push(without);
        for grid in (0..node.to.len()).filter(|grid| !is_in(grid)) {
            rest[grid][class] = true;
        }
        // That one of the part is its own keeps the two apart.
        parts.extend(self.with_some(rest, &breach.smaller, class).0);
        parts
    }

    /// The parts in which one of some grids is of a class, each with the first that is; and the part in which none is.
    fn with_some(&self, mut rest: RuledOut, grids: &[usize], class: usize) -> (Vec<RuledOut>, RuledOut) {
        let mut parts = Vec::new();
        for &grid in grids {
            if rest[grid][class] {
                continue;
            }
            let mut part = rest.clone();
            for other in (0..self.classes()).filter(|&other| other != class) {
                part[grid][other] = true;
            }
            parts.push(part);
            rest[grid][class] = true;
        }
        (parts, rest)
    }

    /// An arrangement by giving smaller parts away, one after the other.
    fn good(&self) -> Option<Assigned> {
        let mut made = 0;
        let mut node = self.node(self.start(), &mut made)?;
        while let Some(breach) = self.breach(&node.to) {
            if breach.smaller.is_empty() {
                return None;
            }
            for grid in breach.smaller {
                node.ruled_out[grid][breach.class] = true;
            }
            node = self.node(node.ruled_out, &mut made)?;
        }
        Some(Assigned { kept_m2: node.bound_m2, to: node.to, is_best: false })
    }
}

/// A police grid in parts, or without any grid.
struct Breach {
    class: usize,
    /// The part with the least of its ground, by number; empty when it has no grid.
    smaller: Vec<usize>,
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound_m2.total_cmp(&other.bound_m2).then(other.number.cmp(&self.number))
    }
}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Node {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The squares of a board, row by row, each beside those above, below, left and right.
    fn board(wide: usize, high: usize) -> Vec<Vec<usize>> {
        let beside = |n: usize| {
            let (x, y) = (n % wide, n / wide);
            let mut all = Vec::new();
            all.extend((y > 0).then(|| n - wide));
            all.extend((x > 0).then(|| n - 1));
            all.extend((x + 1 < wide).then(|| n + 1));
            all.extend((y + 1 < high).then(|| n + wide));
            all
        };
        (0..wide * high).map(beside).collect()
    }

    struct Rolls(u64);

    impl Rolls {
        fn next(&mut self, bound: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % bound
        }
    }

    fn random(wide: usize, high: usize, classes: usize, seed: u64) -> Assigning {
        let mut rolls = Rolls(seed);
        let mut row = || (0..classes).map(|_| rolls.next(100) as f64).collect();
        let common_m2 = (0..wide * high).map(|_| row()).collect();
        Assigning { common_m2, neighbours: board(wide, high), locked: vec![None; wide * high] }
    }

    /// The most that any arrangement keeps, by trying all.
    fn most(problem: &Assigning) -> Option<f64> {
        let (grids, classes) = (problem.common_m2.len(), problem.classes());
        let mut best: Option<f64> = None;
        for mut code in 0..classes.pow(grids as u32) {
            let mut to = vec![0; grids];
            for class in &mut to {
                *class = code % classes;
                code /= classes;
            }
            let is_kept =
                problem.locked.iter().zip(&to).all(|(lock, &class)| lock.is_none_or(|l| l == class));
            let kept = problem.kept_m2(&to);
            if is_kept && best.is_none_or(|best| kept > best) && problem.breach(&to).is_none() {
                best = Some(kept);
            }
        }
        best
    }

    fn is_best(problem: &Assigning) {
        let found = problem.best(100_000);
        assert_eq!(found.as_ref().map(|a| a.kept_m2), most(problem), "{problem:?}");
        if let Some(assigned) = found {
            assert!(assigned.is_best && problem.breach(&assigned.to).is_none());
            assert!((problem.kept_m2(&assigned.to) - assigned.kept_m2).abs() < 1e-9);
            assert_eq!(problem.best(100_000), Some(assigned), "the same each time");
        }
    }

    #[test]
    fn on_four_by_four_squares_nothing_better_is_found_by_trying_all() {
        for seed in 0..12 {
            is_best(&random(4, 4, 2, seed));
        }
    }

    #[test]
    fn with_three_police_grids_too() {
        for seed in 0..4 {
            is_best(&random(3, 3, 3, seed));
        }
    }

    #[test]
    fn locked_grids_stay() {
        for seed in 0..6 {
            let mut problem = random(4, 3, 2, seed);
            problem.locked[0] = Some(1);
            problem.locked[11] = Some(0);
            is_best(&problem);
        }
    }

    #[test]
    fn a_police_grid_that_has_most_of_nothing_keeps_one_grid() {
        let mut problem = random(4, 2, 2, 1);
        for common in &mut problem.common_m2 {
            *common = vec![10.0, 1.0];
        }
        problem.common_m2[5][1] = 3.0;
        let assigned = problem.best(1_000).unwrap();
        assert_eq!(assigned.to, [0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn what_cannot_be_is_said() {
        let mut problem = random(3, 1, 2, 1);
        problem.locked = vec![Some(0), Some(1), Some(0)];
        assert_eq!(problem.best(1_000), None);
    }

    #[test]
    fn a_search_that_is_given_up_still_gives_a_connected_one() {
        let problem = random(6, 6, 2, 3);
        let assigned = problem.best(0).unwrap();
        assert!(!assigned.is_best && problem.breach(&assigned.to).is_none());
        let best = problem.best(100_000).unwrap();
        assert!(best.kept_m2 >= assigned.kept_m2, "{best:?} {assigned:?}");
    }
}
