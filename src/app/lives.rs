//! The lives of units: how each came to be what it is, and who holds the ground of those that are no more.

use super::{App, Published};
use crate::geom::area;
use crate::snapshot::drawn::label_point;
use crate::store::{StoreError, UnitVersion};
use crate::unit::{Attributes, Code, UnitId};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// A unit whose code is no longer in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The unit that bore the code last.
    pub unit: UnitId,
    /// The first revision in which no unit bore it.
    pub revision: u64,
    /// The current units that succeeded it, by id: itself under another code, or those that took its ground.
    pub successors: Vec<UnitId>,
}

/// What happened to a unit in a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It came.
    Born,
    /// It came again.
    Revived,
    /// Its ground is another one.
    Redrawn,
    /// It has another name.
    Renamed,
    /// It has another code.
    Recoded,
    /// It lies under another unit.
    Reassigned,
    /// Other fields changed.
    Changed,
    /// It went.
    Retired,
}

/// A unit as others name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relative {
    /// Its code then.
    pub code: Code,
    /// Its name then.
    pub name: String,
}

/// A turn in the life of a unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The revision.
    pub revision: u64,
    /// When it took effect.
    pub effective_from: DateTime<Utc>,
    /// What happened, at least one thing.
    pub happened: Vec<Happened>,
    /// The unit before.
    pub before: Option<UnitVersion>,
    /// The unit after.
    pub after: Option<UnitVersion>,
    /// The codes of the units above, before and after.
    pub parents: (Option<Code>, Option<Code>),
    /// The units of whose ground it was made.
    pub from: Vec<Relative>,
    /// The units that took its ground.
    pub into: Vec<Relative>,
    /// What was said of the revision.
    pub said: Attributes,
}

impl Turn {
    /// The area before and after in m²; `None` where it had no ground of its own.
    pub fn areas_m2(&self) -> (Option<f64>, Option<f64>) {
        let m2 = |v: &Option<UnitVersion>| v.as_ref().and_then(|v| v.shape.as_ref()).map(area::shape_m2);
        (m2(&self.before), m2(&self.after))
    }
}

impl App {
    /// What became of a code that no unit of a layer bears in a state; `None` when one does, and when none has borne it
    /// before.
    pub async fn gone(
        &self,
        published: &Published,
        layer: &str,
        code: &Code,
    ) -> Result<Option<Gone>, StoreError> {
        if published.unit(layer, code).is_some() {
            return Ok(None);
        }
        let number = published.revision().number;
        let bearers = self.store().former_bearers(layer, code).await?;
        let Some(&(unit, revision)) = bearers.iter().find(|(_, revision)| *revision <= number) else {
            return Ok(None);
        };
        let mut successors = self.heirs(published, unit).await?;
        if successors.is_empty() {
            successors.extend(self.on_its_ground(published, unit).await?);
        }
        Ok(Some(Gone { unit, revision, successors: successors.into_iter().collect() }))
    }

    /// The current units to which lineage leads from one, itself included.
    async fn heirs(&self, published: &Published, unit: UnitId) -> Result<BTreeSet<UnitId>, StoreError> {
        let number = published.revision().number;
        let (mut open, mut seen, mut found) = (vec![unit], BTreeSet::new(), BTreeSet::new());
        let mut lineage = None;
        while let Some(unit) = open.pop().filter(|unit| seen.insert(*unit)) {
            if published.base.unit(unit).is_some() {
                found.insert(unit);
                continue;
            }
            if lineage.is_none() {
                lineage = Some(self.store().lineage().await?);
            }
            // What it gave away while it lived is not what came after it.
            let versions = self.store().unit_versions(&[unit]).await?;
            let ended = versions.iter().rev().find_map(|v| v.to.filter(|to| *to <= number));
            let steps = lineage
                .iter()
                .flatten()
                .filter(|(revision, from, _)| *from == unit && Some(*revision) == ended);
            open.extend(steps.map(|(_, _, heir)| *heir).filter(|heir| !seen.contains(heir)));
        }
        Ok(found)
    }

    /// Who holds the middle of the ground that a grid had last: where nobody kept lineage, as imports do not.
    async fn on_its_ground(&self, published: &Published, unit: UnitId) -> Result<Option<UnitId>, StoreError> {
        let versions = self.store().unit_versions(&[unit]).await?;
        let last = versions.iter().rev().find_map(|v| Some((v.layer.as_str(), v.shape.as_ref()?)));
        Ok(last.and_then(|(layer, shape)| {
            let layer = published.base.layer(layer)?;
            layer.coverage.unit(layer.index.owner(label_point(shape)?))
        }))
    }

    /// The life of a unit, oldest turn first, as far as this node serves it. Of a unit above the grids its fields are told,
    /// not its ground, which is that of its grids.
    pub async fn life(&self, unit: UnitId) -> Result<Vec<Turn>, StoreError> {
        let published = self.published();
        let serves = published.revision().number;
        let lineage = self.store().lineage().await?;
        let kin: Vec<(u64, UnitId, UnitId)> =
            lineage.into_iter().filter(|(n, a, b)| *n <= serves && (*a == unit || *b == unit)).collect();
        let mut wanted: BTreeSet<UnitId> = kin.iter().flat_map(|(_, a, b)| [*a, *b]).collect();
        wanted.insert(unit);
        let mut versions = self.store().unit_versions(&wanted.iter().copied().collect::<Vec<_>>()).await?;
        let parents: BTreeSet<UnitId> =
            versions.iter().filter(|v| v.unit.id == unit).filter_map(|v| v.unit.parent).collect();
        let parents: Vec<UnitId> = parents.difference(&wanted).copied().collect();
        versions.extend(self.store().unit_versions(&parents).await?);
        let words = self.store().revision_words().await?;
        let revisions: BTreeMap<u64, DateTime<Utc>> =
            published.revisions.iter().map(|r| (r.number, r.effective_from)).collect();
        let told = Told { unit, kin, versions, words };
        Ok(revisions.into_iter().filter_map(|(n, at)| told.turn(n, at)).collect())
    }
}

/// What the store tells of a unit and its relatives.
struct Told {
    unit: UnitId,
    kin: Vec<(u64, UnitId, UnitId)>,
    versions: Vec<UnitVersion>,
    words: BTreeMap<u64, Attributes>,
}

impl Told {
    /// What a unit was in a revision.
    fn version(&self, unit: UnitId, number: u64) -> Option<&UnitVersion> {
        let holds =
            |v: &&UnitVersion| v.unit.id == unit && v.from <= number && v.to.is_none_or(|to| to > number);
        self.versions.iter().find(holds)
    }

    fn turn(&self, revision: u64, effective_from: DateTime<Utc>) -> Option<Turn> {
        let before = self.version(self.unit, revision - 1).cloned();
        let after = self.version(self.unit, revision).cloned();
        if before == after {
            return None;
        }
        let parent = |v: &Option<UnitVersion>, number| {
            let parent = v.as_ref().and_then(|v| v.unit.parent);
            parent.and_then(|p| self.version(p, number)).map(|p| p.unit.code.clone())
        };
        let parents = (parent(&before, revision - 1), parent(&after, revision));
        let was = self.versions.iter().any(|v| v.unit.id == self.unit && v.from < revision);
        let relatives = |number, pick: fn(UnitId, UnitId) -> (UnitId, UnitId)| -> Vec<Relative> {
            let kin = self.kin.iter().filter(|(n, ..)| *n == revision).map(|(_, a, b)| pick(*a, *b));
            let others = kin.filter(|(own, other)| *own == self.unit && *other != self.unit);
            let named = others.filter_map(|(_, other)| self.version(other, number));
            let mut all: Vec<Relative> =
                named.map(|v| Relative { code: v.unit.code.clone(), name: v.unit.name.clone() }).collect();
            all.sort();
            all
        };
        Some(Turn {
            revision,
            effective_from,
            happened: happened(before.as_ref(), after.as_ref(), was),
            parents,
            from: relatives(revision - 1, |unit, heir| (heir, unit)),
            into: relatives(revision, |unit, heir| (unit, heir)),
            said: self.words.get(&revision).cloned().unwrap_or_default(),
            before,
            after,
        })
    }
}

fn happened(before: Option<&UnitVersion>, after: Option<&UnitVersion>, was: bool) -> Vec<Happened> {
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (None, _) => return vec![if was { Happened::Revived } else { Happened::Born }],
        (Some(_), None) => return vec![Happened::Retired],
    };
    let (a, b) = (&before.unit, &after.unit);
    let all = [
        (Happened::Redrawn, before.shape != after.shape),
        (Happened::Renamed, a.name != b.name),
        (Happened::Recoded, a.code != b.code),
        (Happened::Reassigned, a.parent != b.parent),
        (Happened::Changed, a.attributes != b.attributes || a.level != b.level),
    ];
    all.into_iter().filter_map(|(what, is)| is.then_some(what)).collect()
}
