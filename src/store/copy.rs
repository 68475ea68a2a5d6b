//! From one store to another, of the same kind or of the other.

use super::reports::Kept;
use super::{Location, Publication, Store, StoreError};
use crate::snapshot::{Revision, StateHash};

/// How far a copy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// That many of so many revisions are written.
    Written(u64, u64),
    /// That many of so many were read back from the copy and have the state hash of the original.
    Verified(u64, u64),
}

/// Copies all revisions, each with its effective time, its note and its attributes, the posts, reference lines, drafts and reports,
/// the events, and accounts, tokens and the audit, into a new store; gives the head of the copy with its state hash.
///
/// The copy appears only when every revision was read back from it and has the state hash that it has at
/// its source; see [`Store::build`]. Revisions that are published meanwhile are not in it. Costs a load, a
/// publication and a second load per revision. Sessions stay behind: the copy is another store, and whoever
/// works on it signs in there.
///
/// Errors when something is at `to`, and [`StoreError::Damaged`] when a state does not have its hash.
pub async fn copy(
    from: &Store,
    to: impl Into<Location>,
    progress: &mut (dyn FnMut(Copied) + Send),
) -> Result<(Revision, StateHash), StoreError> {
    // Before the revisions: a draft that is published meanwhile would name one that is not copied.
    let archive = from.draft_archive().await?;
    let revisions = from.revisions().await?;
    let head = revisions.last().map_or(0, |r| r.number);
    let mut hashes = Vec::new();
    Store::build(to, async |into: &Store| -> Result<(), StoreError> {
        for revision in &revisions {
            hashes.push(write(from, into, *revision).await?);
            progress(Copied::Written(revision.number, head));
        }
        into.replace_posts(&from.posts().await?).await?;
        for reference in from.references().await? {
            into.write_reference(&reference, None).await?;
        }
        copy_people(from, into).await?;
        into.put_draft_archive(&archive).await?;
        copy_reports(from, into, head).await?;
        into.put_events(&from.events_until(head).await?).await?;
        for (revision, expected) in revisions.iter().zip(&hashes) {
            let loaded = into.load(revision.number).await?;
            check(revision.number, *expected, StateHash::of(&loaded.layers))?;
            check(revision.number, *expected, loaded.state_hash)?;
            progress(Copied::Verified(revision.number, head));
        }
        Ok(())
    })
    .await?;
    let last = revisions.last().copied().zip(hashes.last().copied());
    last.ok_or(StoreError::UnknownRevision { head: 0, got: 1 })
}

/// Publishes one revision as it was; the hash under which it was published at its source.
async fn write(from: &Store, into: &Store, revision: Revision) -> Result<StateHash, StoreError> {
    let loaded = from.load(revision.number).await?;
    let publication = Publication {
        prev: revision.number.checked_sub(1).filter(|&prev| prev > 0),
        effective_from: revision.effective_from,
        note: loaded.note,
        attributes: loaded.attributes,
        layers: &loaded.layers,
    };
    let (written, hash) = into.publish(&publication).await?;
    check(revision.number, loaded.state_hash, hash)?;
    if written == revision { Ok(hash) } else { Err(StoreError::Damaged(format!("revision {written:?}"))) }
}

/// Everybody, read back and compared.
async fn copy_people(from: &Store, into: &Store) -> Result<(), StoreError> {
    let people = from.people().await?;
    into.fill_people(&people).await?;
    if into.people().await? == people { Ok(()) } else { Err(StoreError::Damaged("the accounts".into())) }
}

/// Reports that are copied at a time.
const REPORTS: u32 = 1_000;

/// All reports with their trails, each read back and compared. One that knows of a later revision than those that are
/// copied came meanwhile, and stays behind with whatever came after it.
async fn copy_reports(from: &Store, into: &Store, head: u64) -> Result<(), StoreError> {
    let mut last = 0;
    loop {
        let mut portion = from.kept_reports(last, REPORTS).await?;
        let whole = portion.len();
        let known = |kept: &Kept| kept.report.filed.revision.max(kept.report.assigned.revision) <= head;
        portion.truncate(portion.iter().position(|kept| !known(kept)).unwrap_or(whole));
        into.put_reports(&portion).await?;
        if into.kept_reports(last, portion.len() as u32).await? != portion {
            return Err(StoreError::Damaged(format!("the reports after {last}")));
        }
        let Some(end) = portion.last().filter(|_| portion.len() == whole) else { break };
        last = end.report.id;
    }
    // Whoever opens the copy looks at all of them once.
    Ok(())
}

fn check(number: u64, expected: StateHash, found: StateHash) -> Result<(), StoreError> {
    if expected == found {
        return Ok(());
    }
    let what = format!("revision {number}: expected the state hash {expected}, got {found}");
    Err(StoreError::Damaged(what))
}
