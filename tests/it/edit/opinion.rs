//! The second opinion: GEOS finds what random operations leave a valid coverage.

use super::random::{drawn_at_random, partition};
use super::world::World;
use crate::coverage::opinion::geos;

#[test]
fn geos_finds_a_valid_coverage_after_random_operations() {
    let mut accepted = 0;
    for seed in 1..=24 {
        let world = World::new(vec![partition(seed)]);
        let (state, operations) = drawn_at_random(world.state(), seed, 30);
        accepted += operations;
        let source = state.sources().remove(0);
        let (valid, coverage, mut areas) = geos(source.shapes.iter().map(|(id, shape)| (*id, shape)));
        assert!(valid && coverage, "seed {seed}: valid {valid}, coverage {coverage}");
        areas.sort_by_key(|a| a.0);
        for ((unit, shape), (id, area)) in source.shapes.iter().zip(areas) {
            let own = shape.twice_area() as f64;
            assert!(
                unit.get() == id && (own - area).abs() <= 1e-9 * own,
                "seed {seed}, unit {unit}: {own} {area}"
            );
        }
    }
    assert!(accepted > 150, "only {accepted} operations were accepted");
}
