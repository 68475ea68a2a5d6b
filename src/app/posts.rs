//! The posts in force, by unit.

use crate::unit::{Post, UnitId};
use chrono::NaiveDate;

/// All posts of the file, those of one unit together, in the order in which they were stored.
#[derive(Clone, Debug, Default)]
pub struct Posts {
    by_unit: Vec<Post>,
}

impl Posts {
    /// Sorts the posts by unit; the order within a unit is kept.
    pub fn new(mut posts: Vec<Post>) -> Self {
        posts.sort_by_key(|p| p.unit);
        Self { by_unit: posts }
    }

    /// All of them, by unit.
    pub fn all(&self) -> &[Post] {
        &self.by_unit
    }

    /// The posts of a unit that stand on a day.
    pub fn of(&self, unit: UnitId, day: NaiveDate) -> impl Iterator<Item = &Post> {
        let from = self.by_unit.partition_point(|p| p.unit < unit);
        self.by_unit[from..].iter().take_while(move |p| p.unit == unit).filter(move |p| p.holds_on(day))
    }
}
