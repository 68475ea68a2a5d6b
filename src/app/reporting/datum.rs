//! The datum alarm: a source that says one system and means another.
//!
//! A position in GCJ-02 that is taken for WGS 84 lies half a kilometre off, in another grid downtown, and nothing about
//! one report shows it. Of many it shows: read under the right system, fewer of a source's reports lie outside the city,
//! in water though they are about land, or on other ground than their sender or a dispatcher said. The last
//! [`LAST`] reports of each source are read under three hypotheses, and a hypothesis that is wrong less often by more
//! than [`LEAST_GAIN`] and by more than [`SIGMAS`] standard deviations of the difference is told, with the evidence.

use crate::app::{App, Published};
use crate::geom::Point;
use crate::geom::crs::Crs;
use crate::report::{Reason, Report};
use crate::store::{Order, StoreError, Wish};
use crate::unit::{Code, UnitId};
use std::collections::BTreeMap;

/// How many of the last reports of a source are read.
pub const LAST: usize = 500;
/// Below this many nothing is said.
const LEAST: usize = 30;
/// By how much a hypothesis must be wrong less often, as a share of the reports.
const LEAST_GAIN: f64 = 0.10;
/// By how many standard deviations.
const SIGMAS: f64 = 3.0;
/// Examples that are shown.
const EXAMPLES: usize = 20;

/// What the last reports of a source say of its positions.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFigures {
    /// Who sends them.
    pub source: String,
    /// How many were read.
    pub reports: usize,
    /// The share that is wrong as declared.
    pub wrong_as_declared: f64,
    /// What they seem to be instead; `None` when nothing speaks against what they declare.
    pub suspicion: Option<Suspicion>,
}

/// A system that fits a source better than the one that it declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspicion {
    /// The system.
    pub crs: Crs,
    /// The share that is wrong under it.
    pub wrong: f64,
    /// By how many standard deviations of the difference it is better.
    pub sigmas: f64,
    /// Some of those that speak for it: the report, where it was put, and where it would be.
    pub examples: Vec<(u64, Point, Point)>,
}

/// How a report fits its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// Nothing speaks against it.
    Fits,
    /// Outside the city, in water though it is about land, or on other ground than somebody said.
    Wrong,
}

impl App {
    /// What the last reports of each source say of its positions, by source.
    pub async fn sources(&self) -> Result<Vec<SourceFigures>, StoreError> {
        // The newest reports hold all sources that matter; one that sends seldom is looked for further back by nobody.
        let (_, newest) = self.store().reports(&Wish::default(), Order::Newest, None, 20_000).await?;
        let published = self.published();
        let categories = self.categories;
        let look = move || {
            let mut by_source: BTreeMap<String, Vec<Report>> = BTreeMap::new();
            for report in newest {
                let own = by_source.entry(report.given.source.clone()).or_default();
                if own.len() < LAST {
                    own.push(report);
                }
            }
            let on_land = |code: &str| {
                let rule = categories.find(code).ok().and_then(|category| category.rule.first());
                rule.is_none_or(|reach| reach.layer != "water")
            };
            let figures =
                |(source, reports): (String, Vec<Report>)| figures(&published, source, &reports, &on_land);
            by_source.into_iter().map(figures).collect()
        };
        Ok(tokio::task::spawn_blocking(look).await.expect("reading positions does not panic"))
    }
}

/// What a position may have been instead.
const HYPOTHESES: [Crs; 3] = [Crs::Wgs84, Crs::Gcj02, Crs::Bd09];

/// Whether a hypothesis says what was declared: CGCS2000 is taken as equal to WGS 84.
fn is_declared(hypothesis: Crs, declared: Crs) -> bool {
    hypothesis == declared || (hypothesis == Crs::Wgs84 && declared == Crs::Cgcs2000)
}

fn figures(
    published: &Published,
    source: String,
    reports: &[Report],
    on_land: &impl Fn(&str) -> bool,
) -> SourceFigures {
    let declared: Vec<Fit> =
        reports.iter().map(|report| fit(published, report, report.given.position, on_land)).collect();
    let share = |wrong: usize| if reports.is_empty() { 0.0 } else { wrong as f64 / reports.len() as f64 };
    let wrong_as_declared = share(declared.iter().filter(|fit| **fit == Fit::Wrong).count());
    let suspicion = HYPOTHESES
        .into_iter()
        .filter_map(|crs| suspect(published, reports, &declared, crs, on_land))
        .filter(|_| reports.len() >= LEAST)
        .max_by(|a, b| a.sigmas.total_cmp(&b.sigmas));
    SourceFigures { source, reports: reports.len(), wrong_as_declared, suspicion }
}

/// A system, if it fits better than what was declared by more than chance.
fn suspect(
    published: &Published,
    reports: &[Report],
    declared: &[Fit],
    crs: Crs,
    on_land: &impl Fn(&str) -> bool,
) -> Option<Suspicion> {
    let (mut better, mut worse, mut wrong) = (0_usize, 0_usize, 0_usize);
    let mut examples = Vec::new();
    for (report, was) in reports.iter().zip(declared) {
        let own: Crs = report.given.crs.parse().ok()?;
        let [east, north] = report.given.coordinates;
        let meant = if is_declared(crs, own) { None } else { crs.to_lattice(east, north).ok() };
        // Read as it was declared where the hypothesis says nothing else of it.
        let is = meant.map_or(*was, |place| fit(published, report, place, on_land));
        wrong += usize::from(is == Fit::Wrong);
        better += usize::from(is == Fit::Fits && *was == Fit::Wrong);
        worse += usize::from(is == Fit::Wrong && *was == Fit::Fits);
        if let Some(place) = meant.filter(|_| is == Fit::Fits && *was == Fit::Wrong)
            && examples.len() < EXAMPLES
        {
            examples.push((report.id, report.given.position, place));
        }
    }
    let n = reports.len() as f64;
    let gain = (better as f64 - worse as f64) / n;
    // Each report is read twice, so the two shares are paired: of those that differ, how many better, how many worse
    // (McNemar 1947). The variance of the difference of paired shares is (b + c − (b − c)²/n)/n².
    let differ = (better + worse) as f64;
    let deviation = (differ - (better as f64 - worse as f64).powi(2) / n).max(0.25).sqrt() / n;
    let sigmas = gain / deviation;
    let found = gain > LEAST_GAIN && sigmas > SIGMAS;
    found.then(|| Suspicion { crs, wrong: wrong as f64 / n, sigmas, examples })
}

/// How a report fits a place.
fn fit(published: &Published, report: &Report, place: Point, on_land: &impl Fn(&str) -> bool) -> Fit {
    let owner = |name: &str| -> Option<UnitId> {
        let layer = published.base.layer(name)?;
        layer.coverage.unit(layer.index.owner(place))
    };
    let (land, water) = (owner("land"), owner("water"));
    let outside = land.is_none() && water.is_none();
    let in_water = water.is_some() && on_land(&report.given.category);
    // What somebody said of the ground: the sender, or a dispatcher who gave it to another grid by hand.
    let declared = report.given.declared_unit.as_deref().and_then(|code| {
        let code = Code::try_from(code).ok()?;
        published.any_unit(&code)
    });
    let by_hand = report.assigned.unit.filter(|_| report.assigned.reason == Reason::Manual);
    let said = by_hand.or(declared);
    let elsewhere = said.is_some_and(|unit| !holds(published, unit, place));
    if outside || in_water || elsewhere { Fit::Wrong } else { Fit::Fits }
}

/// Whether a unit holds a place, itself or through a grid below it.
fn holds(published: &Published, unit: UnitId, place: Point) -> bool {
    let Some((layer, _)) = published.base.unit(unit) else { return true };
    let owner = layer.coverage.unit(layer.index.owner(place));
    owner.is_some_and(|owner| layer.units.chain(owner).any(|link| link.id == unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_may_have_been_any_system_but_the_one_that_it_declares() {
        let of =
            |declared| HYPOTHESES.into_iter().filter(|crs| !is_declared(*crs, declared)).collect::<Vec<_>>();
        assert_eq!(of(Crs::Wgs84), [Crs::Gcj02, Crs::Bd09]);
        assert_eq!(of(Crs::Cgcs2000), [Crs::Gcj02, Crs::Bd09]);
        assert_eq!(of(Crs::Gcj02), [Crs::Wgs84, Crs::Bd09]);
    }
}
