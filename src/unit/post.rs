//! Posts: who answers for a unit, and when.

use super::UnitId;
use chrono::NaiveDate;

/// The name and the telephone of whoever holds a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The holder's name as shown.
    pub holder: String,
    /// The telephone; shown from the role worker upwards, never in tiles or exports.
    pub phone: Option<String>,
}

/// A post at a unit: a title and its holder over a span of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The unit.
    pub unit: UnitId,
    /// 一级网格长, 专职网格员, 民警 …
    pub title: String,
    /// Who holds it; `None` for a vacant post.
    pub person: Option<Person>,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The day after the last one; `None` for open-ended.
    pub valid_to: Option<NaiveDate>,
}

impl Post {
    /// Whether the post stands on a day.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}
