//! What every store promises of reports: each body runs on an empty store of either backend.

use super::{noon, report};
use crate::square;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wangge::report::{Assigned, Kind, Reason, Stage, TrailStep};
use wangge::store::{After, Cells, Filing, NewReport, Order, Receipt, ReportWrite, Store, Wish, copy};

promises! {
    a_report_comes_back_as_it_was_filed_with_its_event
    a_key_belongs_to_its_sender_for_ever
    of_many_that_file_one_key_at_once_one_report_is_there
    numbers_and_events_follow_the_commits_whoever_files_at_once
    a_write_of_a_report_that_somebody_wrote_before_does_nothing
    lists_are_narrowed_ordered_and_cut
    heaps_hold_what_lists_hold_cell_by_cell
    many_are_filed_as_they_were_given_and_in_their_order
    what_comes_in_by_an_older_revision_is_behind_until_it_was_looked_at
    a_copy_has_the_same_reports
}

async fn open(store: &Store) {
    let layers = square::layers();
    let first = wangge::store::Publication {
        prev: None,
        effective_from: square::revision().effective_from,
        note: None,
        attributes: wangge::unit::Attributes::new(),
        layers: &layers,
    };
    store.publish(&first).await.unwrap();
}

async fn file(store: &Store, new: &[NewReport]) -> Vec<Filing> {
    store.file_reports(new).await.unwrap()
}

fn receipt(filing: &Filing) -> &Receipt {
    match filing {
        Filing::New(receipt) | Filing::Again(receipt) => receipt,
        Filing::KeyReused => panic!("the key was used before"),
    }
}

async fn told(store: &Store) -> Vec<(u64, String, String, Value)> {
    let events = store.events(0, 10_000).await.unwrap();
    events.into_iter().skip(1).map(|e| (e.seq, e.kind, e.subject, e.data)).collect()
}

async fn a_report_comes_back_as_it_was_filed_with_its_event(store: &Store) {
    open(store).await;
    let new = report("a", (1., 1.), Some(11));
    let filed = file(store, std::slice::from_ref(&new)).await;
    assert_eq!(
        receipt(&filed[0]).text(),
        "{\"id\":1,\"number\":\"20261201-00000001\",\"stage\":\"collected\"}"
    );
    let (found, trail) = store.report(1).await.unwrap().unwrap();
    assert_eq!((&found.given, &found.filed, trail), (&new.given, &new.filed, Vec::new()));
    let assigned = Assigned { unit: new.filed.unit, revision: 1, reason: Reason::Filed };
    assert_eq!((found.assigned, found.ground, found.stage), (assigned, new.filed.unit, Stage::Collected));
    assert_eq!((found.version, found.returned, found.flagged), (1, 0, false));
    let data = json!({"report": 1, "number": "20261201-00000001", "stage": "collected", "category": "waste"});
    assert_eq!(told(store).await, [(2, "report.created".to_owned(), "1".to_owned(), data)]);
    assert_eq!(store.report(2).await.unwrap(), None);
    assert_eq!(store.report(u64::MAX).await.unwrap(), None);
}

async fn a_key_belongs_to_its_sender_for_ever(store: &Store) {
    open(store).await;
    let first = report("a", (1., 1.), Some(11));
    let other_body = NewReport { body: [8; 32], ..first.clone() };
    let mut other_sender = first.clone();
    other_sender.given.source = "local".into();
    let later = NewReport { receipt: "{}".into(), ..first.clone() };
    // All in one breath, and again in a second one.
    for round in 0..2 {
        let filed =
            file(store, &[first.clone(), other_body.clone(), later.clone(), other_sender.clone()]).await;
        assert_eq!(matches!(filed[0], Filing::New(_)), round == 0);
        assert_eq!(filed[1], Filing::KeyReused);
        assert_eq!(
            filed[2],
            Filing::Again(receipt(&filed[0]).clone()),
            "the first answer, not the later one"
        );
        assert_eq!(receipt(&filed[3]).id, 2);
    }
    assert_eq!(told(store).await.len(), 2, "what was there already is not told again");
}

async fn of_many_that_file_one_key_at_once_one_report_is_there(store: &Store) {
    open(store).await;
    let new = report("a", (1., 1.), Some(11));
    let tries = (0..16).map(|_| file(store, std::slice::from_ref(&new)));
    let filed = futures::future::join_all(tries).await;
    assert_eq!(filed.iter().filter(|f| matches!(f[0], Filing::New(_))).count(), 1);
    assert!(filed.iter().all(|f| receipt(&f[0]).id == 1));
    assert_eq!(store.reports(&Wish::default(), Order::Newest, None, 10).await.unwrap().0, 1);
}

async fn numbers_and_events_follow_the_commits_whoever_files_at_once(store: &Store) {
    open(store).await;
    let groups: Vec<Vec<NewReport>> =
        (0..12).map(|g| (0..5).map(|n| report(&format!("{g}-{n}"), (1., 1.), Some(11))).collect()).collect();
    let filed = futures::future::join_all(groups.iter().map(|group| file(store, group))).await;
    let ids: BTreeSet<u64> = filed.iter().flatten().map(|f| receipt(f).id).collect();
    assert_eq!(ids, (1..=60).collect());
    for group in &filed {
        let ids: Vec<u64> = group.iter().map(|f| receipt(f).id).collect();
        assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "a group stays together: {ids:?}");
    }
    let told = told(store).await;
    let expected: Vec<(u64, String)> = (1..=60).map(|id: u64| (id + 1, id.to_string())).collect();
    assert_eq!(told.into_iter().map(|t| (t.0, t.2)).collect::<Vec<_>>(), expected);
}

async fn a_write_of_a_report_that_somebody_wrote_before_does_nothing(store: &Store) {
    open(store).await;
    file(store, &[report("a", (1., 1.), Some(11))]).await;
    let (mut seen, _) = store.report(1).await.unwrap().unwrap();
    (seen.stage, seen.returned) = (Stage::Dispatched, 3);
    seen.assigned = Assigned { unit: Some(square::id(12)), revision: 1, reason: Reason::Manual };
    let step = TrailStep {
        kind: Kind::Staged,
        actor: "甲".into(),
        at: noon(),
        comment: Some("去".into()),
        from: Some("collected".into()),
        to: Some("dispatched".into()),
    };
    let write = ReportWrite { report: seen.clone(), looked: 1, step: step.clone(), told: json!({"x": 1}) };
    assert_eq!(store.write_reports(&[write.clone(), write.clone()]).await.unwrap(), [true, false]);
    assert_eq!(store.write_reports(&[write]).await.unwrap(), [false]);
    let (found, trail) = store.report(1).await.unwrap().unwrap();
    assert_eq!(trail, [step]);
    assert_eq!(found, wangge::report::Report { version: 2, ..seen });
    let told = told(store).await;
    assert_eq!((told.len(), told[1].1.as_str()), (2, "report.staged"));
    assert_eq!(
        (&told[1].3["x"], &told[1].3["stage"], &told[1].3["actor"]),
        (&json!(1), &json!("dispatched"), &json!("甲"))
    );
}

async fn lists_are_narrowed_ordered_and_cut(store: &Store) {
    open(store).await;
    let mut new: Vec<NewReport> =
        (0..6u32).map(|n| report(&n.to_string(), (f64::from(n), 1.), Some(11 + u64::from(n % 2)))).collect();
    for (n, one) in new.iter_mut().enumerate() {
        one.given.due_at = noon() + TimeDelta::hours([3, 1, 2, 2, 9, 0][n]);
        one.given.received_at = noon() + TimeDelta::minutes(n as i64);
        one.needs_confirmation = n == 4;
    }
    new[2].given.category = "fire".into();
    file(store, &new).await;
    let ids = async |wish: Wish| -> Vec<u64> {
        let (total, found) = store.reports(&wish, Order::Newest, None, 10).await.unwrap();
        assert_eq!(total as usize, found.len());
        found.into_iter().map(|r| r.id).collect()
    };
    let wish = Wish::default();
    assert_eq!(ids(wish.clone()).await, [6, 5, 4, 3, 2, 1]);
    assert_eq!(ids(Wish { stages: vec![Stage::Closed], ..wish.clone() }).await, [0; 0]);
    let units = Some(Arc::new(BTreeSet::from([square::id(12)])));
    assert_eq!(ids(Wish { units, ..wish.clone() }).await, [6, 4, 2]);
    assert_eq!(ids(Wish { units: Some(Arc::default()), ..wish.clone() }).await, [0; 0]);
    assert_eq!(ids(Wish { category: Some("fire".into()), ..wish.clone() }).await, [3]);
    let (since, until) = (Some(noon() + TimeDelta::minutes(1)), Some(noon() + TimeDelta::minutes(3)));
    assert_eq!(ids(Wish { since, until, ..wish.clone() }).await, [3, 2]);
    let bbox = wangge::geom::Bbox { min: square::at(1., 0.), max: square::at(2., 2.) };
    assert_eq!(ids(Wish { bbox: Some(bbox), ..wish.clone() }).await, [3, 2]);
    assert_eq!(ids(Wish { source_ref: Some("ref-4".into()), ..wish.clone() }).await, [5]);
    assert_eq!(ids(Wish { source: Some("x".into()), ..wish.clone() }).await, [0; 0]);
    assert_eq!(ids(Wish { needs_confirmation: true, ..wish.clone() }).await, [5]);
    assert_eq!(ids(Wish { flagged: true, ..wish.clone() }).await, [0; 0]);
    let overdue_at = Some(noon() + TimeDelta::minutes(90));
    assert_eq!(ids(Wish { overdue_at, ..wish.clone() }).await, [6, 2]);
    for (order, expected) in [(Order::Newest, [6, 5, 4, 3, 2, 1]), (Order::Due, [6, 2, 3, 4, 1, 5])] {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let (total, part) = store.reports(&wish, order, after, 2).await.unwrap();
            assert_eq!(total, 6);
            let Some(last) = part.last() else { break };
            after = Some(After { id: last.id, due_at: last.given.due_at });
            all.extend(part.into_iter().map(|r| r.id));
        }
        assert_eq!(all, expected, "{order:?}");
    }
    let counted = store.counted_reports(&wish, 2, 3).await.unwrap();
    let seen: Vec<_> = counted.iter().map(|c| (c.id, c.category.as_str(), c.filed, c.done_at)).collect();
    let (g1, g2) = (Some(square::id(11)), Some(square::id(12)));
    assert_eq!(seen, [(3, "fire", g1, None), (4, "waste", g2, None), (5, "waste", g1, None)]);
}

async fn heaps_hold_what_lists_hold_cell_by_cell(store: &Store) {
    open(store).await;
    // A lattice of places, some of them shared, on sides of cells too; every third one is late.
    let mut all: Vec<NewReport> = (0..90_u32)
        .map(|n| {
            let mut new = report(&format!("{n}"), (f64::from(n % 7) / 4., f64::from(n % 11) / 8.), Some(11));
            new.given.due_at = noon() + TimeDelta::hours(if n % 3 == 0 { -1 } else { 1 });
            new
        })
        .collect();
    all[5].given.category = "noise".into();
    file(store, &all).await;
    let corner = square::at(0., 0.);
    let size = [square::at(0.25, 0.).x - corner.x, square::at(0., 0.5).y - corner.y];
    let wish = Wish { category: Some("waste".into()), ..Wish::default() };
    let heaped = store.heaped_reports(&wish, Cells { from: corner, size, now: noon() }).await.unwrap();
    let (_, listed) = store.reports(&wish, Order::Newest, None, 100).await.unwrap();
    let mut want: BTreeMap<[i32; 2], (u64, u64, [i64; 2], u64)> = BTreeMap::new();
    for report in &listed {
        let at = report.given.position;
        let cell = [(at.x - corner.x).div_euclid(size[0]), (at.y - corner.y).div_euclid(size[1])];
        let heap = want.entry(cell).or_insert((0, 0, [0; 2], u64::MAX));
        heap.0 += 1;
        heap.1 += u64::from(report.given.due_at < noon());
        heap.2 = [heap.2[0] + i64::from(at.x), heap.2[1] + i64::from(at.y)];
        heap.3 = heap.3.min(report.id);
    }
    let got: Vec<_> = heaped.iter().map(|h| (h.cell, (h.count, h.late, h.sum, h.first))).collect();
    assert_eq!(got, want.into_iter().collect::<Vec<_>>());
    assert!(got.len() > 15 && heaped.iter().any(|h| h.late > 0 && h.count > h.late), "{got:?}");
    assert_eq!(heaped.iter().map(|h| h.count).sum::<u64>(), 89);
}

async fn many_are_filed_as_they_were_given_and_in_their_order(store: &Store) {
    open(store).await;
    // Statements of every size: 64, 16, 4 and 1; and known ones between the new ones.
    let all: Vec<NewReport> = (0..256_u32)
        .map(|n| {
            let mut new = report(&format!("{n}"), (f64::from(n) / 200., 1.), Some(11));
            new.given.text = Some(format!("第 {n} 件 '\"\u{1f6b2}"));
            new.given.accuracy_m = (n % 2 == 0).then(|| f64::from(n) / 3.);
            new
        })
        .collect();
    let (some, rest) = all.split_at(85);
    file(store, some).await;
    let mixed: Vec<NewReport> = rest.iter().chain(some).cloned().collect();
    let filed = file(store, &mixed).await;
    for (filing, new) in filed.iter().zip(&mixed) {
        let n: u64 = new.key.parse().unwrap();
        assert_eq!(matches!(filing, Filing::New(_)), n >= 85);
        let (found, _) = store.report(receipt(filing).id).await.unwrap().unwrap();
        assert_eq!((found.id, &found.given, &found.filed), (n + 1, &new.given, &new.filed));
    }
    let subjects: Vec<String> = told(store).await.into_iter().map(|(_, _, subject, _)| subject).collect();
    assert_eq!(subjects, (1..=256).map(|id| id.to_string()).collect::<Vec<_>>());
}

async fn what_comes_in_by_an_older_revision_is_behind_until_it_was_looked_at(store: &Store) {
    open(store).await;
    file(store, &[report("a", (1., 1.), Some(11))]).await;
    let stands = async || {
        let r = store.relocation().await.unwrap();
        (r.begun, r.done, r.behind)
    };
    assert_eq!(stands().await, (0, 0, false));
    store.begin_relocation(2).await.unwrap();
    store.begin_relocation(1).await.unwrap();
    assert_eq!(stands().await, (2, 0, false), "never goes back");
    file(store, &[report("b", (1., 1.), Some(11))]).await;
    assert_eq!(stands().await, (2, 0, true));
    let ids = async |above, only| -> Vec<u64> {
        let places = store.open_places(above, only, 10).await.unwrap();
        places.into_iter().map(|p| p.report).collect()
    };
    assert_eq!(
        (ids(0, false).await, ids(0, true).await, ids(1, false).await),
        (vec![1, 2], vec![2], vec![2])
    );
    store.finish_relocation(2, 1).await.unwrap();
    assert_eq!(stands().await, (2, 2, true), "one that came after the look stays behind");
    store.finish_relocation(2, 2).await.unwrap();
    assert_eq!(stands().await, (2, 2, false));
    let place = &store.open_places(0, false, 1).await.unwrap()[0];
    assert_eq!((place.position, place.category.as_str()), (square::at(1., 1.), "waste"));
    assert_eq!(
        (place.ground, place.assigned, place.reason),
        (Some(square::id(11)), Some(square::id(11)), Reason::Filed)
    );
}

async fn a_copy_has_the_same_reports(store: &Store) {
    open(store).await;
    let new: Vec<NewReport> = (0..3).map(|n| report(&n.to_string(), (1., 1.), Some(11))).collect();
    let filed = file(store, &new).await;
    let (mut seen, _) = store.report(2).await.unwrap().unwrap();
    (seen.stage, seen.closed_at) = (Stage::Closed, Some(noon()));
    let step = TrailStep {
        kind: Kind::Staged,
        actor: "甲".into(),
        at: noon(),
        comment: None,
        from: None,
        to: Some("closed".into()),
    };
    let write = ReportWrite { report: seen, looked: 1, step, told: json!({}) };
    store.write_reports(&[write]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy.gpkg");
    copy(store, &to, &mut |_| ()).await.unwrap();
    let copied = Store::open(&to).await.unwrap();
    for id in 1..=3 {
        assert_eq!(copied.report(id).await.unwrap(), store.report(id).await.unwrap());
    }
    assert_eq!(told(&copied).await, told(store).await);
    // Whoever sends again what he sent to the other one gets the same answer.
    let again = file(&copied, &new).await;
    assert!(again.iter().zip(&filed).all(|(a, b)| *a == Filing::Again(receipt(b).clone())));
}
