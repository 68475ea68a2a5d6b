//! Reports in figures: how many, how soon, how often sent back; per unit and period.

use super::ground::located;
use super::listing::within;
use crate::app::access::Actor;
use crate::app::{App, Published};
use crate::report::Stage;
use crate::store::{Counted, StoreError, Wish};
use crate::unit::{Categories, Level, UnitId};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// By which borders reports are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Borders {
    /// Where each lies by the revision in force.
    #[default]
    Now,
    /// By the unit that each was filed with.
    Filed,
}

/// Which figures.
#[derive(Clone, Debug)]
pub struct FiguresWish {
    /// Which reports.
    pub wish: Wish,
    /// The layer whose units are counted.
    pub layer: String,
    /// Their level.
    pub level: Level,
    /// By which borders.
    pub borders: Borders,
    /// The moment: what is not handled by then and was due is overdue.
    pub now: DateTime<Utc>,
}

/// The figures of some reports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// How many came in.
    pub reported: u64,
    /// How many are open.
    pub open: u64,
    /// How many were handled in time.
    pub on_time: u64,
    /// How many were handled late, or are late.
    pub overdue: u64,
    /// How often they were sent back.
    pub returned: u64,
    /// How many are closed.
    pub closed: u64,
    /// How many took so many tenths of an hour until they were handled.
    tenths: BTreeMap<u64, u64>,
}

/// The figures of a unit; of those that none has for `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitFigures {
    /// The unit.
    pub unit: Option<UnitId>,
    /// Its figures.
    pub figures: Figures,
}

/// Reports that are read at a time.
const PORTION: u32 = 20_000;

impl Figures {
    fn count(&mut self, report: &Counted, now: DateTime<Utc>) {
        self.reported += 1;
        self.open += u64::from(report.stage.is_open());
        self.closed += u64::from(matches!(report.stage, Stage::Closed | Stage::Assessed));
        self.returned += u64::from(report.returned);
        let late = report.done_at.unwrap_or(now) > report.due_at;
        self.overdue += u64::from(late);
        self.on_time += u64::from(!late && report.done_at.is_some());
        if let Some(done) = report.done_at {
            let minutes = (done - report.received_at).num_minutes().max(0) as u64;
            *self.tenths.entry(minutes / 6).or_default() += 1;
        }
    }

    fn add(&mut self, other: &Self) {
        self.reported += other.reported;
        self.open += other.open;
        self.on_time += other.on_time;
        self.overdue += other.overdue;
        self.returned += other.returned;
        self.closed += other.closed;
        for (tenths, count) in &other.tenths {
            *self.tenths.entry(*tenths).or_default() += count;
        }
    }

    /// The median time from coming in to being handled, in hours, to a tenth downwards; `None` while none is.
    pub fn median_hours(&self) -> Option<f64> {
        let done: u64 = self.tenths.values().sum();
        let mut before = 0;
        // The lower one of the two in the middle.
        let middle = self.tenths.iter().find(|(_, count)| {
            before += **count;
            before * 2 >= done
        });
        middle.map(|(tenths, _)| *tenths as f64 / 10.0)
    }
}

impl App {
    /// Figures per unit of a level, by unit, with those of all together. Costs a read of all reports of the wish.
    pub async fn report_figures(
        &self,
        wish: FiguresWish,
        actor: &Actor,
    ) -> Result<(Arc<Published>, Vec<UnitFigures>, Figures), StoreError> {
        let published = self.published();
        let narrowed = within(&published, wish.wish.clone(), actor);
        let mut units: BTreeMap<Option<UnitId>, Figures> = BTreeMap::new();
        let mut last = 0;
        loop {
            let portion = self.store().counted_reports(&narrowed, last, PORTION).await?;
            let Some(report) = portion.last() else { break };
            last = report.id;
            let (state, asked, categories) = (published.clone(), wish.clone(), self.categories);
            let count = move || counted(&state, &asked, &portion, categories);
            for (unit, figures) in tokio::task::spawn_blocking(count).await.expect("counting does not panic")
            {
                units.entry(unit).or_default().add(&figures);
            }
        }
        let mut whole = Figures::default();
        for figures in units.values() {
            whole.add(figures);
        }
        let units = units.into_iter().map(|(unit, figures)| UnitFigures { unit, figures }).collect();
        Ok((published, units, whole))
    }
}

fn counted(
    published: &Published,
    wish: &FiguresWish,
    portion: &[Counted],
    categories: &'static Categories,
) -> BTreeMap<Option<UnitId>, Figures> {
    let mut units: BTreeMap<Option<UnitId>, Figures> = BTreeMap::new();
    let place = published.base.layers().iter().position(|layer| layer.layer.name == wish.layer);
    let Some(place) = place else { return units };
    let layer = &published.base.layers()[place];
    let above = |grid: Option<UnitId>| layer.units.ancestor(grid?, wish.level).map(|unit| unit.id);
    let owners: Vec<Option<UnitId>> = match wish.borders {
        Borders::Filed => portion.iter().map(|report| report.filed).collect(),
        Borders::Now => {
            let places = portion.iter().map(|report| (report.category.as_str(), report.position));
            located(published, categories, places).iter().map(|brief| brief.layers[place]).collect()
        }
    };
    for (report, owner) in portion.iter().zip(owners) {
        units.entry(above(owner)).or_default().count(report, wish.now);
    }
    units
}
