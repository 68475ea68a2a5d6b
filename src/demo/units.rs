//! The units of all layers and their attributes, from the facts and the grids' places.

use super::facts::{County, Facts};
use super::land::Land;
use super::police::{self, Police};
use super::random::Dice;
use super::share;
use super::water::{self, Water};
use crate::unit::{Attributes, Code, Level, Unit, UnitId};
use serde_json::{Value, json};

/// People in an average household.
const HOUSEHOLD: f64 = 3.0;

/// Hands out unit ids from 1, each once in the whole city.
#[derive(Debug)]
pub struct Ids(u64);

impl Ids {
    /// Starts at 1.
    pub fn new() -> Self {
        Self(0)
    }

    /// The next one.
    pub fn next(&mut self) -> UnitId {
        self.0 += 1;
        UnitId::try_from(self.0).expect("a city has fewer than 2^53 units")
    }
}

/// The units of a layer with the places at which its grids stand among them.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// All units.
    pub units: Vec<Unit>,
    /// The ids of the grids, in the order of the labels.
    pub grids: Vec<UnitId>,
}

impl Tree {
    /// Adds a unit and returns its id.
    pub fn add(
        &mut self,
        ids: &mut Ids,
        level: u8,
        parent: Option<UnitId>,
        code: &str,
        name: &str,
        attributes: Value,
    ) -> UnitId {
        let id = ids.next();
        let code = Code::try_from(code).expect("the demo's codes have no white space");
        let attributes = match attributes {
            Value::Object(map) => map,
            _ => Attributes::new(),
        };
        self.units.push(Unit { id, code, name: name.into(), level: Level(level), parent, attributes });
        id
    }
}

/// All units of the land layer.
pub fn land(facts: &Facts, land: &Land, ids: &mut Ids, dice: &mut Dice) -> Tree {
    let mut tree = Tree::default();
    let city =
        tree.add(ids, 0, None, "450300", "桂林市", json!({"name_en": "Guilin", "pinyin": "Guìlín Shì"}));
    let counties: Vec<UnitId> =
        facts.counties.iter().map(|c| tree.add(ids, 1, Some(city), &c.code, &c.name, county(c))).collect();
    let mut townships: Vec<Vec<UnitId>> = Vec::new();
    for (c, &parent) in facts.counties.iter().zip(&counties) {
        let add = |t: &super::facts::Township| {
            tree.add(ids, 2, Some(parent), &t.code, &t.name, json!({"kind": t.kind}))
        };
        townships.push(c.townships.iter().map(add).collect());
    }
    let mut villages: Vec<Vec<Vec<UnitId>>> = Vec::new();
    for (c, parents) in facts.counties.iter().zip(&townships) {
        let of = |(t, &parent): (&super::facts::Township, &UnitId)| {
            let add = |v: &super::facts::Village| {
                let attributes = json!({"kind": v.kind, "full_name": v.full_name});
                tree.add(ids, 3, Some(parent), &v.code, &v.name, attributes)
            };
            t.villages.iter().map(add).collect()
        };
        villages.push(c.townships.iter().zip(parents).map(of).collect());
    }
    let households = households(facts, land, dice);
    for (grid, households) in land.grids.iter().zip(households) {
        let village = &facts.counties[grid.county].townships[grid.township].villages[grid.village];
        let parent = villages[grid.county][grid.township][grid.village];
        let code = format!("{}{:03}", village.code, grid.sequence);
        let name = format!("{}第{}网格", village.name, grid.sequence);
        let id = tree.add(ids, 4, Some(parent), &code, &name, json!({"households": households}));
        tree.grids.push(id);
    }
    tree
}

/// All units of the water layer.
pub fn water(grids: &[Water], ids: &mut Ids) -> Tree {
    let mut tree = Tree::default();
    let city = tree.add(ids, 0, None, "450300", "桂林市", json!({"name_en": "Guilin"}));
    let reaches: Vec<UnitId> = water::reaches()
        .enumerate()
        .map(|(i, name)| tree.add(ids, 1, Some(city), &format!("450300R{:02}", i + 1), name, json!({})))
        .collect();
    let names: Vec<&str> = water::reaches().collect();
    let mut counts = vec![0; reaches.len()];
    for (i, grid) in grids.iter().enumerate() {
        counts[grid.reach] += 1;
        let code = format!("450300W{:03}", i + 1);
        let name = format!("{}第{}水域网格", names[grid.reach], counts[grid.reach]);
        let attributes = grid.bank.map_or(json!({}), |bank| json!({"bank": bank}));
        let id = tree.add(ids, 2, Some(reaches[grid.reach]), &code, &name, attributes);
        tree.grids.push(id);
    }
    tree
}

/// All units of the police layer.
pub fn police(facts: &Facts, police: &Police, ids: &mut Ids) -> Tree {
    let mut tree = Tree::default();
    let bureau = tree.add(ids, 0, None, "GA4503", "桂林市公安局", json!({}));
    let mut counts = vec![0; facts.counties.len()];
    let mut stations = Vec::new();
    for station in &police.stations {
        counts[station.county] += 1;
        let code = format!("PCS{}{:02}", facts.counties[station.county].code, counts[station.county]);
        let id = tree.add(ids, 1, Some(bureau), &code, &station.name, json!({}));
        stations.push((id, code));
    }
    let mut counts = vec![0; stations.len()];
    for beat in &police.grids {
        counts[beat.station] += 1;
        let (station, code) = &stations[beat.station];
        let village = police::village(facts, beat.home);
        let part = beat.part.map(|n| format!("第{n}")).unwrap_or_default();
        let kind = if village.is_community() { "社区警格" } else { "农村警格" };
        let code = format!("{code}-{:03}", counts[beat.station]);
        let name = format!("{}{part}警格", village.name);
        let id =
            tree.add(ids, 2, Some(*station), &code, &name, json!({"kind": kind, "village": village.code}));
        tree.grids.push(id);
    }
    tree
}

fn county(c: &County) -> Value {
    json!({
        "name_en": c.name_en,
        "pinyin": c.pinyin,
        "kind": c.kind,
        "population": c.population,
        "area_km2_official": c.area_km2,
        "seat": [c.seat.lon(), c.seat.lat()],
    })
}

/// Households of each grid; a county's add up to a third of its people.
fn households(facts: &Facts, land: &Land, dice: &mut Dice) -> Vec<usize> {
    let mut all = Vec::with_capacity(land.grids.len());
    for (index, county) in facts.counties.iter().enumerate() {
        let grids = land.grids.iter().filter(|g| g.county == index);
        let weight = |g: &super::land::Grid| {
            let village = &county.townships[g.township].villages[g.village];
            let people = if village.is_community() { 1.5 } else { 1.0 };
            people * dice.between(0.6, 1.4)
        };
        let weights: Vec<f64> = grids.map(weight).collect();
        all.extend(share::out((f64::from(county.population) / HOUSEHOLD) as usize, &weights));
    }
    all
}
