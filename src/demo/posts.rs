//! Posts with holders that are plainly invented and telephones that cannot be dialled.

use super::facts::Facts;
use super::land::Land;
use super::police::{self, Police};
use super::units::Tree;
use crate::unit::{Person, Post, UnitId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Fills posts one after the other.
struct Roll {
    posts: Vec<Post>,
    numbers: BTreeMap<&'static str, usize>,
    valid_from: NaiveDate,
}

/// The posts of all units.
///
/// Land: a 网格长 of the first rank per county, of the second per township, of the third per village, a
/// 专职网格员 per grid, a 法律顾问 per rural village. Water: a 专职网格员 per grid. Police: a 民警 and two
/// 辅警 per community, a 辅警 per rural village.
pub fn posts(
    facts: &Facts,
    (land, land_tree): (&Land, &Tree),
    water: &Tree,
    (police, beats): (&Police, &Tree),
) -> Vec<Post> {
    let valid_from = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
    let mut roll = Roll { posts: Vec::new(), numbers: BTreeMap::new(), valid_from };
    for unit in &land_tree.units {
        match unit.level.0 {
            1 => roll.add(unit.id, "一级网格长", "示例网格长"),
            2 => roll.add(unit.id, "二级网格长", "示例网格长"),
            3 => {
                roll.add(unit.id, "三级网格长", "示例网格长");
                if unit.attributes.get("kind").is_some_and(|kind| kind == "村委会") {
                    roll.add(unit.id, "法律顾问", "示例顾问");
                }
            }
            _ => {}
        }
    }
    debug_assert_eq!(land.grids.len(), land_tree.grids.len());
    for &id in land_tree.grids.iter().chain(&water.grids) {
        roll.add(id, "专职网格员", "示例网格员");
    }
    for (beat, &id) in police.grids.iter().zip(&beats.grids) {
        if police::village(facts, beat.home).is_community() {
            roll.add(id, "民警", "示例民警");
            roll.add(id, "辅警", "示例辅警");
        }
        roll.add(id, "辅警", "示例辅警");
    }
    roll.posts.sort_by_key(|p| p.unit);
    roll.posts
}

impl Roll {
    fn add(&mut self, unit: UnitId, title: &str, holder: &'static str) {
        let number = self.numbers.entry(holder).or_insert(0);
        *number += 1;
        let holder = format!("{holder}{number:03}");
        let serial = self.posts.len() + 1;
        let phone = Some(format!("000-{:04}-{:04}", serial / 10_000, serial % 10_000));
        let person = Some(Person { holder, phone });
        self.posts.push(Post {
            unit,
            title: title.into(),
            person,
            valid_from: self.valid_from,
            valid_to: None,
        });
    }
}
