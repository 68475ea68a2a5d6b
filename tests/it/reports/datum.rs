//! The datum alarm.

use crate::dice::Dice;
use crate::http::client::{Client, opened, wait};
use crate::http::session::{Staffed, signed_in};
use crate::{reports::report, square};
use serde_json::{Value, json};
use wangge::app::access::Policy;
use wangge::geom::crs::Crs;
use wangge::store::NewReport;

/// A report that lies at a place of the town and is sent as `coordinates`, taken for WGS 84.
fn sent(key: &str, source: &str, coordinates: (f64, f64)) -> NewReport {
    let mut new = report(key, (0., 0.), None);
    new.given.source = source.into();
    new.given.coordinates = coordinates.into();
    new.given.position = Crs::Wgs84.to_lattice(coordinates.0, coordinates.1).unwrap();
    new
}

#[test]
fn a_source_that_sends_gcj02_as_wgs84_is_flagged_and_honest_ones_are_not() {
    let (app, router, _folder) = opened(Policy::default());
    let mut dice = Dice::new(21);
    let mut all = Vec::new();
    for n in 0..500 {
        let place = square::at(10. * dice.unit(), 10. * dice.unit());
        let gcj = Crs::Gcj02.from_degrees(place.lon(), place.lat());
        all.push(sent(&format!("g{n}"), "token:gcj", gcj));
        let bd = Crs::Bd09.from_degrees(place.lon(), place.lat());
        all.push(sent(&format!("b{n}"), "token:bd", bd));
    }
    // 30 metres of noise: about 0.0003 degree.
    for source in 0..200 {
        for n in 0..60 {
            let place = square::at(10. * dice.unit(), 10. * dice.unit());
            let noise = |dice: &mut Dice| {
                0.0003 * (dice.unit() + dice.unit() + dice.unit() + dice.unit() - 2.0) * 1.7
            };
            let position = (place.lon() + noise(&mut dice), place.lat() + noise(&mut dice));
            all.push(sent(&format!("h{n}"), &format!("token:honest-{source}"), position));
        }
    }
    for group in all.chunks(256) {
        wait(app.store().file_reports(group)).unwrap();
    }
    let client = Client::of(router, "127.0.0.1:50000");
    let sources = client.get("/api/v1/reports/sources").json();
    let items = sources["items"].as_array().unwrap();
    assert_eq!(items.len(), 202);
    let of = |name: &str| items.iter().find(|item| item["source"] == name).unwrap();
    for (name, crs) in [("token:gcj", "gcj02"), ("token:bd", "bd09")] {
        let source = of(name);
        assert_eq!((&source["reports"], &source["suspicion"]["crs"]), (&json!(500), &json!(crs)), "{source}");
        assert!(source["wrong_as_declared"].as_f64().unwrap() > 0.2, "{source}");
        // What is left lies in the river, though it is about land.
        assert!(source["suspicion"]["wrong"].as_f64().unwrap() < 0.08, "{source}");
        assert!(source["suspicion"]["sigmas"].as_f64().unwrap() > 3.0);
        assert!(!source["suspicion"]["examples"].as_array().unwrap().is_empty());
    }
    let flagged: Vec<&Value> = items.iter().filter(|item| !item["suspicion"].is_null()).collect();
    assert_eq!(flagged.len(), 2, "{flagged:#?}");
}

#[test]
fn what_senders_say_of_the_ground_counts_where_the_city_has_no_edge_near() {
    let (app, router, _folder) = opened(Policy::default());
    let mut dice = Dice::new(22);
    let mut all = Vec::new();
    for n in 0..120 {
        // In the middle of the town: also half a kilometre off it is still land, but another grid.
        let place = square::at(4. + 2. * dice.unit(), 6. + 2. * dice.unit());
        let gcj = Crs::Gcj02.from_degrees(place.lon(), place.lat());
        let mut new = sent(&n.to_string(), "token:gcj", gcj);
        new.given.declared_unit = Some(if place.lon() < 110.005 { "g3" } else { "g4" }.into());
        all.push(new);
    }
    wait(app.store().file_reports(&all)).unwrap();
    let sources = Client::of(router, "127.0.0.1:50000").get("/api/v1/reports/sources").json();
    assert_eq!(sources["items"][0]["suspicion"]["crs"], "gcj02", "{sources}");
}

#[test]
fn only_those_who_dispatch_read_it() {
    let staffed = Staffed::new(Policy::default(), &[("worker", &["worker"]), ("centre", &["dispatcher"])]);
    let status = |name: &str| signed_in(&staffed, name).get("/api/v1/reports/sources").status;
    assert_eq!((status("worker"), status("centre")), (403, 200));
}
