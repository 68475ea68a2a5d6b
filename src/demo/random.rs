//! Chance that is the same on every machine: a seeded stream, hashed numbers and smooth noise.
//!
//! Only `+ - * /`, `sqrt` and integers are used, which IEEE 754 fixes to the last bit; `sin`, `exp` and
//! their like differ between libraries and would move borders.

use crate::geom::Point;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A seeded stream of numbers for one purpose.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of a seed for a purpose; streams of different purposes have nothing in common.
    pub fn new(seed: u64, purpose: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(purpose);
        Self(rng)
    }

    /// A number from 0 to `n - 1`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        unit_of(self.0.next_u64())
    }

    /// A number in `[low, high)`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
}

fn unit_of(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

/// Mixes a number well (the finaliser of `SplitMix64`, Steele et al. 2014).
pub fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number in `[0, 1)` that depends on the seed and some points, whatever order things are visited in.
pub fn hashed(seed: u64, points: &[Point]) -> f64 {
    let word = |p: &Point| (u64::from(p.x as u32) << 32) | u64::from(p.y as u32);
    unit_of(points.iter().fold(mix(seed), |h, p| mix(h ^ word(p))))
}

/// Smooth noise in `[0, 1)`: values hashed on a square net of `step` metres, blended between.
pub fn noise(seed: u64, (x, y): (f64, f64), step: f64) -> f64 {
    let (u, v) = (x / step, y / step);
    let (i, j) = (u.floor(), v.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (s, t) = (ease(u - i), ease(v - j));
    let corner = |di: f64, dj: f64| hashed(seed, &[Point::new((i + di) as i32, (j + dj) as i32)]);
    let low = corner(0.0, 0.0) * (1.0 - s) + corner(1.0, 0.0) * s;
    let high = corner(0.0, 1.0) * (1.0 - s) + corner(1.0, 1.0) * s;
    low * (1.0 - t) + high * t
}

/// Noise of several sizes, each half as wide and six tenths as strong as the last: from `step` down through `octaves`.
pub fn fractal(seed: u64, at: (f64, f64), step: f64, octaves: u32) -> f64 {
    let (mut sum, mut weight, mut total, mut size) = (0.0, 1.0, 0.0, step);
    for octave in 0..octaves {
        sum += weight * noise(seed ^ u64::from(octave) << 32, at, size);
        total += weight;
        weight *= 0.6;
        size *= 0.5;
    }
    sum / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_of_a_seed_never_change() {
        // A change here changes every demo city ever made with a seed.
        let mut dice = Dice::new(1, 2);
        let first: Vec<usize> = (0..6).map(|_| dice.below(1000)).collect();
        assert_eq!(first, [876, 682, 336, 511, 961, 444]);
    }

    #[test]
    fn noise_stays_in_its_range_and_is_continuous() {
        for k in 0..2000 {
            let at = (f64::from(k) * 7.3 - 5000.0, f64::from(k) * -3.1);
            let (a, b) = (fractal(9, at, 500.0, 4), fractal(9, (at.0 + 0.01, at.1), 500.0, 4));
            assert!((0.0..1.0).contains(&a) && (a - b).abs() < 0.01, "{at:?} {a} {b}");
        }
    }
}
