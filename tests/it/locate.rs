//! Which unit answers for a point: outcomes, reach, borders, circles.

use crate::square::{at, base, id};
use proptest::prelude::*;
use wangge::geom::Point;
use wangge::snapshot::{Ask, Base, Located, Outcome};
use wangge::unit::{Categories, Reach, UnitId};

fn rule(category: &str) -> Vec<Reach> {
    Categories::standard().find(category).unwrap().rule.clone()
}

fn locate(base: &Base, p: Point, rule: &[Reach], accuracy_m: Option<f64>) -> Located {
    base.locate(p, &Ask { rule, accuracy_m, max_snap_m: 50.0 })
}

fn by_default(p: Point) -> Located {
    locate(&base(), p, &rule("矛盾纠纷"), None)
}

fn units(located: &Located) -> Vec<Option<UnitId>> {
    located.layers.iter().map(|l| l.as_ref().map(|l| l.unit)).collect()
}

#[test]
fn a_point_inside_has_its_owner_in_each_layer() {
    let found = by_default(at(5.5, 2.0));
    assert_eq!(units(&found), [Some(id(12)), None, Some(id(33))]);
    assert_eq!((found.outcome, found.needs_confirmation), (Outcome::Inside, false));
    assert_eq!(found.responsible, Some((0, id(12))));
    let land = found.layers[0].as_ref().unwrap();
    assert!((land.border_distance_m - 50.4).abs() < 0.2, "{}", land.border_distance_m);
    assert!(!land.on_border && land.candidates.is_empty());
}

#[test]
fn a_point_on_a_border_belongs_to_the_east_and_to_the_north_of_it() {
    for (x, y, owner) in [(5.0, 5.0, 14), (5.0, 2.0, 12), (2.0, 5.0, 13), (0.0, 0.0, 11)] {
        let found = by_default(at(x, y));
        let land = found.layers[0].as_ref().unwrap();
        assert_eq!((land.unit, land.on_border, land.border_distance_m), (id(owner), true, 0.0), "{x} {y}");
        assert_eq!(found.outcome, Outcome::Inside);
    }
}

#[test]
fn the_east_and_north_sides_of_the_town_are_nearby_and_need_confirmation() {
    let found = by_default(at(10.0, 2.0));
    assert_eq!((found.outcome, found.needs_confirmation), (Outcome::Nearby, true));
    assert_eq!(found.responsible, Some((0, id(12))));
    let land = found.layers[0].as_ref().unwrap();
    assert_eq!((land.border_distance_m, land.on_border), (0.0, true));
}

#[test]
fn beyond_the_reach_nobody_answers() {
    let near = by_default(at(10.4, 2.0));
    assert_eq!(near.responsible, Some((0, id(12))));
    assert!((near.layers[0].as_ref().unwrap().border_distance_m - 40.4).abs() < 0.2);
    let far = by_default(at(10.6, 2.0));
    assert_eq!((far.outcome, far.responsible, far.needs_confirmation), (Outcome::Outside, None, true));
    assert_eq!(units(&far), [None, None, None]);
}

#[test]
fn a_drowning_on_the_bank_goes_to_the_water_within_thirty_metres() {
    let (base, rescue) = (base(), rule("水域救援"));
    let bank = locate(&base, at(2.0, 5.4), &rescue, None);
    assert_eq!((bank.responsible, bank.outcome), (Some((1, id(23))), Outcome::Nearby));
    let field = locate(&base, at(2.0, 5.6), &rescue, None);
    assert_eq!((field.responsible, field.outcome), (Some((0, id(13))), Outcome::Inside));
    let midstream = locate(&base, at(2.0, 5.0), &rescue, None);
    assert_eq!((midstream.responsible, midstream.needs_confirmation), (Some((1, id(23))), false));
}

#[test]
fn a_circle_over_a_corner_is_shared_and_asks_for_confirmation() {
    let found = locate(&base(), at(5.0, 5.0), &rule("矛盾纠纷"), Some(60.0));
    let land = found.layers[0].as_ref().unwrap();
    assert!(found.needs_confirmation);
    assert_eq!(land.candidates.len(), 4);
    for (unit, share) in &land.candidates {
        assert!((share - 0.25).abs() < 1e-6, "{unit:?} {share}");
    }
    let rim = locate(&base(), at(0.0, 2.5), &rule("矛盾纠纷"), Some(60.0));
    let shares = &rim.layers[0].as_ref().unwrap().candidates;
    assert!((shares[0].1 - 0.5).abs() < 1e-6 && (shares[1].1 - 0.5).abs() < 1e-6);
    assert!(shares.iter().any(|s| s.0.is_none()), "the outside has its share");
}

#[test]
fn a_circle_well_inside_is_sure() {
    let found = locate(&base(), at(2.5, 2.5), &rule("矛盾纠纷"), Some(60.0));
    let land = found.layers[0].as_ref().unwrap();
    assert_eq!(land.candidates.len(), 1);
    assert!((land.candidates[0].1 - 1.0).abs() < 1e-9 && !found.needs_confirmation);
}

proptest! {
    #[test]
    fn many_points_get_what_each_gets_alone(points in prop::collection::vec((-1.0f64..11.0, -1.0f64..11.0), 1..200)) {
        let base = base();
        let points: Vec<Point> = points.into_iter().map(|(x, y)| at(x, y)).collect();
        for category in ["矛盾纠纷", "水域救援"] {
            let rule = rule(category);
            let ask = Ask { rule: &rule, accuracy_m: None, max_snap_m: 50.0 };
            for (p, brief) in points.iter().zip(base.locate_many(&points, &ask)) {
                let full = base.locate(*p, &ask);
                prop_assert_eq!((full.outcome, full.responsible), (brief.outcome, brief.responsible));
                for (i, layer) in base.layers().iter().enumerate() {
                    let in_rule = rule.iter().any(|r| r.layer == layer.layer.name);
                    let inside = full.layers[i].as_ref().filter(|l| in_rule || l.outcome == Outcome::Inside);
                    prop_assert_eq!(inside.map(|l| l.unit), brief.layers[i]);
                }
            }
        }
    }
}
