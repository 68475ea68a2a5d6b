//! A town of ten by ten squares, small enough for squared paper.
//!
//! The square runs from 110.000 25.000 to 110.010 25.010; one step is 0.001 degree (about 100 m).
//! Land: `g1`..`g4` are its quadrants (SW, SE, NW, NE), two villages `v1` (g1, g2) and `v2` (g3, g4) in one
//! township `t1` of one county `c1` of the city. Police: `p1` is x < 6, `p2` is x ≥ 6. Water: a ribbon
//! 4.8 ≤ y < 5.2, `w1` west and `w2` east of x = 5.

use chrono::{DateTime, NaiveDate, Utc};
use wangge::geom::{Point, Polygon, Ring, Shape};
use wangge::snapshot::{Base, LayerSource, Revision};
use wangge::unit::{Attributes, Code, Layer, Level, Person, Post, Unit, UnitId};

/// A point of the town, in steps from its south-west corner.
pub fn at(x: f64, y: f64) -> Point {
    Point::from_degrees(110.0 + x / 1000.0, 25.0 + y / 1000.0).unwrap()
}

pub fn id(n: u64) -> UnitId {
    UnitId::try_from(n).unwrap()
}

/// A polygon from its corners in steps.
pub fn shape(corners: &[(f64, f64)]) -> Shape {
    let ring = Ring::new(corners.iter().map(|&(x, y)| at(x, y)).collect()).unwrap();
    Shape(vec![Polygon::simple(ring)])
}

fn unit(n: u64, code: &str, name: &str, level: u8, parent: u64) -> Unit {
    let mut attributes = Attributes::new();
    if level == 4 {
        attributes.insert("households".into(), (100 * n).into());
    }
    Unit {
        id: id(n),
        code: Code::try_from(code).unwrap(),
        name: name.into(),
        level: Level(level),
        parent: UnitId::try_from(parent).ok(),
        attributes,
    }
}

fn land() -> LayerSource {
    let units = vec![
        unit(1, "c0", "方城市", 0, 0),
        unit(2, "c1", "七星区", 1, 1),
        unit(3, "t1", "长海街道", 2, 2),
        unit(4, "v1", "南社区", 3, 3),
        unit(5, "v2", "北村", 3, 3),
        unit(11, "g1", "南社区第1网格", 4, 4),
        unit(12, "g2", "南社区第2网格", 4, 4),
        unit(13, "g3", "北村第1网格", 4, 5),
        unit(14, "g4", "北村第2网格", 4, 5),
    ];
    let shapes = vec![
        (id(11), shape(&[(0., 0.), (5., 0.), (5., 5.), (0., 5.)])),
        (id(12), shape(&[(5., 0.), (10., 0.), (10., 5.), (5., 5.)])),
        (id(13), shape(&[(0., 5.), (5., 5.), (5., 10.), (0., 10.)])),
        (id(14), shape(&[(5., 5.), (10., 5.), (10., 10.), (5., 10.)])),
    ];
    let outline =
        Some(shape(&[(0., 0.), (5., 0.), (10., 0.), (10., 5.), (10., 10.), (5., 10.), (0., 10.), (0., 5.)]));
    LayerSource { layer: Layer::land(), outline, units, shapes }
}

fn water() -> LayerSource {
    let units = vec![
        unit(21, "c0", "方城市", 0, 0),
        unit(22, "r1", "方江", 1, 21),
        unit(23, "w1", "方江西段", 2, 22),
        unit(24, "w2", "方江东段", 2, 22),
    ];
    let shapes = vec![
        (id(23), shape(&[(0., 4.8), (5., 4.8), (5., 5.2), (0., 5.2)])),
        (id(24), shape(&[(5., 4.8), (10., 4.8), (10., 5.2), (5., 5.2)])),
    ];
    LayerSource { layer: Layer::water(), outline: None, units, shapes }
}

fn police() -> LayerSource {
    let units = vec![
        unit(31, "b0", "方城市公安局", 0, 0),
        unit(32, "s1", "方城派出所", 1, 31),
        unit(33, "p1", "第1警格", 2, 32),
        unit(34, "p2", "第2警格", 2, 32),
    ];
    let shapes = vec![
        (id(33), shape(&[(0., 0.), (6., 0.), (6., 10.), (0., 10.)])),
        (id(34), shape(&[(6., 0.), (10., 0.), (10., 10.), (6., 10.)])),
    ];
    LayerSource { layer: Layer::police(), outline: None, units, shapes }
}

/// The three layers of the town.
pub fn layers() -> Vec<LayerSource> {
    vec![land(), water(), police()]
}

/// A post per level of the chain, one with a telephone, one that is over.
pub fn posts() -> Vec<Post> {
    let day = |y| NaiveDate::from_ymd_opt(y, 1, 1).unwrap();
    let person = |holder: &str, phone: Option<&str>| {
        Some(Person { holder: holder.into(), phone: phone.map(Into::into) })
    };
    let post = |unit, title: &str, person, until| Post {
        unit: id(unit),
        title: title.into(),
        person,
        valid_from: day(2020),
        valid_to: until,
    };
    vec![
        post(2, "一级网格长", person("示例一", Some("000-0000-0001")), None),
        post(11, "专职网格员", person("示例网格员旧", None), Some(day(2021))),
        post(11, "专职网格员", person("示例网格员001", Some("000-0000-0002")), None),
        post(12, "专职网格员", None, None),
        post(33, "民警", person("示例民警", None), None),
    ]
}

/// The first revision, in force since 2026-01-01.
pub fn revision() -> Revision {
    let effective_from: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    Revision { number: 1, effective_from }
}

/// The town, built.
pub fn base() -> Base {
    Base::new(revision(), layers()).unwrap()
}
