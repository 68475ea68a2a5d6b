//! What every store promises: each body runs on an empty store of either backend.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;
use std::path::Path;
use wangge::geom::{Point, Polygon, Ring, Shape};
use wangge::snapshot::{LayerSource, StateHash};
use wangge::store::{Location, Publication, Pulse, Store, StoreError};
use wangge::unit::{Attributes, Code, Layer, Level, Person, Post, Unit, UnitId};

/// A unit id.
pub fn id(n: u64) -> UnitId {
    UnitId::try_from(n).unwrap()
}

/// A box on the lattice.
pub fn square(x: i32, y: i32, size: i32) -> Shape {
    let corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)];
    Shape(vec![Polygon::simple(Ring::new(corners.map(|(x, y)| Point::new(x, y)).to_vec()).unwrap())])
}

fn unit(n: u64, code: &str, level: u8, parent: Option<u64>) -> Unit {
    Unit {
        id: id(n),
        code: Code::try_from(code).unwrap(),
        name: format!("单元{n}"),
        level: Level(level),
        parent: parent.map(id),
        attributes: Attributes::new(),
    }
}

/// Two water grids under a reach under a city; and a land of one grid with its outline.
pub fn city() -> Vec<LayerSource> {
    let mut land = LayerSource {
        layer: Layer::land(),
        outline: Some(square(1_100_000_000, 250_000_000, 100)),
        units: ["4503", "450305", "450305001", "450305001001", "450305001001001"]
            .iter()
            .enumerate()
            .map(|(i, code)| unit(10 + i as u64, code, i as u8, (i > 0).then(|| 9 + i as u64)))
            .collect(),
        shapes: vec![(id(14), square(1_100_000_000, 250_000_000, 100))],
    };
    let attributes = json!({"households": 321, "备注": "\"引号\" 与 emoji 🏞", "a": null, "列": [1, 2.5]});
    land.units[4].attributes.clone_from(attributes.as_object().unwrap());
    let water = LayerSource {
        layer: Layer::water(),
        outline: None,
        units: vec![
            unit(1, "w", 0, None),
            unit(2, "w1", 1, Some(1)),
            unit(3, "a", 2, Some(2)),
            unit(4, "b", 2, Some(2)),
        ],
        shapes: vec![
            (id(3), square(1_100_000_000, 250_000_000, 7)),
            (id(4), square(1_100_000_007, 250_000_000, 9)),
        ],
    };
    vec![land, water]
}

/// A publication with today's note.
pub fn publication(prev: Option<u64>, layers: &[LayerSource]) -> Publication<'_> {
    Publication {
        prev,
        effective_from: start() + TimeDelta::days(prev.unwrap_or(0) as i64),
        note: Some("示意数据,非真实界线 / demo data, not real borders".into()),
        attributes: json!({"document": "市府〔2026〕1号"}).as_object().unwrap().clone(),
        layers,
    }
}

fn start() -> DateTime<Utc> {
    "2026-11-23T08:00:00.123456789Z".parse().unwrap()
}

/// The steps of a backend's schema, in order: number and SQL.
fn steps(backend: &str) -> Vec<(u32, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(backend);
    let mut steps: Vec<(u32, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let number = path.file_name().unwrap().to_str().unwrap()[..4].parse().unwrap();
            (number, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    steps.sort();
    steps
}

/// The newest step of a backend's schema.
pub fn newest_schema(backend: &str) -> u32 {
    steps(backend).last().unwrap().0
}

/// Statements that take an empty store back to an older schema.
pub fn back_to_schema(backend: &str, version: u32) -> String {
    let later = steps(backend).into_iter().filter(|(number, _)| *number > version);
    let made = |(_, sql): (u32, String)| -> Vec<String> {
        let names = |what: &'static str| {
            let after = sql.match_indices(what).map(|(at, _)| &sql[at + what.len()..]);
            after.map(|rest| rest.split([' ', '(']).next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let functions = names("create function ").into_iter().map(|f| format!("drop function {f};"));
        functions.chain(names("create table ").into_iter().map(|t| format!("drop table {t};"))).collect()
    };
    let drops: Vec<String> = later.flat_map(made).collect();
    let drops: String = drops.into_iter().rev().collect();
    format!("{drops} delete from wangge_schema where version > {version}")
}

/// Names each body as a test of either backend.
macro_rules! promises {
    ($($body:ident)*) => {
        mod geopackage {
            $(#[tokio::test]
            async fn $body() {
                let folder = tempfile::tempdir().unwrap();
                let place = folder.path().join("store.gpkg");
                super::$body(&super::Store::create(&place).await.unwrap()).await;
            })*
        }

        mod postgis {
            $(#[tokio::test]
            async fn $body() {
                let place = crate::postgis::place().await;
                super::$body(&super::Store::create(&place).await.unwrap()).await;
            })*
        }
    };
}

promises! {
    an_empty_store_has_no_head
    what_was_published_comes_back
    a_version_lives_as_long_as_it_holds
    only_what_differs_is_written
    codes_may_be_swapped_in_one_publication
    exactly_one_publication_follows_a_revision
    of_many_that_publish_at_once_exactly_one_wins
    a_publication_that_breaks_identities_is_refused_whole
    the_corners_of_the_world_come_back_exactly
    posts_are_replaced_all_or_none
    of_two_that_replace_posts_at_once_the_posts_of_one_remain
    a_store_says_where_it_is
    a_pulse_is_the_head_with_its_hash
}

async fn an_empty_store_has_no_head(store: &Store) {
    assert_eq!(store.head().await.unwrap(), None);
    assert!(matches!(store.load(1).await, Err(StoreError::UnknownRevision { head: 0, got: 1 })));
    assert!(store.load_head().await.is_err());
    assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
}

async fn a_pulse_is_the_head_with_its_hash(store: &Store) {
    let pulse = |head, events| Pulse { head, writable: true, events };
    assert_eq!(store.pulse().await.unwrap(), pulse(None, 0));
    for prev in [None, Some(1)] {
        let published = store.publish(&publication(prev, &city())).await.unwrap();
        assert_eq!(store.pulse().await.unwrap(), pulse(Some(published), published.0.number));
    }
}

async fn what_was_published_comes_back(store: &Store) {
    let layers = city();
    let (revision, hash) = store.publish(&publication(None, &layers)).await.unwrap();
    assert_eq!(hash, StateHash::of(&layers));
    assert_eq!(
        revision.effective_from.to_rfc3339(),
        "2026-11-23T08:00:00.123456+00:00",
        "to the microsecond"
    );
    let loaded = store.load_head().await.unwrap();
    assert_eq!((loaded.revision, loaded.state_hash), (revision, hash));
    assert_eq!(StateHash::of(&loaded.layers), hash);
    assert_eq!(loaded.layers, layers);
    let keys: Vec<_> = loaded.layers[0].units[4].attributes.keys().collect();
    assert_eq!(keys, ["households", "备注", "a", "列"], "attributes keep their order");
    assert_eq!(loaded.note, publication(None, &[]).note);
    assert_eq!(loaded.attributes, publication(None, &[]).attributes);
    assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
}

async fn a_version_lives_as_long_as_it_holds(store: &Store) {
    let first = city();
    store.publish(&publication(None, &first)).await.unwrap();
    let mut second = first.clone();
    second[1].units[2].name = "改名".into();
    second[1].shapes.pop();
    second[1].units.pop();
    second[0].outline = Some(square(1_100_000_000, 250_000_000, 101));
    store.publish(&publication(Some(1), &second)).await.unwrap();
    store.publish(&publication(Some(2), &first)).await.unwrap();
    for (number, expected) in [(1, &first), (2, &second), (3, &first)] {
        assert_eq!(&store.load(number).await.unwrap().layers, expected, "revision {number}");
    }
    let numbers: Vec<u64> = store.revisions().await.unwrap().iter().map(|r| r.number).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
}

async fn codes_may_be_swapped_in_one_publication(store: &Store) {
    let first = city();
    store.publish(&publication(None, &first)).await.unwrap();
    let mut swapped = first.clone();
    swapped[1].units[2].code = first[1].units[3].code.clone();
    swapped[1].units[3].code = first[1].units[2].code.clone();
    store.publish(&publication(Some(1), &swapped)).await.unwrap();
    assert_eq!(store.load(2).await.unwrap().layers, swapped);
}

async fn exactly_one_publication_follows_a_revision(store: &Store) {
    let layers = city();
    store.publish(&publication(None, &layers)).await.unwrap();
    let again = store.publish(&publication(None, &layers)).await;
    assert!(matches!(again, Err(StoreError::Conflict { head: 1, got: 0 })));
    let early = Publication { effective_from: start(), ..publication(Some(1), &layers) };
    assert!(matches!(store.publish(&early).await, Err(StoreError::NotLater { .. })));
    let next = publication(Some(1), &layers);
    let (a, b) = tokio::join!(store.publish(&next), store.publish(&next));
    assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "{a:?} {b:?}");
    assert_eq!(store.head().await.unwrap().unwrap().number, 2);
}

async fn a_publication_that_breaks_identities_is_refused_whole(store: &Store) {
    let broken = |change: fn(&mut Vec<LayerSource>)| {
        let mut layers = city();
        change(&mut layers);
        layers
    };
    for layers in [
        broken(|l| l[1].units[0].id = id(10)),
        broken(|l| l[1].shapes[0].0 = id(99)),
        broken(|l| l[1].shapes[0].0 = id(4)),
        broken(|l| l[1].units[3].level = Level(3)),
        broken(|l| l[1] = l[0].clone()),
        broken(|l| l[1].units[3].code = l[1].units[2].code.clone()),
        broken(|l| l[1].units[3].parent = Some(id(99))),
        broken(|l| l[1].units[3].name = "a\0b".into()),
    ] {
        let refused = store.publish(&publication(None, &layers)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    }
    assert_eq!(store.head().await.unwrap(), None, "nothing of it is left");
    store.publish(&publication(None, &city())).await.unwrap();
    let moved = broken(|l| {
        l.swap(0, 1);
        l[0].units.truncate(1);
        l[0].shapes.clear();
        l[1] = LayerSource {
            layer: Layer::police(),
            outline: None,
            units: vec![unit(3, "x", 0, None)],
            shapes: vec![],
        };
    });
    let refused = store.publish(&publication(Some(1), &moved)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "an id changes its layer: {refused:?}");
}

/// A post since the first of a month; of unit 3 until its end.
pub fn post(unit: u64, title: &str, person: Option<(&str, Option<&str>)>) -> Post {
    let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
    Post {
        unit: id(unit),
        title: title.into(),
        person: person.map(|(holder, phone)| Person { holder: holder.into(), phone: phone.map(Into::into) }),
        valid_from: day(1),
        valid_to: (unit == 3).then(|| day(30)),
    }
}

/// Another door to the same store: of a database one with connections of its own; a file is open in one
/// program at a time, whose parts share it.
pub async fn another(store: &Store) -> Store {
    match store.place() {
        Location::File(_) => store.clone(),
        database @ Location::Database(_) => Store::open(database).await.unwrap(),
    }
}

/// Every store is asked by several at once.
async fn of_many_that_publish_at_once_exactly_one_wins(store: &Store) {
    let layers = city();
    store.publish(&publication(None, &layers)).await.unwrap();
    let mut others = Vec::new();
    for _ in 0..4 {
        others.push(another(store).await);
    }
    for head in 1..=6 {
        let next = publication(Some(head), &layers);
        let answers = futures::future::join_all(others.iter().map(|other| other.publish(&next))).await;
        let won = answers.iter().filter(|a| a.is_ok()).count();
        assert_eq!(won, 1, "{answers:?}");
        for lost in answers.iter().filter_map(|a| a.as_ref().err()) {
            assert!(matches!(lost, StoreError::Conflict { head: h, got } if (*h, *got) == (head + 1, head)));
        }
        for other in &others {
            assert_eq!(other.head().await.unwrap().unwrap().number, head + 1, "each sees it at once");
        }
    }
}

async fn only_what_differs_is_written(store: &Store) {
    let first = city();
    store.publish(&publication(None, &first)).await.unwrap();
    let before = crate::store_constraints::count(store, "unit_version").await;
    assert_eq!(before, 9);
    let mut second = first.clone();
    second.reverse();
    second[0].units.reverse();
    store.publish(&publication(Some(1), &second)).await.unwrap();
    assert_eq!(crate::store_constraints::count(store, "unit_version").await, before, "another order only");
    second[0].units[0].name = "改名".into();
    store.publish(&publication(Some(2), &second)).await.unwrap();
    assert_eq!(crate::store_constraints::count(store, "unit_version").await, before + 1);
    assert_eq!(crate::store_constraints::count(store, "outline").await, 1);
}

/// Multipolygons with holes, at the ends of the lattice and on odd digits, keep every integer.
async fn the_corners_of_the_world_come_back_exactly(store: &Store) {
    let ring = |x: i32, y: i32, s: i32| {
        let corners = [(x, y), (x + s, y), (x + s, y + s), (x, y + s)];
        Ring::new(corners.map(|(x, y)| Point::new(x, y)).to_vec()).unwrap()
    };
    let hole = |x, y| Ring::new(ring(x, y, 3).points().iter().rev().copied().collect()).unwrap();
    let mut layers = city();
    layers.remove(0);
    let (east, north) = (1_800_000_000, 900_000_000);
    layers[0].shapes = vec![
        (
            id(3),
            Shape(vec![
                Polygon {
                    outer: ring(-east, -north, 11),
                    holes: vec![hole(3 - east, 3 - north), hole(7 - east, 7 - north)],
                },
                Polygon::simple(ring(1_102_900_001, 252_700_003, 1)),
            ]),
        ),
        (id(4), Shape(vec![Polygon::simple(ring(east - 7, north - 7, 7))])),
    ];
    let (_, hash) = store.publish(&publication(None, &layers)).await.unwrap();
    let loaded = store.load(1).await.unwrap();
    let canonical = |layers: &[LayerSource]| -> Vec<Shape> {
        layers[0].shapes.iter().map(|(_, shape)| shape.canonical()).collect()
    };
    assert_eq!(canonical(&loaded.layers), canonical(&layers));
    assert_eq!(StateHash::of(&loaded.layers), hash);
}

async fn of_two_that_replace_posts_at_once_the_posts_of_one_remain(store: &Store) {
    store.publish(&publication(None, &city())).await.unwrap();
    let other = another(store).await;
    let (a, b) = (vec![post(3, "民警", None); 20], vec![post(4, "辅警", None); 20]);
    for _ in 0..5 {
        let (one, two) = tokio::join!(store.replace_posts(&a), other.replace_posts(&b));
        one.and(two).unwrap();
        let left = store.posts().await.unwrap();
        assert!(left == a || left == b, "{} posts", left.len());
    }
}

async fn a_store_says_where_it_is(store: &Store) {
    let place = store.place();
    assert!(Store::exists(&place).await.unwrap());
    assert_eq!(Store::open_to_read(&place).await.unwrap().place().to_string(), place.to_string());
    store.publish(&publication(None, &city())).await.unwrap();
    let refused = Store::create(&place).await;
    assert!(matches!(refused, Err(StoreError::Exists(_))), "{refused:?}");
    assert_eq!(store.head().await.unwrap().unwrap().number, 1, "it was left alone");
}

async fn posts_are_replaced_all_or_none(store: &Store) {
    store.publish(&publication(None, &city())).await.unwrap();
    let good = vec![
        post(3, "民警", Some(("示例民警001", Some("000-0001")))),
        post(14, "专职网格员", Some(("示例网格员001", None))),
        post(14, "法律顾问", None),
    ];
    store.replace_posts(&good).await.unwrap();
    assert_eq!(store.posts().await.unwrap(), good);
    assert_eq!(store.load(1).await.unwrap().posts, good);
    let bad = [post(4, "辅警", None), post(77, "辅警", None), post(78, "辅警", None)];
    let refused = store.replace_posts(&bad).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Refused(all) if all.len() == 2), "{refused}");
    assert_eq!(store.posts().await.unwrap(), good, "the old ones stay");
}

/// A store file with [`city`] as its first revision.
pub async fn city_file(path: &Path) -> Store {
    let store = Store::create(path).await.unwrap();
    store.publish(&publication(None, &city())).await.unwrap();
    store
}
