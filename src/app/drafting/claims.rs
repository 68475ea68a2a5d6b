//! Who works where: soft, and never in the way.

use crate::app::App;
use crate::store::Claim;
use crate::unit::UnitId;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// How long a claim stands after the last work.
const STANDS: TimeDelta = TimeDelta::minutes(2);
/// How long what was said is good enough, when nothing new is worked on.
const SAID: TimeDelta = TimeDelta::seconds(30);

/// What was said last, by draft and actor: the store is told only what is new.
#[derive(Debug, Default)]
pub(in crate::app) struct Claimed(Mutex<HashMap<(u64, String), Said>>);

/// When something was said, and of which units.
type Said = (DateTime<Utc>, BTreeSet<UnitId>);

impl Claimed {
    /// The claim that is to be written, if there is news.
    fn news(&self, draft: u64, actor: &str, units: &BTreeSet<UnitId>, now: DateTime<Utc>) -> Option<Claim> {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.retain(|_, (at, _)| *at + STANDS > now);
        let entry = said.entry((draft, actor.to_owned())).or_insert((now - STANDS, BTreeSet::new()));
        if entry.0 + SAID > now && units.is_subset(&entry.1) {
            return None;
        }
        entry.0 = now;
        entry.1.extend(units);
        let units = entry.1.iter().copied().collect();
        Some(Claim { draft, actor: actor.to_owned(), units, until: now + STANDS })
    }
}

impl App {
    /// Notes that somebody works on units of a draft. Nobody waits for it, and that it fails does no harm.
    pub(super) fn note_claim(
        self: &Arc<Self>,
        draft: u64,
        actor: &str,
        units: &BTreeSet<UnitId>,
        now: DateTime<Utc>,
    ) {
        let Some(claim) = self.claimed.news(draft, actor, units, now) else { return };
        let app = self.clone();
        tokio::spawn(async move {
            if let Err(error) = app.store().claim(&claim, now).await {
                tracing::warn!(%error, draft, "a claim was not noted");
            }
        });
    }

    /// The claims of other drafts on some units, by draft. None when the store cannot say.
    pub(super) async fn claims_on(
        &self,
        draft: u64,
        units: &BTreeSet<UnitId>,
        now: DateTime<Utc>,
    ) -> Vec<Claim> {
        let all = self.store().claims(now).await.unwrap_or_default();
        all.into_iter().filter(|c| c.draft != draft && c.units.iter().any(|u| units.contains(u))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_told_only_what_is_new() {
        let (claimed, now) = (Claimed::default(), Utc::now());
        let set = |ids: &[u64]| ids.iter().map(|&n| UnitId::try_from(n).unwrap()).collect::<BTreeSet<_>>();
        assert_eq!(claimed.news(1, "a", &set(&[1]), now).unwrap().units.len(), 1);
        assert_eq!(claimed.news(1, "a", &set(&[1]), now + TimeDelta::seconds(5)), None);
        assert_eq!(claimed.news(1, "a", &set(&[2]), now + TimeDelta::seconds(6)).unwrap().units.len(), 2);
        assert!(claimed.news(1, "b", &set(&[2]), now).is_some());
        assert!(claimed.news(1, "a", &set(&[1]), now + TimeDelta::seconds(40)).is_some(), "a renewal");
        let later = claimed.news(1, "a", &set(&[3]), now + TimeDelta::minutes(9)).unwrap();
        assert_eq!(later.units.len(), 1, "what was long ago is forgotten");
    }
}
