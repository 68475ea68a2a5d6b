//! What follows from a revision: levels, areas, neighbours, lists.

use crate::square::{base, id, layers, posts, revision, shape};
use std::sync::Arc;
use wangge::app::{Page, Published, Staffed, UnitQuery};
use wangge::geom::Bbox;
use wangge::snapshot::{Base, Revision, StateHash};
use wangge::store::Loaded;
use wangge::unit::{Attributes, Code, Level};

fn published() -> Published {
    let state_hash = StateHash::of(&layers());
    let (revision, layers, posts) = (revision(), layers(), posts());
    Published::new(Loaded { revision, layers, posts, state_hash, note: None, attributes: Attributes::new() })
        .unwrap()
}

fn codes(query: &UnitQuery) -> Vec<String> {
    let published = published();
    published
        .units(query, &wangge::app::Posts::new(posts()))
        .iter()
        .map(|f| f.unit.code.to_string())
        .collect()
}

/// The town with the border between `g1` and `g2` moved, and a police grid renamed.
fn edited() -> Vec<wangge::snapshot::LayerSource> {
    let mut layers = layers();
    let bent = [(0., 0.), (5., 0.), (4.5, 2.), (5., 5.), (0., 5.)];
    let other = [(5., 0.), (10., 0.), (10., 5.), (5., 5.), (4.5, 2.)];
    layers[0].shapes[0].1 = shape(&bent).canonical();
    layers[0].shapes[1].1 = shape(&other).canonical();
    layers[2].units[2].name = "改名警格".into();
    layers
}

#[test]
fn a_state_that_shares_with_the_one_before_is_the_one_built_alone() {
    let before = base();
    let next = Revision { number: 2, ..revision() };
    let alone = Base::new(next, edited()).unwrap();
    let shared = before.after(next, &edited()).unwrap();
    shared.place_labels_after(&before);
    assert_eq!(shared.sources(), alone.sources());
    for ((before, shared), alone) in before.layers().iter().zip(shared.layers()).zip(alone.layers()) {
        assert_eq!(shared.coverage, alone.coverage);
        for unit in alone.units.all() {
            assert_eq!(shared.label(unit.id), alone.label(unit.id), "{}", unit.code);
        }
        let (same, built_on) = (Arc::ptr_eq(before, shared), Arc::ptr_eq(&before.coverage, &shared.coverage));
        match shared.layer.name.as_str() {
            "land" => assert!(!same && !built_on, "its borders moved"),
            "water" => assert!(same, "nothing changed"),
            _ => assert!(!same && built_on, "a name changed and no border"),
        }
    }
    assert_eq!(shared.layer("police").unwrap().units.get(id(33)).unwrap().name, "改名警格");
}

#[test]
fn areas_of_a_level_sum_to_the_level_above() {
    let base = base();
    let land = base.layer("land").unwrap();
    let area = |level, n| land.derived(Level(level)).measure(id(n)).unwrap().area_m2;
    let grids: f64 = (11..=14).map(|n| area(4, n)).sum();
    let villages = area(3, 4) + area(3, 5);
    assert!((grids / area(0, 1) - 1.0).abs() < 1e-12 && (villages / area(1, 2) - 1.0).abs() < 1e-12);
    // One step is 100.9 m east and 110.8 m north at 25 degrees.
    assert!((area(0, 1) / (1009.3 * 1107.7) - 1.0).abs() < 1e-3, "{}", area(0, 1));
}

#[test]
fn neighbours_share_a_border_and_not_a_corner() {
    let base = base();
    let grids = base.layer("land").unwrap().derived(Level(4));
    let found: Vec<_> = grids.neighbours(id(11)).iter().map(|n| n.unit.map(u64::from)).collect();
    assert_eq!(found, [None, Some(12), Some(13)], "longest border first");
    let villages = base.layer("land").unwrap().derived(Level(3));
    assert_eq!(villages.neighbours(id(4)).len(), 2);
    assert!(grids.neighbours(id(4)).is_empty(), "a village is no grid");
}

#[test]
fn households_of_a_village_are_those_of_its_grids() {
    let base = base();
    let land = base.layer("land").unwrap();
    let households = |n| land.households(land.units.get(id(n)).unwrap());
    assert_eq!((households(11), households(4), households(1)), (Some(1100), Some(2300), Some(5000)));
}

#[test]
fn lists_are_cut_by_layer_level_parent_box_and_text() {
    let all = UnitQuery::default();
    assert_eq!(codes(&all).len(), 17);
    assert_eq!(codes(&UnitQuery { level: Some("grid".into()), ..all.clone() }), ["g1", "g2", "g3", "g4"]);
    let parent = Some(Code::try_from("v2").unwrap());
    assert_eq!(codes(&UnitQuery { parent, ..all.clone() }), ["g3", "g4"]);
    assert_eq!(codes(&UnitQuery { text: Some("七星".into()), ..all.clone() }), ["c1"]);
    assert_eq!(codes(&UnitQuery { text: Some("g2".into()), ..all.clone() }), ["g2"]);
    let spot = crate::square::at(1.0, 1.0);
    let bbox = Some(Bbox { min: spot, max: spot });
    let query = UnitQuery { layer: Some("land".into()), bbox, ..all };
    assert_eq!(codes(&query), ["c0", "c1", "t1", "v1", "g1"]);
}

#[test]
fn a_page_says_how_many_there_are_and_where_the_next_begins() {
    let page = Page::cut((0..10).collect(), 4, 3);
    assert_eq!((page.total, page.next, page.items), (10, Some(7), vec![4, 5, 6]));
    let last = Page::cut((0..10).collect(), 8, 3);
    assert_eq!((last.next, last.items), (None, vec![8, 9]));
    assert!(Page::cut((0..10).collect(), 99, usize::MAX).items.is_empty());
}

#[test]
fn only_posts_that_stand_on_the_day_are_named() {
    let posts = wangge::app::Posts::new(posts());
    let day = chrono::NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
    let holders: Vec<_> = posts.of(id(11), day).map(|p| p.person.as_ref().unwrap().holder.as_str()).collect();
    assert_eq!(holders, ["示例网格员001"]);
    assert_eq!(posts.of(id(12), day).count(), 1);
    assert_eq!(posts.of(id(13), day).count(), 0);
}

#[test]
fn units_are_found_by_how_it_stands_with_their_posts_on_the_day() {
    let day = |y| chrono::NaiveDate::from_ymd_opt(y, 6, 1).unwrap();
    let of = |staffed, y| {
        codes(&UnitQuery {
            layer: Some("land".into()),
            level: Some("grid".into()),
            posts: Some((staffed, day(y))),
            ..UnitQuery::default()
        })
    };
    assert_eq!(of(Staffed::Held, 2026), ["g1"]);
    assert_eq!(of(Staffed::Vacant, 2026), ["g2"]);
    assert_eq!(of(Staffed::Without, 2026), ["g3", "g4"]);
    assert_eq!(of(Staffed::Without, 2019).len(), 4, "before anybody was named");
}
