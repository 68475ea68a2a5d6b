//! Counties of the official sizes around their real seats, where no real borders are given.
//!
//! The city's ground is grown from its heart over the places that lie nearest to the seats and the
//! river until it has the official area; then the counties divide it, each growing from its seat.

use super::border::Pen;
use super::course::Course;
use super::facts::Facts;
use super::mesh::{Mesh, MeshError, NONE};
use super::partition::{Ground, Wish};
use super::random::{self, Dice};
use super::scatter::Scatter;
use super::terrain::{HEART, hill};
use super::{border, plane};
use crate::geom::{Point, Shape};
use std::collections::BinaryHeap;

/// The box that the whole city must lie in: that of the real one.
const WEST_SOUTH: Point = Point::new(1_096_100_000, 242_600_000);
const EAST_NORTH: Point = Point::new(1_115_000_000, 263_800_000);
/// Metres from the heart within which a seat is an inner district's.
const DOWNTOWN: f64 = 8000.0;
/// Metres of way that crossing the river is worth.
const FERRY: u32 = 1500;
/// Part of its radius within which the inner city keeps others out.
const CORE: f64 = 0.92;
/// Half the width of the ground that leads a county to its seat, as a part of its radius.
const WAY: f64 = 0.2;
/// The middle of the city's ground.
const CENTRE: Point = Point::new(1_105_500_000, 253_000_000);
/// Metres from the box's sides at which the city's ground thins out.
const MARGIN: f64 = 14_000.0;

/// Shapes of the counties in the order of the facts, edge-matched.
pub fn counties(facts: &Facts, course: &Course, seed: u64) -> Result<Vec<Shape>, MeshError> {
    let mesh = Mesh::new(points(facts, seed), &[])?;
    let ground = ground(&mesh, course, seed);
    let blocks = blocks(facts);
    let inside = city(facts, &blocks, &mesh, &ground, seed);
    let city: Vec<u32> = inside.iter().map(|&i| if i { 0 } else { NONE }).collect();
    let own = &ground.split(&city, 1)[0];
    let shares = shares(facts, &blocks, own, seed);
    let mut labels = vec![NONE; mesh.atoms.len()];
    for (&atom, &share) in own.atoms.iter().zip(&shares) {
        labels[atom as usize] = share;
    }
    let met = border::met(&mesh, &labels);
    let pen = Pen { mesh: &mesh, met: &met, finest: &labels, seed };
    Ok(pen.shapes(&labels, facts.counties.len()))
}

/// What grows as one: a county, or the districts of the inner city together.
///
/// Districts whose seats lie within sight of each other cannot be grown against large counties: a small
/// delay decides whether one is swallowed. They grow as one from the heart and divide it afterwards.
struct Block {
    counties: Vec<usize>,
    area: f64,
    seat: (f64, f64),
    middle: (f64, f64),
}

impl Block {
    fn of(facts: &Facts, counties: Vec<usize>, seat: (f64, f64)) -> Self {
        let area = counties.iter().map(|&c| facts.counties[c].area_km2 * 1e6).sum();
        Self { counties, area, seat, middle: seat }
    }

    /// How far the middle may lie from the seat; the inner city stays where it is.
    fn play(&self) -> f64 {
        if self.counties.len() > 1 { 0.0 } else { 0.97 * self.radius() }
    }

    fn radius(&self) -> f64 {
        (self.area / std::f64::consts::PI).sqrt()
    }
}

/// The blocks of the whole city: the inner districts are one.
fn blocks(facts: &Facts) -> Vec<Block> {
    let seat = |c: usize| plane::metres(facts.counties[c].seat);
    let heart = plane::metres(HEART);
    let (inner, outer): (Vec<usize>, Vec<usize>) =
        (0..facts.counties.len()).partition(|&c| plane::distance(seat(c), heart) < DOWNTOWN);
    let mut blocks: Vec<Block> = outer.into_iter().map(|c| Block::of(facts, vec![c], seat(c))).collect();
    blocks.push(Block::of(facts, inner, heart));
    push_apart(&mut blocks);
    blocks
}

/// Finds the blocks' middles: discs of their areas around the seats are pushed apart.
///
/// A seat often lies at its county's rim, so the middle is free to move as long as the disc holds the
/// seat. The larger disc of two gives way the more.
fn push_apart(blocks: &mut [Block]) {
    for _ in 0..400 {
        for i in 0..blocks.len() {
            let (mut middle, radius) = (blocks[i].middle, blocks[i].radius());
            for other in blocks.iter().enumerate().filter(|&(j, _)| j != i).map(|(_, b)| b) {
                let apart = plane::distance(middle, other.middle).max(1.0);
                let yielding = 0.2 * blocks[i].area / (blocks[i].area + other.area);
                let push = (radius + other.radius() - apart).max(0.0) * yielding / apart;
                middle.0 += (middle.0 - other.middle.0) * push;
                middle.1 += (middle.1 - other.middle.1) * push;
            }
            blocks[i].middle = held(middle, blocks[i].seat, blocks[i].play());
        }
    }
}

/// The position on the way back to `seat` that is no farther from it than `reach`.
fn held(at: (f64, f64), seat: (f64, f64), reach: f64) -> (f64, f64) {
    let back = (reach / plane::distance(at, seat).max(1.0)).min(1.0);
    (seat.0 + (at.0 - seat.0) * back, seat.1 + (at.1 - seat.1) * back)
}

/// The block that alone may grow over a place: within the inner city's core, or along the way from a
/// middle to its seat.
fn reserved(blocks: &[Block], at: (f64, f64), seed: u64) -> u32 {
    let ragged = 0.55 + 0.8 * random::fractal(seed ^ 0xedce, at, 5000.0, 3);
    let holds = |b: &Block| {
        if b.counties.len() > 1 {
            return plane::distance(at, b.seat) < CORE * ragged * b.radius();
        }
        let (along, way) =
            ((b.seat.0 - b.middle.0, b.seat.1 - b.middle.1), plane::distance(b.seat, b.middle));
        let share = (at.0 - b.middle.0) * along.0 + (at.1 - b.middle.1) * along.1;
        let t = (share / (way * way).max(1.0)).clamp(0.0, 1.0);
        plane::distance(at, (b.middle.0 + along.0 * t, b.middle.1 + along.1 * t))
            < (WAY * b.radius()).clamp(900.0, 2500.0) * ragged
    };
    blocks.iter().position(holds).map_or(NONE, |b| b as u32)
}

/// The county of each atom of some ground.
fn shares(facts: &Facts, blocks: &[Block], ground: &Ground, seed: u64) -> Vec<u32> {
    let quotas = blocks.iter().map(|b| b.area).collect();
    let pinned = blocks.iter().map(|b| nearest(ground, b.middle)).collect();
    let reserved = ground.places.iter().map(|&p| reserved(blocks, p, seed)).collect();
    let wish = Wish { quotas, pinned, reserved, rounds: 120, settling: 0, disc: 3.0 };
    let labels = ground.divide(&wish, &mut Dice::new(seed, 12));
    let mut counties: Vec<u32> = labels.iter().map(|&l| blocks[l as usize].counties[0] as u32).collect();
    for (label, block) in blocks.iter().enumerate().filter(|(_, b)| b.counties.len() > 1) {
        let one = |&c: &usize| Block::of(facts, vec![c], plane::metres(facts.counties[c].seat));
        let mut districts: Vec<Block> = block.counties.iter().map(one).collect();
        push_apart(&mut districts);
        let inner = &ground.split(&labels, blocks.len())[label];
        let mut shares = shares(facts, &districts, inner, seed).into_iter();
        for i in (0..ground.len()).filter(|&i| labels[i] == label as u32) {
            counties[i] = shares.next().unwrap_or(NONE);
        }
    }
    counties
}

fn nearest(ground: &Ground, at: (f64, f64)) -> Option<u32> {
    let apart = |i: u32| plane::distance(ground.places[i as usize], at);
    (0..ground.len() as u32).min_by(|&a, &b| apart(a).total_cmp(&apart(b)))
}

fn points(facts: &Facts, seed: u64) -> Vec<Point> {
    let mut scatter = Scatter::new(plane::metres(WEST_SOUTH), plane::metres(EAST_NORTH));
    for county in &facts.counties {
        scatter.put(county.seat);
    }
    let heart = plane::metres(HEART);
    let spacing = |at| Some((110.0 + 0.022 * plane::distance(at, heart)).min(800.0));
    scatter.fill(&spacing, &mut Dice::new(seed, 11));
    scatter.points
}

/// The mesh as ground whose going is rough by chance, on many scales.
fn ground(mesh: &Mesh, course: &Course, seed: u64) -> Ground {
    let links: Vec<(u32, u32, u32)> = mesh
        .touching()
        .into_iter()
        .map(|(a, b)| {
            let (p, q) = (mesh.position(a), mesh.position(b));
            let rough = random::fractal(seed ^ 0xc0, plane::middle(p, q), 9000.0, 5);
            let ends = [a, b].map(|i| mesh.points[mesh.atoms[i as usize] as usize]);
            let chance = 0.8 + 0.4 * random::hashed(seed, &ends);
            let ferry = if course.parts(p, q) { FERRY } else { 0 };
            (a, b, (plane::distance(p, q) * (0.3 + 2.6 * rough * rough) * chance) as u32 + 1 + ferry)
        })
        .collect();
    let atoms: Vec<u32> = (0..mesh.atoms.len() as u32).collect();
    let places = atoms.iter().map(|&a| mesh.position(a)).collect();
    Ground::new(atoms, mesh.areas.clone(), places, &links)
}

/// Which atoms are the city's: the best ones that hang together with its heart, and what they enclose,
/// so many that they have the official area.
fn city(facts: &Facts, blocks: &[Block], mesh: &Mesh, ground: &Ground, seed: u64) -> Vec<bool> {
    let scores: Vec<u64> =
        ground.places.iter().map(|&p| (score(facts, blocks, p, seed) * 1e12) as u64).collect();
    let wanted: f64 = facts.counties.iter().map(|c| c.area_km2 * 1e6).sum();
    let mut open = wanted;
    let mut inside = Vec::new();
    for _ in 0..4 {
        inside = flood(mesh, ground, &scores, open);
        fill_holes(ground, &mut inside);
        let got: f64 = inside.iter().zip(&mesh.areas).filter(|&(&i, _)| i).map(|(_, a)| a).sum();
        open += wanted - got;
    }
    inside
}

/// The atoms with the highest scores that hang together with the heart and have a given area.
fn flood(mesh: &Mesh, ground: &Ground, scores: &[u64], wanted: f64) -> Vec<bool> {
    let heart = plane::metres(HEART);
    let apart = |i: &u32| plane::distance(ground.places[*i as usize], heart);
    let first = (0..ground.len() as u32).min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap_or(0);
    let mut inside = vec![false; ground.len()];
    let mut seen = vec![false; ground.len()];
    let mut open = BinaryHeap::from([(scores[first as usize], first)]);
    seen[first as usize] = true;
    let mut area = 0.0;
    while let Some((_, i)) = open.pop().filter(|_| area < wanted) {
        inside[i as usize] = true;
        area += mesh.areas[i as usize];
        for &(j, _) in ground.steps(i) {
            if !std::mem::replace(&mut seen[j as usize], true) {
                open.push((scores[j as usize], j));
            }
        }
    }
    inside
}

/// How much a place should belong to the city, from 0 upwards.
fn score(facts: &Facts, blocks: &[Block], at: (f64, f64), seed: u64) -> f64 {
    let (west_south, east_north) = (plane::metres(WEST_SOUTH), plane::metres(EAST_NORTH));
    let edge = [at.0 - west_south.0, at.1 - west_south.1, east_north.0 - at.0, east_north.1 - at.1];
    let thin = (edge.into_iter().fold(f64::INFINITY, f64::min) / MARGIN).clamp(0.0, 1.0);
    let seats: f64 = blocks.iter().map(|b| hill(at, b.middle, 0.92 * b.radius())).sum();
    let river = facts.river.iter().map(|w| hill(at, plane::metres(w.at), 9000.0)).fold(0.0, f64::max);
    let rough = random::fractal(seed ^ 0x0c17, at, 36_000.0, 7);
    let whole = 1.1 * hill(at, plane::metres(CENTRE), 85_000.0);
    let needed = if reserved(blocks, at, seed) == NONE { 0.0 } else { 10.0 };
    needed + (seats + river + whole) * thin * (0.25 + 1.5 * rough)
}

/// Ground enclosed by the city is the city's.
fn fill_holes(ground: &Ground, inside: &mut [bool]) {
    let west = |&i: &usize, &j: &usize| ground.places[i].0.total_cmp(&ground.places[j].0);
    let mut outside = vec![false; ground.len()];
    let mut open: Vec<usize> = (0..ground.len()).min_by(west).into_iter().collect();
    if let Some(&first) = open.first() {
        outside[first] = true;
    }
    while let Some(i) = open.pop() {
        for &(j, _) in ground.steps(i as u32) {
            let j = j as usize;
            if !inside[j] && !outside[j] {
                outside[j] = true;
                open.push(j);
            }
        }
    }
    for (i, o) in outside.into_iter().enumerate() {
        inside[i] = !o;
    }
}
