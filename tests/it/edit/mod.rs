//! Editing: operations, the algebra of changes, and what must hold after any of them.

mod cases;
mod conflicts;
mod forms;
mod opinion;
pub mod random;
pub mod world;
