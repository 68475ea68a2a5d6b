//! Reports: taken in, assigned, worked, followed over revisions, counted.

mod datum;
mod figures;
mod filing;
mod ground;
mod intake;
mod listing;
mod relocating;
mod working;

pub use datum::{SourceFigures, Suspicion};
pub use figures::{Borders, Figures, FiguresWish, UnitFigures};
pub use filing::{Prepared, Telling, TellingError};
pub use intake::IntakeError;
pub use listing::{Answerable, Seen};
pub use relocating::keep_reports;
pub use working::{Transfer, WorkError};

pub(super) use intake::Intake;
