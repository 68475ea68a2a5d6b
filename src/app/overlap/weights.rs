//! Reports as weights of an overlap: how many came in on the ground that two units have in common.

use super::Overlap;
use crate::app::App;
use crate::geom::Point;
use crate::store::{Counted, StoreError, Wish};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reports by the units of both sides on whose ground they lie; `None` is the outside.
pub(super) type Weights = BTreeMap<[Option<UnitId>; 2], u64>;

/// Reports that are read at a time.
const PORTION: u32 = 20_000;

impl App {
    /// The same overlap with the number of reports in each of its cells that were received since a moment. Each lies in
    /// one cell, by the half-open rule, so the numbers add up. Costs a read of those reports.
    pub async fn weigh(&self, overlap: Overlap, since: DateTime<Utc>) -> Result<Overlap, StoreError> {
        let wish = Wish { since: Some(since), ..Wish::default() };
        let overlap = Arc::new(overlap);
        let (mut weights, mut last) = (Weights::new(), 0);
        loop {
            let portion = self.store().counted_reports(&wish, last, PORTION).await?;
            let Some(end) = portion.last() else { break };
            last = end.id;
            let laid = overlap.clone();
            let count = move || laid.cells_of(&portion);
            for cell in tokio::task::spawn_blocking(count).await.expect("looking points up does not panic") {
                *weights.entry(cell).or_default() += 1;
            }
        }
        let Overlap { published, pair, .. } = &*overlap;
        Ok(Overlap { published: published.clone(), pair: pair.clone(), weights: Some(weights) })
    }
}

impl Overlap {
    fn cells_of(&self, reports: &[Counted]) -> Vec<[Option<UnitId>; 2]> {
        let cell = |point: Point| {
            [0, 1].map(|side| {
                let state = self.state(side);
                let face = state.index.owner(point);
                let grid = state.coverage.unit(face)?;
                state.units.ancestor(grid, self.pair.sides[side].level).map(|unit| unit.id)
            })
        };
        reports.iter().map(|report| cell(report.position)).collect()
    }

    /// How many reports lie in a cell; `None` when nobody counted.
    pub(super) fn reports(&self, cell: [Option<UnitId>; 2]) -> Option<u64> {
        self.weights.as_ref().map(|weights| weights.get(&cell).copied().unwrap_or(0))
    }
}
