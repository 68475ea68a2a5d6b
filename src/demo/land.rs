//! The land grids: counties' ground divided into townships, villages and grids.

use super::course::Course;
use super::facts::{County, Facts, Township};
use super::mesh::{Mesh, NONE};
use super::partition::{Ground, Wish};
use super::random::{self, Dice};
use super::terrain::{ATOMS_PER_GRID, Terrain};
use super::{plane, share};
use rayon::prelude::*;

/// Cost of a step between neighbouring atoms on even ground.
const STEP: f64 = 100.0;
/// Cost of crossing the river: as much as a village is wide.
const ACROSS: f64 = 350.0;
/// Cost of a step to an enclave.
const FERRY: u32 = 900;
/// Metres from a river place within which the township of its name is sought.
const NEAR_M: f64 = 1500.0;

/// Which grid each atom belongs to, and where each grid belongs.
#[derive(Clone, Debug, Default)]
pub struct Land {
    /// The grid of each atom of the mesh.
    pub labels: Vec<u32>,
    /// The grids, those of a village together, villages in the order of the facts.
    pub grids: Vec<Grid>,
}

/// A grid's place in the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grid {
    /// Index of the county.
    pub county: usize,
    /// Index of the township in its county.
    pub township: usize,
    /// Index of the village in its township.
    pub village: usize,
    /// Number in the village from 1, west to east, then north to south.
    pub sequence: usize,
}

/// The mesh as ground that is wide where grids are dense: one step is one atom, an atom's size is the
/// number of grids that it should hold.
pub fn ground(mesh: &Mesh, terrain: &Terrain, course: &Course, seed: u64) -> Ground {
    let atoms: Vec<u32> = (0..mesh.atoms.len() as u32).collect();
    let places: Vec<(f64, f64)> = atoms.iter().map(|&a| mesh.position(a)).collect();
    let sizes = atoms.iter().map(|&a| mesh.areas[a as usize] * terrain.density(places[a as usize])).collect();
    let rough = |a: u32, b: u32| {
        let (p, q) = (places[a as usize], places[b as usize]);
        let ends = [a, b].map(|i| mesh.points[mesh.atoms[i as usize] as usize]);
        let country = random::fractal(seed ^ 0x1a2d, plane::middle(p, q), 3200.0, 4);
        let across = if course.parts(p, q) { ACROSS } else { 0.0 };
        STEP * (0.5 + country) * (0.7 + 0.6 * random::hashed(seed, &ends)) + across
    };
    let mut links: Vec<(u32, u32, u32)> =
        mesh.touching().into_iter().map(|(a, b)| (a, b, rough(a, b) as u32)).collect();
    links.extend(ferries(mesh, &places, &links));
    Ground::new(atoms, sizes, places, &links)
}

/// Divides all counties; what each gets depends on the seed and the county alone.
pub fn divide(facts: &Facts, mesh: &Mesh, ground: &Ground, seed: u64) -> Land {
    let counties = ground.split(&mesh.regions, facts.counties.len());
    let parts: Vec<Vec<(Grid, Vec<u32>)>> = counties
        .par_iter()
        .enumerate()
        .map(|(i, ground)| county(&facts.counties[i], i, ground, facts, Dice::new(seed, 100 + i as u64)))
        .collect();
    let mut land = Land { labels: vec![NONE; mesh.atoms.len()], grids: Vec::new() };
    for (grid, atoms) in parts.into_iter().flatten() {
        for atom in atoms {
            land.labels[atom as usize] = land.grids.len() as u32;
        }
        land.grids.push(grid);
    }
    land
}

fn county(
    county: &County,
    index: usize,
    ground: &Ground,
    facts: &Facts,
    mut dice: Dice,
) -> Vec<(Grid, Vec<u32>)> {
    let counts = grid_counts(county, &mut dice);
    let quotas: Vec<f64> = counts.iter().map(|t| t.iter().sum::<usize>() as f64).collect();
    let pinned = township_pins(county, ground, facts);
    let townships = parts(ground, quotas, pinned, 24, &mut dice);
    let mut grids = Vec::new();
    for (t, ground) in townships.iter().enumerate() {
        let quotas: Vec<f64> = counts[t].iter().map(|&n| n as f64).collect();
        let villages = parts(ground, quotas, vec![None; counts[t].len()], 24, &mut dice);
        for (v, ground) in villages.iter().enumerate() {
            let quotas: Vec<f64> = (0..counts[t][v]).map(|_| dice.between(0.7, 1.3)).collect();
            let mut parts = parts(ground, quotas, vec![None; counts[t][v]], 16, &mut dice);
            parts.sort_by(|a, b| west_to_east(middle(a), middle(b)));
            for (sequence, part) in parts.into_iter().enumerate() {
                let grid = Grid { county: index, township: t, village: v, sequence: sequence + 1 };
                grids.push((grid, part.atoms));
            }
        }
    }
    grids
}

fn parts(
    ground: &Ground,
    quotas: Vec<f64>,
    pinned: Vec<Option<u32>>,
    rounds: usize,
    dice: &mut Dice,
) -> Vec<Ground> {
    let count = quotas.len();
    let settling = rounds / 3;
    let wish = Wish {
        quotas,
        pinned,
        reserved: Vec::new(),
        rounds,
        settling,
        disc: 3.0 / (STEP * STEP * ATOMS_PER_GRID),
    };
    ground.split(&ground.divide(&wish, dice), count)
}

/// How many grids each village of each township gets: at least one, communities more than villages.
fn grid_counts(county: &County, dice: &mut Dice) -> Vec<Vec<usize>> {
    let villages = county.townships.iter().flat_map(|t| &t.villages);
    let weights: Vec<f64> =
        villages.map(|v| if v.is_community() { 1.6 } else { 1.0 } * dice.between(0.5, 1.5)).collect();
    let spare = county.grids.saturating_sub(weights.len());
    let mut counts = share::out(spare, &weights).into_iter().map(|n| n + 1);
    let of = |t: &Township| counts.by_ref().take(t.villages.len()).collect();
    county.townships.iter().map(of).collect()
}

/// The first township lies at the county's seat, those named after a place on the river lie there.
fn township_pins(county: &County, ground: &Ground, facts: &Facts) -> Vec<Option<u32>> {
    let nearest = |at: (f64, f64)| {
        let apart = |i: u32| plane::distance(ground.places[i as usize], at);
        let atom = (0..ground.len() as u32).min_by(|&a, &b| apart(a).total_cmp(&apart(b)))?;
        (apart(atom) < NEAR_M).then_some(atom)
    };
    let mut pins: Vec<Option<u32>> = Vec::new();
    for (i, township) in county.townships.iter().enumerate() {
        let stem: String = township.name.chars().take(2).collect();
        let place = facts.river.iter().find(|w| w.name.starts_with(&stem));
        let pin = if i == 0 {
            nearest(plane::metres(county.seat))
        } else {
            place.and_then(|w| nearest(plane::metres(w.at)))
        };
        pins.push(pin.filter(|p| !pins.contains(&Some(*p))));
    }
    pins
}

fn middle(ground: &Ground) -> (f64, f64) {
    let n = ground.len() as f64;
    let sum = ground.places.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    (sum.0 / n, sum.1 / n)
}

fn west_to_east(a: (f64, f64), b: (f64, f64)) -> std::cmp::Ordering {
    a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1))
}

/// Links from each enclave of a region to the nearest atom of the region's largest part.
fn ferries(mesh: &Mesh, places: &[(f64, f64)], links: &[(u32, u32, u32)]) -> Vec<(u32, u32, u32)> {
    let n = mesh.atoms.len();
    let plain = Ground::new((0..n as u32).collect(), vec![0.0; n], places.to_vec(), links);
    let mut parts: Vec<Vec<u32>> = Vec::new();
    let mut seen = vec![false; n];
    for first in 0..n as u32 {
        if std::mem::replace(&mut seen[first as usize], true) {
            continue;
        }
        let mut part = vec![first];
        let mut next = 0;
        while next < part.len() {
            for &(j, _) in plain.steps(part[next]) {
                if !std::mem::replace(&mut seen[j as usize], true) {
                    part.push(j);
                }
            }
            next += 1;
        }
        parts.push(part);
    }
    let region = |part: &[u32]| mesh.regions[part[0] as usize];
    let mut ferries = Vec::new();
    for part in &parts {
        let own = parts.iter().filter(|p| region(p) == region(part));
        let Some(main) = own.max_by_key(|p| (p.len(), std::cmp::Reverse(p[0]))).filter(|m| m[0] != part[0])
        else {
            continue;
        };
        let pairs = part.iter().flat_map(|&a| main.iter().map(move |&b| (a, b)));
        let apart = |&(a, b): &(u32, u32)| plane::distance(places[a as usize], places[b as usize]);
        let nearest = pairs.min_by(|p, q| apart(p).total_cmp(&apart(q)));
        ferries.extend(nearest.map(|(a, b)| (a, b, FERRY)));
    }
    ferries
}
