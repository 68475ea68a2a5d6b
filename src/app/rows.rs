//! Bulk answers in the codes that other programs know.

use super::{Published, Question};
use crate::exchange::locate_rows::{Answers, Piece, RowAnswer, RowError, Tally, Way};
use crate::snapshot::Brief;
use crate::unit::UnitId;

impl Published {
    /// A short answer in codes.
    pub fn row(&self, brief: &Brief) -> RowAnswer<'_> {
        let layers = self.base.layers();
        let code = |place: usize, unit: UnitId| layers[place].units.get(unit).map(|u| u.code.as_str());
        let of = |name: &str| {
            let place = layers.iter().position(|l| l.layer.name == name)?;
            code(place, brief.layers[place]?)
        };
        RowAnswer {
            outcome: brief.outcome.name(),
            land: of("land"),
            water: of("water"),
            police: of("police"),
            responsible: brief.responsible.and_then(|(place, unit)| code(place, unit)),
        }
    }

    /// Answers rows on their way from one format to another. Pieces may be worked on side by side.
    pub fn answer_rows(
        &self,
        way: &Way,
        piece: Piece,
        question: &Question,
    ) -> Result<(Answers, Tally), RowError> {
        way.answer(piece, |points| {
            self.locate_many(points, question).iter().map(|brief| self.row(brief)).collect()
        })
    }
}
