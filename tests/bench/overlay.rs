//! Measures the demo's land laid over its police grids: `cargo bench --bench overlay`.
//!
//! Times are of one thread's processor time, in the order of the work; the whole is what the figure is about.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops at the first error")]

#[allow(dead_code, reason = "other benches time on the wall too")]
mod rounds;

use rounds::median_of;
use wangge::demo::{Facts, Options, city};
use wangge::overlay::{Crosswalk, Overlay, Side, SliverRule};
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
    let time = one_core.install(|| median_of(ROUNDS, lay));
    println!("pieces     {:>8.1} ms on one core", time.as_secs_f64() * 1e3);
    let time = one_core.install(|| median_of(ROUNDS, || Crosswalk::of(&overlay, SliverRule::default())));
    println!("crosswalk  {:>8.1} ms", time.as_secs_f64() * 1e3);
}
