//! The police grids: mostly unions of whole land grids, in some places cut otherwise.
//!
//! A police grid starts as a village. Small neighbours are joined and large communities parted until
//! the wanted number is left; then, along some of the borders, a strip of ground changes hands without
//! regard to the land grids, as it does where two administrations drew their lines apart.

use super::facts::{Facts, Village};
use super::land::{Grid, Land};
use super::mesh::NONE;
use super::partition::Ground;
use super::random::Dice;
use super::share;
use std::collections::{BTreeMap, BTreeSet};

/// Police grids that are aimed at.
const GRIDS: usize = 1700;
/// Police stations.
pub const STATIONS: usize = 172;
/// A village of so many land grids is parted between two police grids.
const LARGE: usize = 9;
/// The part of the borders along which ground changes hands.
const ASTRAY: f64 = 0.08;
/// Atoms that change hands at one place.
const STRIP: (usize, usize) = (4, 13);

/// The police's division of the ground.
#[derive(Clone, Debug, Default)]
pub struct Police {
    /// The police grid of each atom of the mesh.
    pub labels: Vec<u32>,
    /// The police grids, by station.
    pub grids: Vec<Beat>,
    /// The stations, by county.
    pub stations: Vec<Station>,
}

/// A police grid.
#[derive(Clone, Debug)]
pub struct Beat {
    /// Index of its station.
    pub station: usize,
    /// A land grid of the village that it is named after.
    pub home: Grid,
    /// Its number in the village, when the village is parted.
    pub part: Option<usize>,
}

/// A police station.
#[derive(Clone, Debug)]
pub struct Station {
    /// Index of its county.
    pub county: usize,
    /// 东江派出所
    pub name: String,
}

/// The village that a land grid belongs to.
pub fn village(facts: &Facts, grid: Grid) -> &Village {
    &facts.counties[grid.county].townships[grid.township].villages[grid.village]
}

/// Divides the ground among police grids and stations.
pub fn divide(facts: &Facts, land: &Land, ground: &Ground, dice: &mut Dice) -> Police {
    let near = neighbours(&land.labels, ground, land.grids.len());
    let beats = join(land, &near, part(land, &near));
    let homes = homes(land, &beats);
    let (stations, of_beat) = stations(facts, &homes, &neighbours_of(&beats, &near, homes.len()));
    // Beats are numbered by station, then by the order of their villages.
    let mut order: Vec<usize> = (0..homes.len()).collect();
    order.sort_by_key(|&b| (of_beat[b], homes[b].0, homes[b].1));
    let mut rank = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        rank[old] = new as u32;
    }
    let label = |&grid: &u32| if grid == NONE { NONE } else { rank[beats[grid as usize]] };
    let mut labels: Vec<u32> = land.labels.iter().map(label).collect();
    stray(ground, &mut labels, order.len(), dice);
    let beat = |&old: &usize| Beat { station: of_beat[old], home: homes[old].0, part: homes[old].1 };
    Police { labels, grids: order.iter().map(beat).collect(), stations }
}

/// Which labels touch, and along how many links.
fn neighbours(labels: &[u32], ground: &Ground, count: usize) -> Vec<BTreeMap<u32, usize>> {
    let mut near = vec![BTreeMap::new(); count];
    for i in 0..ground.len() as u32 {
        let own = labels[i as usize];
        for &(j, _) in ground.steps(i) {
            let other = labels[j as usize];
            if own != other && own != NONE && other != NONE {
                *near[own as usize].entry(other).or_insert(0) += 1;
            }
        }
    }
    near
}

fn same_township(a: Grid, b: Grid) -> bool {
    (a.county, a.township) == (b.county, b.township)
}

/// A beat for each village, two for a large one whose halves hang together: the beat of each land grid.
fn part(land: &Land, near: &[BTreeMap<u32, usize>]) -> Vec<usize> {
    let mut beats = vec![0; land.grids.len()];
    let (mut start, mut next) = (0, 0);
    while start < land.grids.len() {
        let key = |g: &Grid| (g.county, g.township, g.village);
        let end =
            start + land.grids[start..].iter().take_while(|g| key(g) == key(&land.grids[start])).count();
        beats[start..end].fill(next);
        if end - start >= LARGE {
            let half = grown(start, (start, end), (end - start) / 2, near);
            let rest: Vec<usize> = (start..end).filter(|g| !half.contains(g)).collect();
            if rest.first().is_some_and(|&first| grown_among(first, &rest, near) == rest.len()) {
                next += 1;
                for g in rest {
                    beats[g] = next;
                }
            }
        }
        next += 1;
        start = end;
    }
    beats
}

/// The first `count` grids of a range met on the way outwards from one of them.
fn grown(
    first: usize,
    range: (usize, usize),
    count: usize,
    near: &[BTreeMap<u32, usize>],
) -> BTreeSet<usize> {
    let (mut found, mut queue) = (BTreeSet::from([first]), vec![first]);
    let mut at = 0;
    while at < queue.len() && found.len() < count {
        for &n in near[queue[at]].keys() {
            let n = n as usize;
            if n >= range.0 && n < range.1 && found.len() < count && found.insert(n) {
                queue.push(n);
            }
        }
        at += 1;
    }
    found
}

/// How many of some grids hang together with one of them.
fn grown_among(first: usize, all: &[usize], near: &[BTreeMap<u32, usize>]) -> usize {
    let (mut found, mut open) = (BTreeSet::from([first]), vec![first]);
    while let Some(grid) = open.pop() {
        let next = near[grid].keys().map(|&n| n as usize).filter(|n| all.contains(n));
        for n in next {
            if found.insert(n) {
                open.push(n);
            }
        }
    }
    found.len()
}

/// Joins the smallest beats with a neighbour of their township until the wanted number is left.
fn join(land: &Land, near: &[BTreeMap<u32, usize>], beats: Vec<usize>) -> Vec<usize> {
    let count = beats.iter().max().map_or(0, |m| m + 1);
    let mut sizes = vec![0usize; count];
    for &b in &beats {
        sizes[b] += 1;
    }
    let first: Vec<usize> = (0..count).map(|b| beats.iter().position(|&x| x == b).unwrap_or(0)).collect();
    let between = neighbours_of(&beats, near, count);
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&b| (sizes[b], b));
    let mut joined = vec![false; count];
    let mut left = count;
    let mut into: Vec<usize> = (0..count).collect();
    for b in order {
        let fits = |&&o: &&usize| !joined[o] && same_township(land.grids[first[o]], land.grids[first[b]]);
        let partner = between[b].iter().filter(fits).min_by_key(|&&o| (sizes[o], o)).copied();
        if let Some(other) = partner.filter(|_| left > GRIDS && !joined[b]) {
            (joined[b], joined[other]) = (true, true);
            into[b.max(other)] = b.min(other);
            left -= 1;
        }
    }
    let mut numbers = vec![0; count];
    for (number, b) in (0..count).filter(|&b| into[b] == b).enumerate() {
        numbers[b] = number;
    }
    beats.into_iter().map(|b| numbers[into[b]]).collect()
}

/// Which beats touch.
fn neighbours_of(beats: &[usize], near: &[BTreeMap<u32, usize>], count: usize) -> Vec<BTreeSet<usize>> {
    let mut between = vec![BTreeSet::new(); count];
    for (grid, others) in near.iter().enumerate() {
        let own = beats[grid];
        between[own].extend(others.keys().map(|&o| beats[o as usize]).filter(|&o| o != own));
    }
    between
}

/// The village that each beat is named after, and its part of it.
fn homes(land: &Land, beats: &[usize]) -> Vec<(Grid, Option<usize>)> {
    let count = beats.iter().max().map_or(0, |m| m + 1);
    let mut homes: Vec<Option<Grid>> = vec![None; count];
    for (grid, &beat) in land.grids.iter().zip(beats) {
        homes[beat].get_or_insert(Grid { sequence: 0, ..*grid });
    }
    let homes: Vec<Grid> = homes.into_iter().flatten().collect();
    let twice = |i: usize| homes.iter().filter(|&&h| h == homes[i]).count() > 1;
    let number = |i: usize| homes[..i].iter().filter(|&&h| h == homes[i]).count() + 1;
    (0..homes.len()).map(|i| (homes[i], twice(i).then(|| number(i)))).collect()
}

/// One station per township, two in the largest of the most populous counties; and each beat's station.
fn stations(
    facts: &Facts,
    homes: &[(Grid, Option<usize>)],
    near: &[BTreeSet<usize>],
) -> (Vec<Station>, Vec<usize>) {
    let townships: usize = facts.counties.iter().map(|c| c.townships.len()).sum();
    let people: Vec<f64> = facts.counties.iter().map(|c| f64::from(c.population)).collect();
    let extra = share::out(STATIONS.saturating_sub(townships), &people);
    let (mut stations, mut of_beat) = (Vec::new(), vec![0; homes.len()]);
    for (c, county) in facts.counties.iter().enumerate() {
        let mut largest: Vec<usize> = (0..county.townships.len()).collect();
        largest.sort_by_key(|&t| (std::cmp::Reverse(county.townships[t].villages.len()), t));
        for (t, township) in county.townships.iter().enumerate() {
            let own: Vec<usize> =
                (0..homes.len()).filter(|&b| (homes[b].0.county, homes[b].0.township) == (c, t)).collect();
            let second = if largest[..extra[c].min(largest.len())].contains(&t) {
                far_half(&own, near)
            } else {
                BTreeSet::new()
            };
            for &beat in &own {
                of_beat[beat] = stations.len() + usize::from(second.contains(&beat));
            }
            stations.push(Station { county: c, name: format!("{}派出所", stem(&township.name)) });
            if let Some(&beat) = second.iter().next() {
                let name = format!("{}派出所", stem(&village(facts, homes[beat].0).name));
                stations.push(Station { county: c, name });
            }
        }
    }
    (stations, of_beat)
}

/// Of the beats of a township, those that are nearer to the last than to the first.
fn far_half(own: &[usize], near: &[BTreeSet<usize>]) -> BTreeSet<usize> {
    let (Some(&first), Some(&last)) = (own.first(), own.last()) else { return BTreeSet::new() };
    let mut side: BTreeMap<usize, bool> = BTreeMap::from([(first, false), (last, true)]);
    let mut queue = vec![first, last];
    let mut at = 0;
    while at < queue.len() {
        let here = side[&queue[at]];
        for &n in near[queue[at]].iter().filter(|n| own.contains(n)) {
            if let std::collections::btree_map::Entry::Vacant(vacant) = side.entry(n) {
                vacant.insert(here);
                queue.push(n);
            }
        }
        at += 1;
    }
    side.into_iter().filter(|&(_, far)| far && first != last).map(|(beat, _)| beat).collect()
}

/// A place's name without what kind of place it is.
fn stem(name: &str) -> String {
    let ends = ["街道", "民族乡", "瑶族乡", "壮族乡", "回族乡", "镇", "乡", "社区", "村"];
    let bare = ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    if bare.chars().count() < 2 { name.into() } else { bare.into() }
}

/// Along some borders hands a strip of atoms from one police grid to the other; both stay connected.
fn stray(ground: &Ground, labels: &mut [u32], count: usize, dice: &mut Dice) {
    let near = neighbours(labels, ground, count);
    for own in 0..count as u32 {
        for &other in near[own as usize].keys().filter(|&&o| o > own) {
            if dice.unit() >= ASTRAY {
                continue;
            }
            let (from, to) = if dice.unit() < 0.5 { (own, other) } else { (other, own) };
            let held: Vec<u32> = (0..ground.len() as u32).filter(|&i| labels[i as usize] == from).collect();
            let touches = |&&i: &&u32| ground.steps(i).iter().any(|s| labels[s.0 as usize] == to);
            let rim: Vec<u32> = held.iter().filter(touches).copied().collect();
            let most = (STRIP.0 + dice.below(STRIP.1 - STRIP.0)).min(held.len() / 3);
            let Some(&first) = rim.get(dice.below(rim.len())) else { continue };
            let strip = strip(ground, labels, first, most);
            paint(labels, &strip, to);
            let rest: Vec<u32> = held.iter().filter(|i| !strip.contains(i)).copied().collect();
            if !hangs_together(ground, labels, &rest) {
                paint(labels, &strip, from);
            }
        }
    }
}

fn paint(labels: &mut [u32], atoms: &[u32], label: u32) {
    for &i in atoms {
        labels[i as usize] = label;
    }
}

/// Up to `most` atoms of a label around one of them, nearest first.
fn strip(ground: &Ground, labels: &[u32], first: u32, most: usize) -> Vec<u32> {
    let mut strip = if most == 0 { Vec::new() } else { vec![first] };
    let mut at = 0;
    while at < strip.len() {
        for &(j, _) in ground.steps(strip[at]) {
            if labels[j as usize] == labels[first as usize] && strip.len() < most && !strip.contains(&j) {
                strip.push(j);
            }
        }
        at += 1;
    }
    strip
}

/// Whether all of some atoms of one label hang together.
fn hangs_together(ground: &Ground, labels: &[u32], atoms: &[u32]) -> bool {
    let Some(&first) = atoms.first() else { return false };
    let (mut seen, mut open) = (BTreeSet::from([first]), vec![first]);
    while let Some(i) = open.pop() {
        for &(j, _) in ground.steps(i) {
            if labels[j as usize] == labels[i as usize] && seen.insert(j) {
                open.push(j);
            }
        }
    }
    seen.len() == atoms.len()
}
