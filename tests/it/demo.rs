//! The demo city: official numbers, sizes and seats, sound borders, the same every time.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use wangge::coverage::Coverage;
use wangge::demo::{self, City, DemoError, Facts, Options};
use wangge::geom::{Point, Polygon, Ring, Shape, area, predicate};
use wangge::snapshot::LayerSource;
use wangge::unit::{Layer, Unit, UnitId, Units};

fn facts() -> Facts {
    Facts::guilin().unwrap()
}

fn made(seed: u64) -> City {
    demo::city(&facts(), &Options { seed, counties: None }, &mut |_| ()).unwrap()
}

/// The city of seed 1, made once for all tests.
pub fn city() -> &'static City {
    static CITY: OnceLock<City> = OnceLock::new();
    CITY.get_or_init(|| made(1))
}

fn layer<'a>(city: &'a City, name: &str) -> &'a LayerSource {
    city.layers.iter().find(|l| l.layer.name == name).unwrap()
}

fn count(source: &LayerSource, level: &str) -> usize {
    let level = source.layer.level(level).unwrap();
    source.units.iter().filter(|u| u.level == level).count()
}

/// The grids under each unit of a level, by its code.
fn grids_by<'a>(source: &'a LayerSource, level: &str) -> HashMap<&'a str, Vec<(UnitId, &'a Shape)>> {
    let level = source.layer.level(level).unwrap();
    let units: HashMap<UnitId, &Unit> = source.units.iter().map(|u| (u.id, u)).collect();
    let mut found: HashMap<&str, Vec<_>> = HashMap::new();
    for (id, shape) in &source.shapes {
        let mut unit = units[id];
        while unit.level != level {
            unit = units[&unit.parent.unwrap()];
        }
        found.entry(unit.code.as_str()).or_default().push((*id, shape));
    }
    found
}

/// The segments that have ground on their left only, and how often a segment is given twice.
///
/// In a coverage each segment is given once each way, or once where it bounds the whole.
fn one_sided<'a>(shapes: impl Iterator<Item = &'a Shape>) -> (HashSet<(Point, Point)>, usize) {
    let (mut open, mut twice) = (HashSet::new(), 0);
    for shape in shapes.map(Shape::canonical) {
        for (a, b) in shape.rings().flat_map(Ring::segments) {
            twice += usize::from(!open.insert((a, b)));
        }
    }
    let all = open.clone();
    open.retain(|&(a, b)| !all.contains(&(b, a)));
    (open, twice)
}

#[test]
fn the_demo_has_the_official_numbers_of_units() {
    let city = city();
    let land = layer(city, "land");
    let levels = ["city", "county", "township", "village", "grid"].map(|l| count(land, l));
    assert_eq!(levels, [1, 17, 148, 1946, 5765]);
    assert_eq!(count(layer(city, "water"), "water"), 196);
    let police = layer(city, "police");
    assert_eq!(count(police, "station"), 172);
    assert!((1650..=1750).contains(&count(police, "police")));
    let counties = grids_by(land, "county");
    for county in &facts().counties {
        assert_eq!(counties[county.code.as_str()].len(), county.grids, "{}", county.name);
    }
    assert_eq!(grids_by(land, "village").len(), 1946, "a village has no grid");
    assert_eq!(grids_by(police, "station").len(), 172, "a station has no grid");
}

#[test]
fn ids_are_unique_over_all_layers_and_every_tree_is_sound() {
    let mut ids = HashSet::new();
    for source in &city().layers {
        assert!(source.units.iter().all(|u| ids.insert(u.id)), "an id is given twice");
        Units::new(&source.layer, source.units.clone()).unwrap();
    }
}

#[test]
fn every_county_has_its_official_size_and_holds_its_seat_whatever_the_seed() {
    let others = [made(2), made(3)];
    for (seed, city) in [city(), &others[0], &others[1]].into_iter().enumerate() {
        let counties = grids_by(layer(city, "land"), "county");
        for county in &facts().counties {
            let grids = &counties[county.code.as_str()];
            let km2 = grids.iter().map(|(_, g)| area::shape_m2(g)).sum::<f64>() / 1e6;
            let off = km2 / county.area_km2 - 1.0;
            let most = if county.kind == "市辖区" { 0.15 } else { 0.05 };
            assert!(off.abs() < most, "city {seed}: {} has {km2} km², off by {off}", county.name);
            let seats = grids.iter().filter(|(_, g)| g.contains(county.seat)).count();
            assert_eq!(seats, 1, "city {seed}: {} does not hold its seat", county.name);
        }
    }
}

#[test]
fn the_whole_city_lies_in_the_real_one_s_box_and_every_unit_is_of_one_piece() {
    let land = layer(city(), "land");
    let [west, south, east, north] = land.outline.as_ref().unwrap().bbox().unwrap().degrees();
    assert!(west > 109.60 && south > 24.25 && east < 111.51 && north < 26.39);
    assert!(land.shapes.iter().all(|(_, shape)| shape.polygons().len() == 1));
    for level in ["county", "township", "village"] {
        for (code, grids) in grids_by(land, level) {
            assert_eq!(whole(&grids).polygons().len(), 1, "{level} {code}");
        }
    }
}

/// The ground of some grids together.
fn whole(grids: &[(UnitId, &Shape)]) -> Shape {
    let shapes: Vec<(UnitId, Shape)> = grids.iter().map(|&(id, shape)| (id, shape.clone())).collect();
    Coverage::assemble(&shapes).unwrap().outline()
}

#[test]
fn land_and_police_fill_one_outline_segment_by_segment() {
    let city = city();
    let outline = layer(city, "land").outline.as_ref().unwrap().canonical();
    let bounds: HashSet<(Point, Point)> = outline.rings().flat_map(Ring::segments).collect();
    for name in ["land", "police"] {
        let shapes = &layer(city, name).shapes;
        let (open, twice) = one_sided(shapes.iter().map(|(_, s)| s));
        assert_eq!(twice, 0, "{name} overlaps itself");
        assert!(open == bounds, "{name} does not fill the outline");
        let sum: i128 = shapes.iter().map(|(_, s)| s.twice_area()).sum();
        assert_eq!(sum, outline.twice_area(), "{name}");
    }
}

#[test]
fn police_borders_follow_grid_borders_mostly_but_not_always() {
    let segments = |name| -> HashSet<(Point, Point)> {
        let shapes = layer(city(), name).shapes.iter();
        shapes.flat_map(|(_, s)| s.rings().flat_map(Ring::segments).collect::<Vec<_>>()).collect()
    };
    let (land, police) = (segments("land"), segments("police"));
    let astray = police.iter().filter(|&&(a, b)| !land.contains(&(a, b)) && !land.contains(&(b, a)));
    let share = astray.count() as f64 / police.len() as f64;
    assert!((0.04..0.15).contains(&share), "{share}");
}

#[test]
fn names_posts_and_households_are_what_people_expect() {
    let city = city();
    let land = layer(city, "land");
    let village = land.layer.level("village").unwrap();
    for unit in land.units.iter().filter(|u| u.level == village) {
        let bare = ["村", "社区", "街社区"].contains(&unit.name.as_str());
        assert!(!bare && unit.name.chars().count() >= 2, "{unit:?}");
    }
    let titles = |unit: UnitId| city.posts.iter().filter(move |p| p.unit == unit).map(|p| p.title.as_str());
    let (first, _) = land.shapes[0];
    assert_eq!(titles(first).collect::<Vec<_>>(), ["专职网格员"]);
    let people = city.posts.iter().filter_map(|p| p.person.as_ref());
    assert!(people.clone().all(|p| p.holder.starts_with("示例")));
    assert!(people.clone().all(|p| p.phone.as_ref().is_some_and(|n| n.starts_with("000-"))));
    let units: HashMap<UnitId, &Unit> = land.units.iter().map(|u| (u.id, u)).collect();
    let households = |id: &UnitId| units[id].attributes["households"].as_u64().unwrap();
    let counties = grids_by(land, "county");
    for county in &facts().counties {
        let sum: u64 = counties[county.code.as_str()].iter().map(|(id, _)| households(id)).sum();
        assert_eq!(sum, u64::from(county.population) / 3, "{}", county.name);
    }
}

#[test]
fn the_same_seed_gives_the_same_city_and_another_seed_another_one() {
    assert!(*city() == made(1));
    assert_ne!(layer(city(), "land").shapes, layer(&made(9), "land").shapes);
}

/// Seventeen upright strips; the fourth also holds a square amid the sixth.
fn strips() -> Vec<Shape> {
    let p = |x: f64, y: f64| Point::from_degrees(x, y).unwrap();
    let ring = |west: f64, south: f64, east: f64, north: f64| {
        Ring::new(vec![p(west, south), p(east, south), p(east, north), p(west, north)]).unwrap()
    };
    let west = |i: usize| 109.7 + 0.1 * i as f64;
    let enclave = ring(110.231_234_5, 25.1, 110.271_234_5, 25.145_678_9);
    let strip = |i: usize| {
        let outer = ring(west(i), 24.5 + 0.01 * (i % 3) as f64, west(i + 1), 26.2);
        let holes = if i == 5 { vec![enclave.reversed()] } else { Vec::new() };
        let mut parts = vec![Polygon { outer, holes }];
        parts.extend((i == 3).then(|| Polygon::simple(enclave.clone())));
        Shape(parts)
    };
    (0..17).map(strip).collect()
}

#[test]
fn given_county_borders_are_kept_vertex_by_vertex() {
    let mut given = strips();
    // Neighbouring strips end at different heights: each gets its neighbours' corners, as a file has them.
    for (i, county) in given.iter_mut().enumerate() {
        let mut points = county.0[0].outer.points().to_vec();
        let (low, left, right) = (points[0].y, i.checked_sub(1), i + 1);
        let corner = |shape: Option<&Shape>, k: usize| shape.map(|s| s.0[0].outer.points()[k]);
        let foot = |shape: Option<&Shape>, x: i32| {
            corner(shape, 0).map(|c| Point::new(x, c.y)).filter(|c| c.y > low)
        };
        let originals = strips();
        let east = foot(originals.get(right), points[1].x);
        let west = left.and_then(|l| foot(originals.get(l), points[0].x));
        points.extend(west);
        points.splice(2..2, east);
        county.0[0].outer = Ring::new(points).unwrap();
    }
    let options = Options { seed: 1, counties: Some(given.clone()) };
    let city = demo::city(&facts(), &options, &mut |_| ()).unwrap();
    let counties = grids_by(layer(&city, "land"), "county");
    for (county, shape) in facts().counties.iter().zip(&given) {
        let drawn = whole(&counties[county.code.as_str()]).canonical();
        for ring in shape.canonical().rings() {
            let kept = drawn.rings().any(|r| follows(r, ring));
            assert!(kept, "{} lost a border", county.name);
        }
        assert_eq!(drawn.rings().count(), shape.rings().count(), "{}", county.name);
    }
}

/// Whether a ring has all vertices of another in their order, and all its others on or beside the
/// other's segments.
fn follows(ring: &Ring, given: &Ring) -> bool {
    let first = given.points()[0];
    let Some(start) = ring.points().iter().position(|&p| p == first) else { return false };
    let mut points = ring.points().iter().cycle().skip(start + 1).take(ring.points().len());
    given.segments().all(|(a, b)| {
        let length = f64::from(b.x - a.x).hypot(f64::from(b.y - a.y));
        points
            .by_ref()
            .find(|&&p| p == b || predicate::cross(a, b, p).abs() as f64 > length)
            .is_some_and(|&p| p == b)
    })
}

#[test]
fn given_county_borders_that_do_not_fit_are_refused() {
    let mut few = strips();
    few.pop();
    let refused = demo::city(&facts(), &Options { seed: 1, counties: Some(few) }, &mut |_| ());
    assert!(matches!(refused, Err(DemoError::Counties { expected: 17, got: 16 })));
    let mut doubled = strips();
    doubled[1] = doubled[0].clone();
    let refused = demo::city(&facts(), &Options { seed: 1, counties: Some(doubled) }, &mut |_| ());
    assert!(matches!(refused, Err(DemoError::Borders(_))), "{:?}", Layer::land().name);
}
