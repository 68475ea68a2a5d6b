//! `make bench`: the lookup index beside rstar + geo, in one process, on the same points, on one core.
//!
//! Each figure is the median of several rounds, and the rounds of the two are taken in turn so that a busy
//! machine is busy for both. Every answer is compared before anything is timed.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring program, not the product")]

#[path = "../support/dice.rs"]
mod dice;
mod peer;
#[allow(dead_code, reason = "the tests want more kinds of points than are measured")]
#[path = "../support/probes.rs"]
mod probes;
mod rounds;

use peer::Peer;
use probes::{Kind, Probes};
use rounds::{Timing, median_of, wall_median_of};
use std::hint::black_box;
use wangge::coverage::{Borders, Coverage, Face, Index};
use wangge::demo::{self, Facts};
use wangge::geom::Point;

const POINTS: usize = 200_000;
const ROUNDS: usize = 7;
const SEED: u64 = 20_261_123;

/// Beside points all over the city: all over its box, where the peer has less to do; around centres; near
/// borders.
const KINDS: [(&str, Kind); 3] =
    [("box", Kind::Uniform), ("clustered", Kind::Clustered), ("within 1 m", Kind::NearBorder)];

fn main() {
    let facts = Facts::guilin().expect("the facts are built in");
    let city = demo::city(&facts, &demo::Options::default(), &mut |_| ()).expect("the demo city");
    let shapes = &city.layers[0].shapes;
    let coverage = Coverage::assemble(shapes).expect("neighbours in the demo share their vertices");
    println!(
        "demo land: {} units, {} segments; seed of the points {SEED}",
        coverage.units().len(),
        coverage.segment_count()
    );
    let index = build(&coverage);
    let peer = Peer::new(shapes, &coverage);
    let mut probes = Probes::new(&coverage, SEED);
    println!("\n{POINTS} points each, one core, median of {ROUNDS} rounds; ns a point and millions a second");
    println!("{:<12} {:>16} {:>20} {:>20}", "points", "rstar + geo", "owner", "owner_many");
    let mut city = probes.take(Kind::Uniform, 4 * POINTS);
    city.retain(|&p| index.owner(p) != Face::OUTSIDE);
    city.truncate(POINTS);
    compare("city", &index, &peer, &city);
    for (name, kind) in KINDS {
        compare(name, &index, &peer, &probes.take(kind, POINTS));
    }
    around(&coverage, &index, &mut probes);
}

fn build(coverage: &Coverage) -> Index {
    let index = Index::build(coverage);
    let all = wall_median_of(ROUNDS, || drop(black_box(Index::build(coverage))));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let alone = one.install(|| median_of(ROUNDS, || drop(black_box(Index::build(coverage)))));
    println!(
        "index: {:.2} MB, built in {:.0} ms on {} threads, {:.0} ms on one",
        index.bytes() as f64 / 1e6,
        all.as_secs_f64() * 1e3,
        rayon::current_num_threads(),
        alone.as_secs_f64() * 1e3
    );
    index
}

fn compare(name: &str, index: &Index, peer: &Peer, points: &[Point]) {
    let mut owners = vec![Face::OUTSIDE; points.len()];
    index.owner_many(points, &mut owners);
    let places: Vec<_> = points.iter().map(|&p| Peer::place(p)).collect();
    let differing = points.iter().zip(&places).zip(&owners).filter(|((p, place), owner)| {
        // The peer gives no owner, or an arbitrary one, on a border; anywhere else it must agree.
        assert_eq!(index.owner(**p), **owner);
        peer.owner(place) != **owner
    });
    let differing = differing.count();
    let [mut theirs, mut single, mut batch] = [(); 3].map(|()| Timing::default());
    for _ in 0..ROUNDS {
        theirs.round(|| places.iter().map(|p| peer.owner(p).0).fold(0, u32::wrapping_add));
        single.round(|| points.iter().map(|&p| index.owner(p).0).fold(0, u32::wrapping_add));
        batch.round(|| index.owner_many(points, &mut owners));
    }
    let each = |t: &Timing| t.median().as_secs_f64() * 1e9 / points.len() as f64;
    let (theirs, single, batch) = (each(&theirs), each(&single), each(&batch));
    println!(
        "{name:<12} {theirs:>13.0} ns {single:>9.1} ns {:>5.1}x {batch:>6.1} ns {:>5.1}x {:>5.1} M/s   ({differing} answers differ)",
        theirs / single,
        theirs / batch,
        1e3 / batch,
    );
}

fn around(coverage: &Coverage, index: &Index, probes: &mut Probes) {
    let borders = Borders::build(coverage);
    let built = median_of(3, || drop(black_box(Borders::build(coverage))));
    println!(
        "\nborders: {:.2} MB, built in {:.0} ms",
        borders.bytes() as f64 / 1e6,
        built.as_secs_f64() * 1e3
    );
    for (name, kind) in KINDS {
        let points = probes.take(kind, POINTS / 10);
        let each = |t: std::time::Duration| t.as_secs_f64() * 1e6 / points.len() as f64;
        let nearest = each(median_of(3, || {
            for &p in &points {
                black_box(borders.nearest(coverage, p));
            }
        }));
        let shares = |radius: f64| {
            each(median_of(3, || {
                for &p in &points {
                    black_box(borders.shares(coverage, p, radius, index.owner(p)));
                }
            }))
        };
        println!(
            "{name:<12} nearest {nearest:.2} µs, shares of 30 m {:.2} µs, of 300 m {:.2} µs",
            shares(30.0),
            shares(300.0)
        );
    }
}
