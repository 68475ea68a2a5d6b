//! Operations on borders, resolved to changes; the algebra of changes.
//!
//! A planner moves borders by operations. [`resolve`] makes a [`Change`] of one, or tells with places why it cannot
//! be. A change says of each segment of border that differs what lay and what lies on its two sides, and of each
//! field of a unit what it was and is. That is enough: segments with their sides *are* the partition. So a change is
//! applied, undone ([`Change::invert`]), put together with another ([`Change::then`]) and carried over to another
//! base ([`rebase`]) as a map is, exactly and on integers.
//!
//! [`State`] is published layers with a change on top; [`State::after`] is the gate that no change passes that would
//! tear anything. [`Flow`] is the life of a draft. Nothing here waits, stores or asks for the time.

mod chain;
mod change;
mod conflict;
mod delta;
mod difference;
mod draft;
mod draw;
mod fields;
mod hash;
mod lineage;
mod moved;
mod nearby;
mod operation;
mod rebase;
mod resolve;
mod runs;
mod side;
mod source;
mod state;

pub use change::{Change, LayerChange, Misfit, RunsError};
pub use conflict::{Conflict, ConflictKind};
pub use delta::{Delta, Step as DeltaStep};
pub use difference::difference;
pub use draft::{Approval, Flow, IllegalStep, Stage, Step};
pub use fields::{Field, FieldError, UnitField};
pub use hash::{ChangeHash, ChangeHashError, StateHash, StateHashError, UnitDigest};
pub use lineage::Lineage;
pub use moved::{Moved, moved, together};
pub use nearby::Border;
pub use operation::{Keep, Kind, NewUnit, Operation, Replacement, Setting};
pub use rebase::rebase;
pub use resolve::{AreaChange, Resolved, Terms, resolve};
pub use runs::{Borders, Run};
pub use side::{Place, Side, Sides};
pub use source::LayerSource;
pub use state::{Boxes, Ground, LayerView, State};
