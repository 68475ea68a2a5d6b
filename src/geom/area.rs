//! The one area function: square metres on the CGCS2000 ellipsoid.
//!
//! The area of a region is `a²/2 · ∮ q(φ) dλ` along its border, with `q` the authalic function (Snyder,
//! *Map Projections: A Working Manual*, formula 3-12). Edges are straight in longitude and latitude, as
//! the coverage means them, so along an edge `λ` and `φ` are linear and the integral is taken by
//! Gauss–Legendre. Pieces of a shape cut along any line add up to the shape to 1e-12; chords in an
//! equal-area projection do not (1e-6), which is why none is used.

use super::metric::{ECCENTRICITY_SQUARED, SEMI_MAJOR_M};
use super::{LATTICE_PER_DEGREE, Point, Ring, Shape};

/// Nodes and weights of Gauss–Legendre on [-1, 1], three and five points (Abramowitz & Stegun 25.4.30).
const GAUSS_3: [(f64, f64); 3] =
    [(-0.774_596_669_241_483_4, 5.0 / 9.0), (0.0, 8.0 / 9.0), (0.774_596_669_241_483_4, 5.0 / 9.0)];
const GAUSS_5: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (-0.538_469_310_105_683, 0.478_628_670_499_366_5),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683, 0.478_628_670_499_366_5),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// Above this span of latitude (0.5 degree) an edge takes five nodes instead of three.
const LONG_EDGE_RAD: f64 = 0.5 * std::f64::consts::PI / 180.0;

/// Terms of the power series of `q(φ₀ + h) − q(φ₀)`, and how far `h` may go with them (3.4 degrees): what is left out
/// there is below 1e-17.
const TERMS: usize = 9;
const NEAR_RAD: f64 = 0.06;

/// `q(φ) − q(φ₀)` for one `φ₀`, without cancellation however near the two are.
#[derive(Clone, Copy, Debug)]
struct Authalic {
    phi0: f64,
    sin0: f64,
    /// The factors of h, h², …
    series: [f64; TERMS],
}

impl Authalic {
    fn at(phi0: f64) -> Self {
        Self { phi0, sin0: phi0.sin(), series: series_at(phi0) }
    }

    fn difference(&self, phi: f64) -> f64 {
        let h = phi - self.phi0;
        if h.abs() <= NEAR_RAD {
            return h * self.series.iter().rev().fold(0.0, |sum, c| sum * h + c);
        }
        self.far_difference(phi)
    }

    fn far_difference(&self, phi: f64) -> f64 {
        let half = 0.5 * (phi - self.phi0);
        let ds = 2.0 * (self.phi0 + half).cos() * half.sin();
        let (s0, s) = (self.sin0, self.sin0 + ds);
        let e2 = ECCENTRICITY_SQUARED;
        let e = e2.sqrt();
        let rational = ds * (1.0 + e2 * s * s0) / ((1.0 - e2 * s * s) * (1.0 - e2 * s0 * s0));
        let inverse = (e * ds / (1.0 - e2 * s * s0)).atanh() / e;
        (1.0 - e2) * (rational + inverse)
    }
}

/// The series of the integral of `q′(φ) = 2 (1 − e²) cos φ / (1 − e² sin² φ)²` about a latitude.
fn series_at(phi0: f64) -> [f64; TERMS] {
    type Series = [f64; TERMS];
    let times = |a: &Series, b: &Series| -> Series {
        std::array::from_fn(|n| (0..=n).map(|k| a[k] * b[n - k]).sum())
    };
    let (sin0, cos0) = phi0.sin_cos();
    let mut factorial = 1.0;
    let (mut sin, mut cos) = ([0.0; TERMS], [0.0; TERMS]);
    for n in 0..TERMS {
        factorial *= n.max(1) as f64;
        let (s, c) = [(sin0, cos0), (cos0, -sin0), (-sin0, -cos0), (-cos0, sin0)][n % 4];
        (sin[n], cos[n]) = (s / factorial, c / factorial);
    }
    let mut under = times(&sin, &sin).map(|x| -ECCENTRICITY_SQUARED * x);
    under[0] += 1.0;
    let under = times(&under, &under);
    let mut quotient: Series = [0.0; TERMS];
    for n in 0..TERMS {
        let known: f64 = (0..n).map(|k| quotient[k] * under[n - k]).sum();
        quotient[n] = (cos[n] - known) / under[0];
    }
    std::array::from_fn(|n| 2.0 * (1.0 - ECCENTRICITY_SQUARED) * quotient[n] / (n + 1) as f64)
}

/// A running sum of edge integrals about a local origin, in square metres.
///
/// Feed it the edges of closed runs in any order; [`Sum::square_metres`] is then the enclosed area,
/// positive for counter-clockwise runs. The origin only has to be near: it keeps the terms small.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    authalic: Authalic,
    total: f64,
}

impl Sum {
    /// An empty sum with its local origin at a latitude in degrees.
    pub fn about(latitude: f64) -> Self {
        Self { authalic: Authalic::at(latitude.to_radians()), total: 0.0 }
    }

    /// Adds the edge from one position to another, both (lon, lat) in degrees.
    ///
    /// Positions need not lie on the lattice: the crossing points of an overlay do not.
    pub fn edge(&mut self, (lon1, lat1): (f64, f64), (lon2, lat2): (f64, f64)) {
        let span = (lon2 - lon1).to_radians();
        if span == 0.0 {
            return;
        }
        let (middle, half) = (0.5 * (lat1 + lat2).to_radians(), 0.5 * (lat2 - lat1).to_radians());
        let rule: &[(f64, f64)] = if (2.0 * half).abs() > LONG_EDGE_RAD { &GAUSS_5 } else { &GAUSS_3 };
        let mean: f64 = rule.iter().map(|(t, w)| w * self.authalic.difference(middle + half * t)).sum();
        self.total -= 0.5 * mean * span;
    }

    /// The area so far.
    pub fn square_metres(&self) -> f64 {
        0.5 * SEMI_MAJOR_M * SEMI_MAJOR_M * self.total
    }
}

/// The area of a ring in square metres, positive when it runs counter-clockwise.
pub fn ring_m2(ring: &Ring) -> f64 {
    let mut sum = Sum::about(ring.points()[0].lat());
    for (a, b) in ring.segments() {
        sum.edge(degrees(a), degrees(b));
    }
    sum.square_metres()
}

/// The area of a shape in square metres, whatever way its rings run.
pub fn shape_m2(shape: &Shape) -> f64 {
    let polygon =
        |p: &super::Polygon| ring_m2(&p.outer).abs() - p.holes.iter().map(|h| ring_m2(h).abs()).sum::<f64>();
    shape.polygons().iter().map(polygon).sum()
}

fn degrees(p: Point) -> (f64, f64) {
    (f64::from(p.x) / LATTICE_PER_DEGREE, f64::from(p.y) / LATTICE_PER_DEGREE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(degrees: &[(f64, f64)]) -> Ring {
        Ring::new(degrees.iter().map(|&(x, y)| Point::from_degrees(x, y).unwrap()).collect()).unwrap()
    }

    #[test]
    fn a_box_has_the_area_of_the_closed_formula() {
        // Between two parallels the integral is exact: a²/2 · Δλ · (q(φ₂) − q(φ₁)).
        let q = |lat: f64| {
            let (s, e2) = (lat.to_radians().sin(), ECCENTRICITY_SQUARED);
            let e = e2.sqrt();
            (1.0 - e2) * (s / (1.0 - e2 * s * s) - ((1.0 - e * s) / (1.0 + e * s)).ln() / (2.0 * e))
        };
        let want = 0.5 * SEMI_MAJOR_M.powi(2) * 1f64.to_radians() * (q(26.0) - q(25.0));
        let got = ring_m2(&ring(&[(110.0, 25.0), (111.0, 25.0), (111.0, 26.0), (110.0, 26.0)]));
        assert!((got / want - 1.0).abs() < 1e-12, "{got} {want}");
    }

    #[test]
    fn the_series_is_the_closed_form_as_far_as_it_goes() {
        for degrees in [-89.0_f64, -40.0, 0.0, 25.3, 53.0, 86.0] {
            let q = Authalic::at(degrees.to_radians());
            for h in [-NEAR_RAD, -0.03, -1e-3, -1e-9, 1e-7, 1e-4, 0.01, NEAR_RAD] {
                let phi = degrees.to_radians() + h;
                let (got, want) = (q.difference(phi), q.far_difference(phi));
                assert!((got / want - 1.0).abs() <= 2e-13, "{degrees} {h}: {got} {want}");
            }
        }
    }

    #[test]
    fn a_triangle_equals_its_two_halves() {
        let whole = ring_m2(&ring(&[(110.0, 25.0), (110.4, 25.2), (110.2, 25.4)]));
        let left = ring_m2(&ring(&[(110.0, 25.0), (110.2, 25.1), (110.2, 25.4)]));
        let right = ring_m2(&ring(&[(110.2, 25.1), (110.4, 25.2), (110.2, 25.4)]));
        assert!(((left + right) / whole - 1.0).abs() < 1e-12);
        assert!(whole > 0.0 && ring_m2(&ring(&[(110.0, 25.0), (110.2, 25.4), (110.4, 25.2)])) < 0.0);
    }

    #[test]
    fn a_square_of_a_metre_keeps_nine_digits() {
        let m = crate::geom::metric::Metric::at_latitude(25.0);
        let p = |dx, dy| Point::new(1_100_000_000 + dx, 250_000_000 + dy);
        let got = ring_m2(&Ring::new(vec![p(0, 0), p(100, 0), p(100, 100), p(0, 100)]).unwrap());
        let want = 1e4 * m.east_m * m.north_m;
        assert!((got / want - 1.0).abs() < 1e-6, "{got} {want}");
    }
}
