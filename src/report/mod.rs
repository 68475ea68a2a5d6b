//! Reports: what came in, who works it, and where it stands on its way from 采集 to 考核.

mod mask;
mod record;
mod stage;

pub use mask::{Masked, mask};
pub use record::{Assigned, Filed, Given, Kind, Reason, Report, TrailStep, number, read_number};
pub use stage::{Move, Stage, StageError, Who, moves_from};
