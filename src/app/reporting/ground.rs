//! On whose ground reports lie, each by the rule of its category.

use crate::app::{Published, Question};
use crate::geom::Point;
use crate::snapshot::Brief;
use crate::unit::Categories;
use std::collections::BTreeMap;

/// Locates reports by their categories and places; the answers in the order asked. A category that is not in the table
/// has the default rule. Points of one rule are looked up together.
pub(super) fn located<'a>(
    published: &Published,
    categories: &'static Categories,
    reports: impl Iterator<Item = (&'a str, Point)>,
) -> Vec<Brief> {
    let mut by_category: BTreeMap<&str, (Vec<usize>, Vec<Point>)> = BTreeMap::new();
    let mut count = 0;
    for (category, point) in reports {
        let (places, points) = by_category.entry(category).or_default();
        places.push(count);
        points.push(point);
        count += 1;
    }
    let mut found: Vec<(usize, Brief)> = Vec::with_capacity(count);
    for (category, (places, points)) in by_category {
        let question = Question::by_rule(categories.find(category).ok());
        found.extend(places.into_iter().zip(published.locate_many(&points, &question)));
    }
    found.sort_unstable_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, brief)| brief).collect()
}
