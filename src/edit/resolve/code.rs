//! Codes for new units.

use crate::edit::state::LayerView;
use crate::unit::{Code, Unit};

/// Digits of the running number at the end of a code.
const DIGITS: usize = 3;

/// The next free codes under a parent: the siblings' prefix, or the parent's code, and a running number of three
/// digits after the largest in use. Fewer than asked when the numbers are used up.
pub(super) fn next(view: &LayerView, parent: &Unit, count: usize) -> Vec<Code> {
    let siblings = view.children(parent.id).into_iter().filter_map(|id| view.unit(id));
    let prefix = siblings.filter_map(|u| numbered(&u.code).map(|n| n.0.to_owned())).max();
    let prefix = prefix.unwrap_or_else(|| parent.code.as_str().to_owned());
    let numbers = view.units();
    let used = numbers.iter().filter_map(|u| numbered(&u.code)).filter(|n| n.0 == prefix).map(|n| n.1).max();
    let free = (used.unwrap_or(0) + 1..1000).take(count);
    free.filter_map(|n| Code::try_from(format!("{prefix}{n:03}")).ok()).collect()
}

/// A code as its prefix and its running number.
fn numbered(code: &Code) -> Option<(&str, u32)> {
    let text = code.as_str();
    let (prefix, number) = text.split_at_checked(text.len().checked_sub(DIGITS)?)?;
    Some((prefix, number.parse().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()))?))
}
