//! A snapshot comes back as it was, or is refused.

use super::*;
use crate::geom::{Point, Polygon, Ring, Shape};
use crate::store::Token;
use crate::unit::{Account, Attributes, Code, Layer, Level, Person, Unit, UnitId};
use chrono::{DateTime, Utc};
use serde_json::json;

fn id(n: u64) -> UnitId {
    UnitId::try_from(n).unwrap()
}

fn square(x: i32, size: i32) -> Ring {
    let corners = [(x, 0), (x + size, 0), (x + size, size), (x, size)];
    Ring::new(corners.map(|(x, y)| Point::new(x, y)).to_vec()).unwrap()
}

fn unit(n: u64, level: u8, parent: Option<u64>, attributes: &serde_json::Value) -> Unit {
    Unit {
        id: id(n),
        code: Code::try_from(format!("c{n}")).unwrap(),
        name: format!("单元{n}"),
        level: Level(level),
        parent: parent.map(id),
        attributes: attributes.as_object().unwrap().clone(),
    }
}

fn people(at: DateTime<Utc>) -> Roster {
    let grants = |words: &[&str]| words.iter().map(|word| word.parse().unwrap()).collect();
    let account = Account {
        name: "lan".into(),
        display_name: "王兰".into(),
        grants: grants(&["approver", "planner:land"]),
        territory: [id(2), id(3)].into(),
        created_at: at,
        disabled_at: Some(at),
    };
    let token = Token {
        name: "dispatch".into(),
        hash: [9; 32],
        account: None,
        grants: grants(&["dispatcher"]),
        created_at: at,
        expires_at: Some(at),
        revoked_at: None,
    };
    let of_account =
        Token { account: Some("lan".into()), grants: grants(&[]), expires_at: None, ..token.clone() };
    Roster { head: 7, accounts: vec![account], tokens: vec![token, of_account] }
}

/// A state with everything that a state can have, small enough to be damaged at each byte.
fn kept() -> Kept {
    let moment = |day| format!("2026-11-{day}T08:00:00.123456Z").parse().unwrap();
    let with_hole = Polygon { outer: square(0, 9), holes: vec![square(3, 2)] };
    let water = LayerSource {
        layer: Layer::water(),
        outline: None,
        units: vec![
            unit(1, 0, None, &json!({})),
            unit(2, 1, Some(1), &json!({"b": [1, 2.50, null], "a": "漓江"})),
            unit(3, 2, Some(2), &json!({"households": 7})),
        ],
        shapes: vec![(id(3), Shape(vec![with_hole, Polygon::simple(square(20, 3))]))],
    };
    let land = LayerSource {
        layer: Layer::land(),
        outline: Some(Shape(vec![Polygon::simple(square(0, 50))])),
        units: vec![unit(9, 0, None, &json!({}))],
        shapes: Vec::new(),
    };
    let police = LayerSource { layer: Layer::police(), outline: None, units: Vec::new(), shapes: Vec::new() };
    let layers = vec![land, water, police];
    let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    let person = Some(Person { holder: "示例".into(), phone: Some("000-0000-0001".into()) });
    let post = |person, valid_to| Post {
        unit: id(3),
        title: "专职网格员".into(),
        person,
        valid_from: day(1),
        valid_to,
    };
    Kept {
        revisions: vec![
            Revision { number: 1, effective_from: moment(20) },
            Revision { number: 2, effective_from: moment(21) },
        ],
        state_hash: StateHash::of(&layers),
        layers,
        posts: vec![post(person, None), post(None, Some(day(2)))],
        people: people(moment(20)),
        note: Some("示意数据 / demo data".into()),
    }
}

fn place(folder: &tempfile::TempDir, database: &str) -> Local {
    let of = Location::parse(format!("postgres://u@db1/{database}")).unwrap();
    Local::take(&folder.path().join("deep/city.snapshot"), &of).unwrap().unwrap()
}

#[test]
fn what_was_written_comes_back_and_only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let local = place(&folder, "city");
    assert!(local.read().unwrap_err().is_missing());
    local.write(&kept()).unwrap();
    assert_eq!(local.read().unwrap(), kept());
    let without = Kept { posts: Vec::new(), note: None, ..kept() };
    local.write(&without).unwrap();
    assert_eq!(local.read().unwrap(), without);
    assert_eq!(std::fs::metadata(local.path()).unwrap().permissions().mode() & 0o777, 0o600);
    let names: Vec<_> = std::fs::read_dir(local.path().parent().unwrap()).unwrap().flatten().collect();
    assert_eq!(names.len(), 2, "the snapshot and its lock: {names:?}");
}

#[test]
fn one_node_has_a_place_at_a_time_and_a_file_needs_none() {
    let folder = tempfile::tempdir().unwrap();
    let local = place(&folder, "city");
    let of = Location::parse("postgres://u@db1/city").unwrap();
    assert!(matches!(Local::take(local.path(), &of), Err(StoreError::InUse(_))));
    let path = local.path().to_owned();
    drop(local);
    assert!(Local::take(&path, &of).unwrap().is_some());
    assert!(Local::take(&path, &Location::from("city.gpkg")).unwrap().is_none());
}

#[test]
fn a_snapshot_of_another_database_or_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    place(&folder, "city").write(&kept()).unwrap();
    let other = place(&folder, "town").read().unwrap_err().to_string();
    assert!(other.contains("expected one of the database town, got one of city"), "{other}");
    let local = place(&folder, "city");
    let wrong = Kept { state_hash: StateHash([7; 32]), ..kept() };
    assert!(local.write(&wrong).unwrap_err().to_string().contains("state hash"));
    assert_eq!(local.read().unwrap(), kept(), "what was there stays");
}

/// Every byte of the file, each in three ways; and every length.
#[test]
fn a_file_that_is_damaged_anywhere_or_cut_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let local = place(&folder, "city");
    local.write(&kept()).unwrap();
    let whole = std::fs::read(local.path()).unwrap();
    let damage = |bytes: &[u8], what: &str| {
        std::fs::write(local.path(), bytes).unwrap();
        let error = local.read().expect_err(what);
        assert!(!error.is_missing(), "{what}: {error}");
    };
    for at in 0..whole.len() {
        for flip in [1, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            damage(&bytes, &format!("byte {at} flipped by {flip}"));
        }
    }
    for length in 0..whole.len() {
        damage(&whole[..length], &format!("cut at {length}"));
    }
    damage(&[whole.as_slice(), b"x"].concat(), "longer");
    let mut long = whole.clone();
    long[12..20].copy_from_slice(&u64::MAX.to_le_bytes());
    damage(&long, "a length beyond any");
    std::fs::remove_file(local.path()).unwrap();
    std::fs::create_dir(local.path()).unwrap();
    assert!(local.read().unwrap_err().to_string().contains("got no file"));
}

/// The reader behind the SHA-256, which keeps no attacker out: it may read another state, and never panics
/// or reserves what is not there.
#[test]
fn a_body_made_up_by_a_stranger_is_read_or_refused_and_nothing_else() {
    let whole = encode::body("city", &kept());
    let try_it = |bytes: &[u8]| match open(bytes, "city") {
        Ok(read) => assert_eq!(read.state_hash, StateHash::of(&read.layers)),
        Err(Unfit::Misread(_) | Unfit::State { .. } | Unfit::OfAnother { .. }) => {}
        Err(other) => panic!("{other}"),
    };
    try_it(&whole);
    for at in 0..whole.len() {
        for value in [0, 1, 2, 0x7f, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            try_it(&bytes);
            if let Some(four) = bytes.get_mut(at..at + 4) {
                four.fill(value);
                try_it(&bytes);
            }
        }
        try_it(&whole[..at]);
        try_it(&whole[at..]);
    }
    // A list of four thousand million positions in a body of a few bytes.
    assert!(open(&[&[0, 0, 0, 0], &[0xff; 4][..], &[0; 64]].concat(), "").is_err());
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut nested = kept();
    nested.layers[1].units[2].attributes = Attributes::new();
    let mut bytes = encode::body("city", &nested);
    let at = bytes.windows(2).rposition(|w| w == b"{}").unwrap();
    let text = format!("{{\"a\":{deep}}}");
    bytes.splice(at - 4..at + 2, [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat());
    assert!(matches!(open(&bytes, "city"), Err(Unfit::Misread(_))));
}
