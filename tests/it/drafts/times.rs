//! As of yesterday, now, and a scheduled tomorrow: each against an oracle from that state's export.

use super::world::{Town, redraw, split};
use crate::dice::Dice;
use crate::http::client::{Client, wait};
use crate::oracle::Oracle;
use crate::square;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::Value;
use wangge::app::Question;
use wangge::coverage::Coverage;
use wangge::geom::{Point, Polygon, Ring, Shape};
use wangge::http::{Setting, Site, router};
use wangge::unit::UnitId;

/// Points per state; three states make more than ten thousand.
const POINTS: usize = 3_500;

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Points of the town and a little around it; every other one near a border that is drawn here.
fn probes(seed: u64) -> Vec<Point> {
    let mut dice = Dice::new(seed);
    let mut near = |a: f64, b: f64| a + (b - a) * dice.unit();
    let mut points: Vec<Point> =
        (0..POINTS / 2).map(|_| square::at(near(-1., 11.), near(-1., 11.))).collect();
    points.extend((0..POINTS / 2).map(|_| square::at(near(2.4, 6.1), near(0., 6.1))));
    points
}

/// The shapes of an exported layer, by code.
fn exported(client: &Client, at: Option<DateTime<Utc>>) -> Vec<(String, Shape)> {
    let query = at.map_or(String::new(), |at| format!("?at={}", text(at)));
    let file = client.get(&format!("/api/v1/export/land.geojson{query}")).json();
    let ring = |ring: &Value| {
        let points = ring.as_array().unwrap().iter();
        let point = |p: &Value| Point::from_degrees(p[0].as_f64().unwrap(), p[1].as_f64().unwrap()).unwrap();
        Ring::new(points.map(point).collect()).unwrap()
    };
    let polygon = |rings: &Value| {
        let mut rings = rings.as_array().unwrap().iter().map(ring);
        Polygon { outer: rings.next().unwrap(), holes: rings.collect() }
    };
    let shape = |geometry: &Value| match geometry["type"].as_str() {
        Some("Polygon") => Some(Shape(vec![polygon(&geometry["coordinates"])])),
        Some("MultiPolygon") => {
            Some(Shape(geometry["coordinates"].as_array().unwrap().iter().map(polygon).collect()))
        }
        _ => None,
    };
    let features = file["features"].as_array().unwrap().iter();
    features
        .filter(|f| f["properties"]["level"] == "grid")
        .filter_map(|f| Some((f["properties"]["code"].as_str().unwrap().to_owned(), shape(&f["geometry"])?)))
        .collect()
}

/// Who owns each point, by the oracle.
fn owners(shapes: &[(String, Shape)], points: &[Point]) -> Vec<Option<String>> {
    let numbered: Vec<(UnitId, Shape)> =
        shapes.iter().enumerate().map(|(i, s)| (square::id(i as u64 + 1), s.1.clone())).collect();
    let coverage = Coverage::assemble(&numbered).unwrap();
    let oracle = Oracle::new(&numbered, &coverage);
    let code = |p: &Point| {
        let unit = coverage.unit(oracle.owner(*p))?;
        Some(shapes[unit.get() as usize - 1].0.clone())
    };
    points.iter().map(code).collect()
}

/// Who owns each point as of a time, by the app.
async fn answered(town: &Town, at: Option<DateTime<Utc>>, points: &[Point]) -> Vec<Option<String>> {
    let published = town.app.published_at(at).await.unwrap();
    let question = Question::new(None, None, Some(0.0), false).unwrap();
    let briefs = published.locate_many(points, &question);
    briefs.iter().map(|brief| published.row(brief).land.map(str::to_owned)).collect()
}

#[test]
fn yesterday_now_and_a_scheduled_tomorrow_are_what_each_state_s_export_says() {
    let town = wait(async {
        let town = Town::file().await;
        let now = town.drawn("now", &[redraw(&[(5., 1.), (6., 2.5), (5., 4.)])]).await;
        town.approve(now).await;
        town.publish(now).await;
        town
    });
    let (yesterday, tomorrow) = (Utc::now() - TimeDelta::days(1), Utc::now() + TimeDelta::days(1));
    let after = tomorrow + TimeDelta::days(1);
    let site = Site::new(town.app.clone(), Setting::default());
    let client = Client::of(router(site).unwrap(), "127.0.0.1:50000");
    let points = probes(1);
    let (past, present, foreseen, further) = wait(async {
        let first = town.drawn("t", &[split("g1", "g9", &[(2.5, 0.), (3., 2.), (2.5, 5.)])]).await;
        let second = town.drawn("u", &[redraw(&[(6., 5.), (7.5, 6.), (9., 5.)])]).await;
        for (id, at) in [(first, tomorrow), (second, after)] {
            town.approve(id).await;
            town.schedule(id, at).await;
        }
        let past = answered(&town, Some(yesterday), &points).await;
        let present = answered(&town, None, &points).await;
        let foreseen = answered(&town, Some(tomorrow), &points).await;
        (past, present, foreseen, answered(&town, Some(after), &points).await)
    });
    assert_eq!(past, owners(&exported(&client, Some(yesterday)), &points));
    assert_eq!(present, owners(&exported(&client, None), &points));
    let locate = |at: DateTime<Utc>| {
        client.get(&format!("/api/v1/locate?lon=110.002&lat=25.002&crs=wgs84&at={}", text(at))).json()
    };
    assert_eq!(locate(tomorrow)["provisional"], true);
    assert_eq!(locate(tomorrow)["land"]["code"], "g1");
    assert_eq!(locate(yesterday).get("provisional"), None);
    // The days come.
    assert_eq!(wait(town.app.publish_due(tomorrow)).unwrap(), 1);
    assert_eq!(foreseen, owners(&exported(&client, None), &points), "tomorrow is as it was foreseen");
    assert_eq!(wait(town.app.publish_due(after)).unwrap(), 1);
    assert_eq!(further, owners(&exported(&client, None), &points), "and so is the day after");
    assert!(past != present && present != foreseen && foreseen != further, "the states differ");
}
