//! Measures the demo's land laid over its police grids: `cargo bench --bench overlay`.
//!
//! Times are of one thread's processor time, in the order of the work; the whole is what the figure is about.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops at the first error")]

#[allow(dead_code, reason = "other benches time on the wall too")]
mod rounds;

use rounds::median_of;
use wangge::coverage::Index;
use wangge::demo::{Facts, Options, city};
use wangge::overlay::{Crosswalk, Laid, Overlay, Side, SliverRule};
use wangge::snapshot::LayerState;

const ROUNDS: usize = 15;

fn main() {
    let facts = Facts::guilin().unwrap();
    let city = city(&facts, &Options::default(), &mut |_| {}).unwrap();
    let states: Vec<LayerState> = city.layers.into_iter().map(|l| LayerState::new(l).unwrap()).collect();
    let layer = |name: &str| states.iter().find(|s| &*s.layer.name == name).unwrap();
    let (land, police) = (layer("land"), layer("police"));
    for state in [land, police] {
        println!(
            "{}: {} units, {} segments",
            state.layer.name,
            state.units.all().len(),
            state.coverage.segment_count()
        );
    }
    let one_core = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let of_land = |p| land.index.owner(p);
    let of_police = |p| police.index.owner(p);
    let sides = [
        Side { coverage: &land.coverage, owner: &of_land },
        Side { coverage: &police.coverage, owner: &of_police },
    ];
    let lay = || Overlay::new(sides).unwrap();
    let overlay = lay();
    println!("{} pieces, {:.1} km of border in common", overlay.pieces().len(), overlay.shared_m() / 1e3);
    let pieces = one_core.install(|| median_of(ROUNDS, lay));
    println!("pieces     {:>8.1} ms on one core", pieces.as_secs_f64() * 1e3);
    let whole = || Laid::new(sides).unwrap();
    let laid = whole();
    let time = one_core.install(|| median_of(ROUNDS, whole));
    println!("alignment  {:>8.1} ms more", time.as_secs_f64() * 1e3 - pieces.as_secs_f64() * 1e3);
    let time =
        one_core.install(|| median_of(ROUNDS, || Crosswalk::of(&laid, SliverRule::default()).measures()));
    println!("measures   {:>8.1} ms", time.as_secs_f64() * 1e3);
    // A grid gives its ground to a neighbour.
    let units = land.coverage.units();
    let (gives, takes) = (units[1_000], units[1_001]);
    let edited = land.coverage.dissolve(|id| Some(if id == gives { takes } else { id }));
    let index = Index::build(&edited);
    let of_edited = |p| index.owner(p);
    let sides = [Side { coverage: &edited, owner: &of_edited }, sides[1]];
    let update = || laid.after([&land.coverage, &police.coverage], sides).unwrap();
    let time = one_core.install(|| median_of(ROUNDS, update));
    println!("update     {:>8.1} ms after one edit", time.as_secs_f64() * 1e3);
}
