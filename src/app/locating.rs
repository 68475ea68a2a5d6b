//! From a question at the door to an answer.

use super::Published;
use crate::geom::Point;
use crate::snapshot::{Ask, Brief, Located};
use crate::unit::{Category, Reach};
use std::borrow::Cow;

/// Up to which distance a point without an owner is given to the nearest unit, unless asked otherwise.
pub const SNAP_DEFAULT_M: f64 = 50.0;
/// The largest distance that may be asked for.
pub const SNAP_LIMIT_M: f64 = 5_000.0;
/// The largest accuracy circle that may be asked for, in metres.
pub const ACCURACY_LIMIT_M: f64 = 2_000.0;
/// The inverse of the Chinese obfuscations is not exact: an accuracy below this is widened to it.
const OBFUSCATED_ACCURACY_M: f64 = 3.0;

/// What a caller asks of one point or of many, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    rule: Cow<'static, [Reach]>,
    rule_name: String,
    accuracy_m: Option<f64>,
    max_snap_m: f64,
}

/// A number out of its range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{field} must be a number of metres from 0 to {limit}, got {got}")]
pub struct AskError {
    /// The parameter.
    pub field: &'static str,
    /// The largest legal value.
    pub limit: f64,
    /// What came in.
    pub got: f64,
}

impl Default for Question {
    fn default() -> Self {
        Self::by_rule(None)
    }
}

impl Question {
    /// A question by the rule of a category, or by the default rule, with nothing else said.
    pub fn by_rule(category: Option<&'static Category>) -> Self {
        Self {
            rule: category.map_or(Category::default_rule().into(), |c| Cow::Borrowed(c.rule.as_slice())),
            rule_name: category.map_or_else(|| "default".into(), |c| c.code.clone()),
            accuracy_m: None,
            max_snap_m: SNAP_DEFAULT_M,
        }
    }

    /// A question by the default rule, or by the rule of a category.
    ///
    /// `obfuscated` says that the position came in GCJ-02 or BD-09; an accuracy under 3 m is then
    /// widened to 3 m, which is what the inverse is good for.
    pub fn new(
        category: Option<&'static Category>,
        accuracy_m: Option<f64>,
        max_snap_m: Option<f64>,
        obfuscated: bool,
    ) -> Result<Self, AskError> {
        let least = if obfuscated { OBFUSCATED_ACCURACY_M } else { 0.0 };
        let accuracy_m = accuracy_m.map(|m| metres("accuracy_m", m, ACCURACY_LIMIT_M)).transpose()?;
        let max_snap_m = metres("max_snap_m", max_snap_m.unwrap_or(SNAP_DEFAULT_M), SNAP_LIMIT_M)?;
        let accuracy_m = accuracy_m.map(|m| m.max(least)).filter(|&m| m > 0.0);
        Ok(Self { accuracy_m, max_snap_m, ..Self::by_rule(category) })
    }

    /// The name of the rule that decides: a category's code, or `default`.
    pub fn rule_name(&self) -> &str {
        &self.rule_name
    }

    fn ask(&self) -> Ask<'_> {
        Ask { rule: &self.rule, accuracy_m: self.accuracy_m, max_snap_m: self.max_snap_m }
    }
}

fn metres(field: &'static str, got: f64, limit: f64) -> Result<f64, AskError> {
    if (0.0..=limit).contains(&got) { Ok(got) } else { Err(AskError { field, limit, got }) }
}

impl Published {
    /// Locates one point (see [`crate::snapshot::Base::locate`]).
    pub fn locate(&self, position: Point, question: &Question) -> Located {
        self.base.locate(position, &question.ask())
    }

    /// Locates many points in the order asked (see [`crate::snapshot::Base::locate_many`]).
    pub fn locate_many(&self, positions: &[Point], question: &Question) -> Vec<Brief> {
        self.base.locate_many(positions, &question.ask())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_out_of_range_is_refused_with_its_name() {
        for bad in [f64::NAN, -1.0, f64::INFINITY, 2_000.1] {
            assert_eq!(Question::new(None, Some(bad), None, false).unwrap_err().field, "accuracy_m");
        }
        assert_eq!(Question::new(None, None, Some(5_000.1), false).unwrap_err().field, "max_snap_m");
    }

    #[test]
    fn a_fine_accuracy_of_an_obfuscated_position_is_widened() {
        let accuracy = |m, obfuscated| Question::new(None, m, None, obfuscated).unwrap().accuracy_m;
        assert_eq!(accuracy(Some(1.0), true), Some(3.0));
        assert_eq!(accuracy(Some(1.0), false), Some(1.0));
        assert_eq!(accuracy(Some(20.0), true), Some(20.0));
        assert_eq!((accuracy(None, true), accuracy(Some(0.0), false)), (None, None));
    }
}
