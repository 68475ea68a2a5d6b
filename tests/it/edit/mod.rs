//! Editing: operations, the algebra of changes, and what must hold after any of them.

mod cases;
mod conflicts;
mod forms;
mod opinion;
mod random;
mod world;
