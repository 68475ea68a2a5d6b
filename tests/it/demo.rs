//! The demo city: official numbers, sizes and seats, sound borders, the same every time.

use std::collections::HashMap;
use wangge::demo::{self, City, Facts, Options};
use wangge::geom::{Shape, area};
use wangge::snapshot::LayerSource;
use wangge::unit::{Unit, UnitId};

fn city(seed: u64) -> City {
    demo::city(&Facts::guilin().unwrap(), &Options { seed, counties: None }, &mut |_| ()).unwrap()
}

fn layer<'a>(city: &'a City, name: &str) -> &'a LayerSource {
    city.layers.iter().find(|l| l.layer.name == name).unwrap()
}

fn count(source: &LayerSource, level: &str) -> usize {
    let level = source.layer.level(level).unwrap();
    source.units.iter().filter(|u| u.level == level).count()
}

/// The unit of a level above each grid.
fn grids_by<'a>(source: &'a LayerSource, level: &str) -> HashMap<&'a str, Vec<&'a Shape>> {
    let level = source.layer.level(level).unwrap();
    let units: HashMap<UnitId, &Unit> = source.units.iter().map(|u| (u.id, u)).collect();
    let mut found: HashMap<&str, Vec<&Shape>> = HashMap::new();
    for (id, shape) in &source.shapes {
        let mut unit = units[id];
        while unit.level != level {
            unit = units[&unit.parent.unwrap()];
        }
        found.entry(unit.code.as_str()).or_default().push(shape);
    }
    found
}

#[test]
fn the_demo_has_the_official_numbers_of_units() {
    let city = city(1);
    let land = layer(&city, "land");
    let levels = ["city", "county", "township", "village", "grid"].map(|l| count(land, l));
    assert_eq!(levels, [1, 17, 148, 1946, 5765]);
    let counties = grids_by(land, "county");
    for county in &Facts::guilin().unwrap().counties {
        assert_eq!(counties[county.code.as_str()].len(), county.grids, "{}", county.name);
    }
    assert_eq!(grids_by(land, "village").len(), 1946, "a village has no grid");
}

#[test]
fn every_county_has_its_official_size_and_holds_its_seat_whatever_the_seed() {
    for seed in [1, 2, 3] {
        let city = city(seed);
        let counties = grids_by(layer(&city, "land"), "county");
        for county in &Facts::guilin().unwrap().counties {
            let grids = &counties[county.code.as_str()];
            let km2 = grids.iter().map(|g| area::shape_m2(g)).sum::<f64>() / 1e6;
            let off = km2 / county.area_km2 - 1.0;
            let most = if county.kind == "市辖区" { 0.15 } else { 0.05 };
            assert!(off.abs() < most, "seed {seed}: {} has {km2} km², off by {off}", county.name);
            let seats = grids.iter().filter(|g| g.contains(county.seat)).count();
            assert_eq!(seats, 1, "seed {seed}: {} does not hold its seat", county.name);
        }
    }
}

#[test]
fn the_whole_city_lies_in_the_real_one_s_box_and_every_grid_is_of_one_piece() {
    let city = city(1);
    let land = layer(&city, "land");
    let [west, south, east, north] = land.outline.as_ref().unwrap().bbox().unwrap().degrees();
    assert!(west > 109.60 && south > 24.25 && east < 111.51 && north < 26.39);
    assert!(land.shapes.iter().all(|(_, shape)| shape.polygons().len() == 1));
}

#[test]
fn the_same_seed_gives_the_same_city_and_another_seed_another_one() {
    let first = city(7);
    assert_eq!(first, city(7));
    assert_ne!(layer(&first, "land").shapes, layer(&city(8), "land").shapes);
}
