//! Hashes: what a state is, and what a change is, in 32 bytes.

mod canonical;
mod hex;
mod state;

pub use state::{StateHash, StateHashError};
