//! Which reports somebody may see.

use crate::app::access::{Actor, Territory};
use crate::app::{App, Published};
use crate::report::{Report, TrailStep};
use crate::store::{After, Cells, Heaped, Order, StoreError, Wish};
use crate::tile::{Heap, HeatGrid, TileCoord, render_reports};
use crate::unit::{Code, UnitId};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A stretch of a list of reports.
#[derive(Debug)]
pub struct Seen {
    /// The state in force, by whose names they are shown.
    pub published: Arc<Published>,
    /// How many there are in all.
    pub total: u64,
    /// This stretch.
    pub reports: Vec<Report>,
    /// Where the next begins.
    pub next: Option<After>,
}

/// A report with its trail.
#[derive(Debug)]
pub struct Answerable {
    /// The state in force.
    pub published: Arc<Published>,
    /// The report.
    pub report: Report,
    /// What happened after its filing, oldest first.
    pub trail: Vec<TrailStep>,
}

impl App {
    /// Reports of a wish that somebody may see.
    pub async fn reports(
        &self,
        wish: Wish,
        (order, after, limit): (Order, Option<After>, u32),
        actor: &Actor,
    ) -> Result<Seen, StoreError> {
        let published = self.published();
        let wish = within(&published, wish, actor);
        let (total, mut reports) = self.store().reports(&wish, order, after, limit + 1).await?;
        let more = reports.len() > limit as usize;
        reports.truncate(limit as usize);
        let next = reports.last().filter(|_| more);
        let next = next.map(|last| After { id: last.id, due_at: last.given.due_at });
        Ok(Seen { published, total, reports, next })
    }

    /// The bytes of a tile of the tileset `report` with those of a wish that somebody may see; empty when it has none.
    pub async fn report_tile(
        &self,
        wish: Wish,
        tile: TileCoord,
        now: DateTime<Utc>,
        actor: &Actor,
    ) -> Result<Vec<u8>, StoreError> {
        let grid = HeatGrid::of(tile);
        let wish = within(&self.published(), Wish { bbox: Some(grid.bbox), ..wish }, actor);
        let cells = Cells { from: grid.bbox.min, size: grid.cell, now };
        let heaped = self.store().heaped_reports(&wish, cells).await?;
        let heap = |of: &Heaped| Heap {
            count: of.count,
            late: of.late,
            sum: of.sum,
            first: of.first,
            stage: of.stage.name(),
        };
        let heaps = heaped.iter().map(|of| (of.cell, heap(of))).collect();
        Ok(render_reports(&heaps, tile))
    }

    /// A report that somebody may see; `None` when there is none.
    pub async fn report(&self, id: u64, actor: &Actor) -> Result<Option<Answerable>, StoreError> {
        let found = self.store().report(id).await?;
        let published = self.published();
        let found = found.filter(|(report, _)| self.holds(report, actor));
        Ok(found.map(|(report, trail)| Answerable { published, report, trail }))
    }
}

/// A wish within the ground of whoever has it.
pub(super) fn within(published: &Published, wish: Wish, actor: &Actor) -> Wish {
    let Territory::Of(roots) = &actor.territory else { return wish };
    let own: BTreeSet<UnitId> = roots.iter().flat_map(|root| published.under(*root)).collect();
    let units = match &wish.units {
        None => own,
        Some(asked) => asked.intersection(&own).copied().collect(),
    };
    Wish { units: Some(Arc::new(units)), ..wish }
}

impl Published {
    /// A unit and the grids below it.
    pub fn under(&self, unit: UnitId) -> Vec<UnitId> {
        let Some((layer, found)) = self.base.unit(unit) else { return vec![unit] };
        let grid = crate::unit::Level((layer.layer.levels.len() - 1) as u8);
        let mut under = if found.level == grid { Vec::new() } else { layer.units.grids_under(unit, grid) };
        under.push(unit);
        under
    }

    /// The unit of a code on whatever layer has it, those first that stand first.
    pub fn any_unit(&self, code: &Code) -> Option<UnitId> {
        let found = self.base.layers().iter().find_map(|layer| layer.units.by_code(code));
        found.map(|unit| unit.id)
    }
}
