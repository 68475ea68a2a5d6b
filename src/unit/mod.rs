//! Units of responsibility: identity, code, level, layer, posts; the accounts that work on them, and the lines
//! that they draw along.

mod account;
mod category;
mod code;
mod layer;
mod post;
mod reference;
pub mod search;
mod tree;

pub use account::{Account, Grant, GrantError, NameError, Role, account_name};
pub use category::{Categories, Category, CategoryError, Reach, UnknownCategory, rule_text};
pub use code::{Code, CodeError};
pub use layer::{Layer, Level, Outline};
pub use post::{Person, Post, is_phone, posts_tag};
pub use reference::{Reference, ReferenceLine, reference_name};
pub use tree::{Attributes, TreeError, Unit, Units};

use std::fmt;
use std::num::NonZeroU64;

/// The immutable identity of a unit: a positive integer below 2^53, never given to another unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct UnitId(NonZeroU64);

/// A number that is no unit id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a unit id must be from 1 to 2^53 - 1, got {0}")]
pub struct UnitIdError(pub u64);

impl UnitId {
    /// The number.
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl TryFrom<u64> for UnitId {
    type Error = UnitIdError;

    fn try_from(n: u64) -> Result<Self, UnitIdError> {
        NonZeroU64::new(n).filter(|_| n < 1 << 53).map(Self).ok_or(UnitIdError(n))
    }
}

impl From<UnitId> for u64 {
    fn from(id: UnitId) -> u64 {
        id.get()
    }
}

impl fmt::Debug for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
