//! Dividing ground among units: connected, of wanted sizes, with natural-looking borders.
//!
//! Every unit grows from a seed; an atom goes to the unit that reaches it first. A unit that came out too
//! large starts later the next time, one that came out too small earlier (an additively weighted Voronoi
//! diagram on the mesh, its weights found by iteration), and seeds move to the middle of what they got
//! (Lloyd). Shortest ways lie inside the unit, so each unit is connected. Rough going, by chance and by
//! terrain, makes the fronts meet along crooked lines.

use super::mesh::NONE;
use super::random::Dice;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Ground to divide: atoms with their sizes and places, and the cost of going between neighbours.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// Global number of each atom.
    pub atoms: Vec<u32>,
    /// How much each atom counts towards a quota.
    pub sizes: Vec<f64>,
    /// Where each atom lies, in metres.
    pub places: Vec<(f64, f64)>,
    starts: Vec<u32>,
    steps: Vec<(u32, u32)>,
}

/// What is wanted of a division.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The size that each unit should get, in any unit of measure.
    pub quotas: Vec<f64>,
    /// The local atom that must lie in a unit, where that is fixed.
    pub pinned: Vec<Option<u32>>,
    /// The unit that alone may enter an atom, or [`NONE`]; empty when nothing is reserved. A unit's
    /// reserved atoms must hang together with its pinned one.
    pub reserved: Vec<u32>,
    /// Rounds of growing; more come nearer to the quotas.
    pub rounds: usize,
    /// In how many of them unpinned seeds move to the middle of their unit.
    pub settling: usize,
    /// Area of a disc that is reached at cost 1, to turn sizes into costs: `size = disc · cost²`.
    pub disc: f64,
}

impl Ground {
    /// Ground from its atoms and the costs between them (`a`, `b`, cost; each pair once).
    pub fn new(atoms: Vec<u32>, sizes: Vec<f64>, places: Vec<(f64, f64)>, links: &[(u32, u32, u32)]) -> Self {
        let mut starts = vec![0u32; atoms.len() + 1];
        for &(a, b, _) in links {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += 1;
        }
        for i in 0..atoms.len() {
            starts[i + 1] += starts[i];
        }
        let mut fill = starts.clone();
        let mut steps = vec![(0, 0); links.len() * 2];
        for &(a, b, cost) in links {
            for (from, to) in [(a, b), (b, a)] {
                steps[fill[from as usize] as usize] = (to, cost);
                fill[from as usize] += 1;
            }
        }
        Self { atoms, sizes, places, starts, steps }
    }

    /// The number of atoms.
    pub fn len(&self) -> usize {
        self.atoms.len()
    }

    /// The neighbours of an atom with the cost of going there.
    pub fn steps(&self, atom: u32) -> &[(u32, u32)] {
        &self.steps[self.starts[atom as usize] as usize..self.starts[atom as usize + 1] as usize]
    }

    /// The grounds of each label in one pass; order inside them stays.
    pub fn split(&self, labels: &[u32], count: usize) -> Vec<Self> {
        let mut local = vec![NONE; self.len()];
        let mut parts: Vec<Vec<u32>> = vec![Vec::new(); count];
        for (i, &label) in labels.iter().enumerate().filter(|&(_, &l)| l != NONE) {
            local[i] = parts[label as usize].len() as u32;
            parts[label as usize].push(i as u32);
        }
        let part = |members: &Vec<u32>| {
            let mut links = Vec::new();
            for (k, &i) in members.iter().enumerate() {
                let same = |&&(j, _): &&(u32, u32)| j > i && labels[j as usize] == labels[i as usize];
                links.extend(
                    self.steps(i).iter().filter(same).map(|&(j, c)| (k as u32, local[j as usize], c)),
                );
            }
            let of = |f: &dyn Fn(usize) -> f64| members.iter().map(|&i| f(i as usize)).collect();
            let atoms = members.iter().map(|&i| self.atoms[i as usize]).collect();
            let places = members.iter().map(|&i| self.places[i as usize]).collect();
            Self::new(atoms, of(&|i| self.sizes[i]), places, &links)
        };
        parts.iter().map(part).collect()
    }

    /// Divides the ground among `wish.quotas.len()` units; every unit is connected and has an atom.
    ///
    /// Quotas are scaled to the ground there is. Ground that no seed can reach keeps [`NONE`]; ask for
    /// no more units than there are atoms.
    pub fn divide(&self, wish: &Wish, dice: &mut Dice) -> Vec<u32> {
        let n = wish.quotas.len();
        if n <= 1 {
            return vec![0; self.len()];
        }
        let scale = self.sizes.iter().sum::<f64>() / wish.quotas.iter().sum::<f64>();
        let radius = |size: f64| (size / wish.disc).sqrt();
        let wanted: Vec<f64> = wish.quotas.iter().map(|q| q * scale).collect();
        let mut seeds = self.seeds(wish, dice);
        let mut delays: Vec<f64> = wanted.iter().map(|&q| -radius(q)).collect();
        let mut best = (f64::INFINITY, Vec::new());
        for round in 0..wish.rounds {
            let labels = self.grow(&seeds, &mut delays, &wish.reserved);
            let sizes = self.sizes_of(&labels, n);
            let misfit = (0..n).map(|i| (sizes[i] / wanted[i] - 1.0).abs()).fold(0.0, f64::max);
            if round >= wish.settling && misfit < best.0 {
                best = (misfit, labels.clone());
                if misfit < 0.01 {
                    break;
                }
            }
            if round < wish.settling {
                self.settle(&labels, wish, &mut seeds);
            }
            let ease = 0.5 - 0.45 * round as f64 / wish.rounds as f64;
            for i in 0..n {
                let most = 0.2 * radius(wanted[i]);
                delays[i] += (ease * (radius(sizes[i]) - radius(wanted[i]))).clamp(-most, most);
            }
        }
        let mut labels = best.1;
        self.trim(&mut labels, &seeds, &wish.reserved);
        labels
    }

    /// The first seeds: pinned ones where they must be, the others far from those before them.
    fn seeds(&self, wish: &Wish, dice: &mut Dice) -> Vec<u32> {
        let mut reach = vec![u32::MAX; self.len()];
        let mut heap = BinaryHeap::new();
        for &atom in wish.pinned.iter().flatten() {
            self.spread(atom, &mut reach, &mut heap);
        }
        let mut choose = |pin: &Option<u32>| {
            pin.unwrap_or_else(|| {
                let far = reach.iter().copied().max().unwrap_or(0);
                let fit: Vec<u32> = (0..self.len() as u32)
                    .filter(|&i| reach[i as usize] >= far / 5 * 3 && reach[i as usize] > 0)
                    .collect();
                let atom = fit.get(dice.below(fit.len())).copied().unwrap_or(0);
                self.spread(atom, &mut reach, &mut heap);
                atom
            })
        };
        wish.pinned.iter().map(&mut choose).collect()
    }

    /// Lowers `reach` to the cost from `atom` wherever that is less.
    fn spread(&self, atom: u32, reach: &mut [u32], heap: &mut BinaryHeap<Reverse<(u32, u32)>>) {
        reach[atom as usize] = 0;
        heap.push(Reverse((0, atom)));
        while let Some(Reverse((cost, i))) = heap.pop() {
            if cost > reach[i as usize] {
                continue;
            }
            for &(j, step) in self.steps(i) {
                if cost + step < reach[j as usize] {
                    reach[j as usize] = cost + step;
                    heap.push(Reverse((cost + step, j)));
                }
            }
        }
    }

    /// Lets all units grow at once, each after its delay.
    ///
    /// A seed that another unit reaches before its time starts at that moment, and its delay is set so:
    /// no unit is swallowed.
    fn grow(&self, seeds: &[u32], delays: &mut [f64], reserved: &[u32]) -> Vec<u32> {
        let first = delays.iter().copied().fold(f64::INFINITY, f64::min);
        let mut labels = vec![NONE; self.len()];
        let mut reach = vec![u32::MAX; self.len()];
        let mut heap = BinaryHeap::with_capacity(self.len());
        for (label, (&seed, delay)) in seeds.iter().zip(delays.iter()).enumerate() {
            labels[seed as usize] = label as u32;
            reach[seed as usize] = (delay - first) as u32;
            heap.push(Reverse((reach[seed as usize], seed)));
        }
        let mut done = vec![false; self.len()];
        while let Some(Reverse((cost, i))) = heap.pop() {
            if std::mem::replace(&mut done[i as usize], true) {
                continue;
            }
            for &(j, step) in self.steps(i) {
                let barred = reserved.get(j as usize).is_some_and(|&r| r != NONE && r != labels[i as usize]);
                if !barred && cost + step < reach[j as usize] {
                    reach[j as usize] = cost + step;
                    heap.push(Reverse((cost + step, j)));
                    let own = labels[j as usize];
                    if own != NONE && seeds[own as usize] == j {
                        delays[own as usize] = first + f64::from(cost + step);
                    } else {
                        labels[j as usize] = labels[i as usize];
                    }
                }
            }
        }
        labels
    }

    fn sizes_of(&self, labels: &[u32], count: usize) -> Vec<f64> {
        let mut sizes = vec![0.0; count];
        for (&label, size) in labels.iter().zip(&self.sizes).filter(|&(&l, _)| l != NONE) {
            sizes[label as usize] += size;
        }
        sizes
    }

    /// Moves each unpinned seed to the atom nearest to the middle of its unit.
    fn settle(&self, labels: &[u32], wish: &Wish, seeds: &mut [u32]) {
        let mut sums = vec![(0.0, 0.0, 0.0); seeds.len()];
        for (i, &label) in labels.iter().enumerate().filter(|&(_, &l)| l != NONE) {
            let (sum, size) = (&mut sums[label as usize], self.sizes[i]);
            *sum = (sum.0 + self.places[i].0 * size, sum.1 + self.places[i].1 * size, sum.2 + size);
        }
        let mut nearest = vec![f64::INFINITY; seeds.len()];
        for (i, &label) in labels.iter().enumerate().filter(|&(_, &l)| l != NONE) {
            let l = label as usize;
            let (dx, dy) =
                (self.places[i].0 - sums[l].0 / sums[l].2, self.places[i].1 - sums[l].1 / sums[l].2);
            if wish.pinned[l].is_none() && dx * dx + dy * dy < nearest[l] {
                nearest[l] = dx * dx + dy * dy;
                seeds[l] = i as u32;
            }
        }
    }

    /// Gives away atoms that hang on their unit by a single neighbour: no spurs of one atom's width.
    fn trim(&self, labels: &mut [u32], seeds: &[u32], reserved: &[u32]) {
        for _ in 0..3 {
            for i in 0..self.len() as u32 {
                let own = labels[i as usize];
                let mine = self.steps(i).iter().filter(|s| labels[s.0 as usize] == own).count();
                let fixed = reserved.get(i as usize).is_some_and(|&r| r != NONE);
                if mine != 1 || own == NONE || fixed || seeds[own as usize] == i {
                    continue;
                }
                let others =
                    self.steps(i).iter().map(|s| labels[s.0 as usize]).filter(|&l| l != own && l != NONE);
                let mut votes: Vec<u32> = others.collect();
                votes.sort_unstable();
                let count = |l: u32| votes.iter().filter(|&&v| v == l).count();
                if let Some(&winner) = votes.iter().max_by_key(|&&l| (count(l), Reverse(l))) {
                    labels[i as usize] = winner;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square net of `n` by `n` atoms with equal steps.
    fn net(n: u32) -> Ground {
        let links = (0..n * n).flat_map(|i| {
            let east = (i % n + 1 < n).then_some((i, i + 1, 100));
            east.into_iter().chain((i / n + 1 < n).then_some((i, i + n, 100)))
        });
        let places = (0..n * n).map(|i| (f64::from(i % n), f64::from(i / n))).collect();
        let count = (n * n) as usize;
        Ground::new((0..n * n).collect(), vec![1.0; count], places, &links.collect::<Vec<_>>())
    }

    fn wish(quotas: &[f64]) -> Wish {
        let pinned = vec![None; quotas.len()];
        Wish { quotas: quotas.to_vec(), pinned, reserved: Vec::new(), rounds: 30, settling: 5, disc: 2e-4 }
    }

    #[test]
    fn every_unit_is_connected_and_near_its_quota() {
        let (ground, quotas) = (net(40), [1.0, 2.0, 3.0, 4.0]);
        let labels = ground.divide(&wish(&quotas), &mut Dice::new(5, 1));
        for (label, part) in ground.split(&labels, 4).iter().enumerate() {
            let mut reach = vec![u32::MAX; part.len()];
            part.spread(0, &mut reach, &mut BinaryHeap::new());
            assert!(reach.iter().all(|&r| r < u32::MAX), "unit {label} is torn");
            let share = part.len() as f64 / 160.0 / quotas[label];
            assert!((0.85..1.15).contains(&share), "unit {label} got {share} of its quota");
        }
    }

    #[test]
    fn a_pinned_atom_lies_in_its_unit() {
        let ground = net(20);
        let pins = [Some(0), Some(1), Some(399)];
        let wish = Wish { pinned: pins.to_vec(), ..wish(&[1.0, 1.0, 1.0]) };
        let labels = ground.divide(&wish, &mut Dice::new(5, 1));
        assert_eq!([labels[0], labels[1], labels[399]], [0, 1, 2]);
    }
}
