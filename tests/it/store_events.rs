//! What every store promises of the event log: each body runs on an empty store of either backend.

use crate::store_contract::{city, publication};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wangge::edit::{Approval, ChangeHash, Flow, Lineage, Stage};
use wangge::store::{Draft, DraftEvent, DraftWrite, Event, NewDraft, Store, StoreError};

promises! {
    a_publication_writes_its_event_and_a_refused_one_none
    steps_of_a_draft_are_told_and_its_publication_says_more
    numbers_follow_the_commits_without_holes_whoever_writes_at_once
    a_copy_has_the_same_log
}

fn now() -> DateTime<Utc> {
    "2026-12-01T08:00:00.123456Z".parse().unwrap()
}

fn new() -> NewDraft {
    NewDraft {
        layer: "land".into(),
        title: "一".into(),
        reason: "试".into(),
        document: None,
        reverts: None,
        base: 1,
        author: "甲".into(),
        first: None,
        at: now(),
    }
}

fn step(kind: &str) -> DraftEvent {
    DraftEvent { kind: kind.into(), actor: "甲".into(), comment: Some("秘".into()), made_at: now() }
}

fn write(draft: &Draft, expected: u64, stage: Stage, kinds: &[&str]) -> DraftWrite {
    let hash = ChangeHash([7; 32]);
    let approval = (stage == Stage::Published).then(|| Approval { by: "乙".into(), change: hash });
    let mut standing = draft.standing.clone();
    standing.flow = Flow::stored("甲".into(), stage, approval);
    let events = kinds.iter().map(|kind| step(kind)).collect();
    DraftWrite { id: draft.id, expected, standing, operations: Vec::new(), events, at: now() }
}

/// `seq type subject revision`.
fn lines(events: &[Event]) -> Vec<String> {
    events.iter().map(|e| format!("{} {} {} {}", e.seq, e.kind, e.subject, e.revision)).collect()
}

async fn all(store: &Store) -> Vec<Event> {
    store.events(0, 10_000).await.unwrap()
}

async fn a_publication_writes_its_event_and_a_refused_one_none(store: &Store) {
    assert_eq!((all(store).await, store.event_head().await.unwrap()), (Vec::new(), 0));
    let layers = city();
    let (first, _) = store.publish(&publication(None, &layers)).await.unwrap();
    let late = store.publish(&publication(None, &layers)).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
    store.publish(&publication(Some(1), &layers)).await.unwrap();
    let events = all(store).await;
    assert_eq!(lines(&events), ["1 revision.published 1 1", "2 revision.published 2 2"]);
    assert_eq!(events[0].at, first.effective_from);
    assert_eq!(events[0].data, json!({"revision": 1, "effective_from": first.effective_from}));
    assert_eq!(store.event_head().await.unwrap(), 2);
    assert_eq!(lines(&store.events(1, 5).await.unwrap()), ["2 revision.published 2 2"]);
    assert_eq!(lines(&store.events(0, 1).await.unwrap()), ["1 revision.published 1 1"]);
    assert_eq!(store.events(2, 5).await.unwrap(), []);
    assert_eq!(store.events(u64::MAX, 5).await.unwrap(), []);
}

async fn steps_of_a_draft_are_told_and_its_publication_says_more(store: &Store) {
    let layers = city();
    store.publish(&publication(None, &layers)).await.unwrap();
    let draft = store.create_draft(&new()).await.unwrap();
    store.write_draft(&write(&draft, 1, Stage::Submitted, &["rebased", "submitted"])).await.unwrap();
    let stale = store.write_draft(&write(&draft, 1, Stage::Withdrawn, &["withdrawn"])).await;
    assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
    let said = json!({"swept": {"area_m2": 2.5}, "revision": 77});
    let last = write(&draft, 2, Stage::Published, &["published"]);
    store.publish_draft(&publication(Some(1), &layers), None, &Lineage::new(), &last, &said).await.unwrap();
    let events = all(store).await;
    assert_eq!(
        lines(&events),
        [
            "1 revision.published 1 1",
            "2 draft.created 1 1",
            "3 draft.rebased 1 1",
            "4 draft.submitted 1 1",
            "5 draft.published 1 2",
            "6 revision.published 2 2",
        ]
    );
    assert_eq!(events[3].data, json!({"draft": 1, "state": "submitted", "actor": "甲"}), "no comment");
    assert_eq!(events[3].at, now());
    let last = &events[5].data;
    assert_eq!(
        (&last["swept"]["area_m2"], &last["revision"]),
        (&json!(2.5), &json!(2)),
        "numbers are the store's"
    );
}

/// Twelve at once: some publish after the same revision, of whom one wins each time; the others begin drafts. A reader
/// meanwhile never sees a number before all smaller ones.
async fn numbers_follow_the_commits_without_holes_whoever_writes_at_once(store: &Store) {
    let layers = city();
    store.publish(&publication(None, &layers)).await.unwrap();
    let watched = async {
        let mut looks = 0;
        loop {
            let seen = store.events(0, 10_000).await.unwrap();
            let numbers: Vec<u64> = seen.iter().map(|e| e.seq).collect();
            assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
            looks += 1;
            if numbers.len() >= 1 + 3 + 18 {
                return looks;
            }
            tokio::task::yield_now().await;
        }
    };
    let work = async {
        let publishing = |prev: u64| {
            let layers = &layers;
            async move { store.publish(&publication(Some(prev), layers)).await.is_ok() }
        };
        for prev in 1..=3 {
            let publications = futures::future::join_all((0..3).map(|_| publishing(prev)));
            let drafts = futures::future::join_all(
                (0..6).map(|_| async { store.create_draft(&new()).await.unwrap() }),
            );
            let (won, _) = tokio::join!(publications, drafts);
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "after revision {prev}");
        }
    };
    let (looks, ()) = tokio::join!(watched, work);
    let events = all(store).await;
    println!("{} events, looked at {looks} times", events.len());
    let numbers: Vec<u64> = events.iter().map(|e| e.seq).collect();
    assert_eq!(numbers, (1..=22).collect::<Vec<_>>());
    assert_eq!(store.event_head().await.unwrap(), 22);
    let revisions: Vec<u64> = events.iter().map(|e| e.revision).collect();
    assert!(revisions.is_sorted(), "an event of a revision is never before that revision's: {revisions:?}");
    let drafts: BTreeSet<&str> =
        events.iter().filter(|e| e.kind == "draft.created").map(|e| e.subject.as_str()).collect();
    assert_eq!(drafts.len(), 18);
}

async fn a_copy_has_the_same_log(store: &Store) {
    let layers = city();
    store.publish(&publication(None, &layers)).await.unwrap();
    let draft = store.create_draft(&new()).await.unwrap();
    store.write_draft(&write(&draft, 1, Stage::Submitted, &["submitted"])).await.unwrap();
    let said: Value = json!({"swept": {"bbox": [110.25, 25.1, 110.5, 25.2]}});
    let last = write(&draft, 2, Stage::Published, &["published"]);
    store.publish_draft(&publication(Some(1), &layers), None, &Lineage::new(), &last, &said).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.gpkg");
    wangge::store::copy(store, path.as_path(), &mut |_| ()).await.unwrap();
    let copy = Store::open(path.as_path()).await.unwrap();
    assert_eq!(all(&copy).await, all(store).await);
    assert_eq!(copy.event_head().await.unwrap(), 5);
    copy.create_draft(&new()).await.unwrap();
    assert_eq!(copy.events(5, 9).await.unwrap()[0].seq, 6, "and goes on after it");
}
