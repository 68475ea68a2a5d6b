//! Hashes: what a state is, and what a change is, in 32 bytes.

mod canonical;
mod change;
mod hex;
mod state;

pub use change::{ChangeHash, ChangeHashError};
pub use state::{StateHash, StateHashError, UnitDigest};
