//! Operations on borders, resolved to changes; the algebra of changes.

mod hash;
mod source;

pub use hash::{StateHash, StateHashError};
pub use source::LayerSource;
