//! What every store promises of drafts: each body runs on an empty store of either backend.

use crate::store_contract::{city, id, publication};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use wangge::edit::{Change, Flow, Lineage, Operation, Stage, Step};
use wangge::exchange::import::{self, Mapping, Stored};
use wangge::exchange::read::{self, ReadOptions};
use wangge::geom::crs::Crs;
use wangge::snapshot::StateHash;
use wangge::store::{
    Claim, Differing, Draft, DraftEvent, DraftOperation, DraftStanding, DraftWrite, NewDraft, Part, Store,
    StoreError,
};

promises! {
    a_draft_comes_back_as_it_was_begun
    a_write_of_one_who_saw_another_version_changes_nothing
    of_many_that_write_one_draft_at_once_exactly_one_wins
    operations_keep_their_numbers_and_their_parts
    a_draft_and_its_revision_are_published_together_or_not_at_all
    only_units_that_differ_are_compared_where_what_they_differ_from_is_stored
    ids_are_never_given_twice
    ids_that_drafts_have_taken_are_theirs_alone
    claims_end_by_themselves
    scheduled_drafts_come_by_their_moment
    whatever_is_in_a_draft_is_copied_with_the_store
}

fn now() -> DateTime<Utc> {
    "2026-12-01T08:00:00.123456Z".parse().unwrap()
}

fn new(title: &str) -> NewDraft {
    NewDraft {
        layer: "land".into(),
        title: title.into(),
        reason: "道路改线 \"引号\"".into(),
        document: Some("市府〔2026〕2号".into()),
        reverts: None,
        base: 1,
        author: "甲".into(),
        first: None,
        at: now(),
    }
}

fn change() -> Change {
    serde_json::from_value(json!({"layers": {"land": {"units": [
        {"id": 14, "fields": {"name": {"old": "单元14", "new": "新名"}}}
    ]}}}))
    .unwrap()
}

fn operation(seq: u64, part: Part) -> DraftOperation {
    let operation = json!({"layer": "land", "kind": "set_attributes", "unit": "450305001001001",
        "set": {"name": {"old": "单元14", "new": "新名"}}});
    DraftOperation {
        seq,
        operation: serde_json::from_value::<Operation>(operation).unwrap(),
        change: change(),
        part,
        made_by: "甲".into(),
        made_at: now(),
    }
}

fn event(kind: &str, comment: Option<&str>) -> DraftEvent {
    DraftEvent { kind: kind.into(), actor: "甲".into(), comment: comment.map(Into::into), made_at: now() }
}

fn write(draft: &Draft, change: impl FnOnce(&mut DraftWrite)) -> DraftWrite {
    let mut write = DraftWrite {
        id: draft.id,
        expected: draft.version,
        standing: draft.standing.clone(),
        operations: Vec::new(),
        events: Vec::new(),
        at: now() + TimeDelta::seconds(1),
    };
    change(&mut write);
    write
}

async fn begun(store: &Store) -> Draft {
    store.publish(&publication(None, &city())).await.unwrap();
    store.create_draft(&new("一")).await.unwrap()
}

async fn a_draft_comes_back_as_it_was_begun(store: &Store) {
    let draft = begun(store).await;
    assert_eq!((draft.id, draft.version, draft.standing.base), (1, 1, 1));
    assert_eq!(draft.standing.flow, Flow::new("甲"));
    let whole = store.draft(1).await.unwrap().unwrap();
    assert_eq!((&whole.draft, whole.operations.len()), (&draft, 0));
    assert_eq!(whole.trail, [event("created", None)]);
    let revert = NewDraft { first: Some((operation(1, Part::Done).operation, change())), ..new("二") };
    let second = store.create_draft(&NewDraft { reverts: Some(1), ..revert }).await.unwrap();
    assert_eq!((second.id, second.reverts), (2, Some(1)));
    assert_eq!(store.draft(2).await.unwrap().unwrap().operations, [operation(1, Part::Done)]);
    assert_eq!(store.drafts().await.unwrap(), [draft, second]);
    assert_eq!(store.draft(3).await.unwrap(), None);
    assert_eq!(store.draft(u64::MAX).await.unwrap(), None);
    assert_eq!(
        (store.draft_version(1).await.unwrap(), store.draft_version(9).await.unwrap()),
        (Some(1), None)
    );
}

async fn a_write_of_one_who_saw_another_version_changes_nothing(store: &Store) {
    let draft = begun(store).await;
    let first = write(&draft, |w| w.operations.push(operation(1, Part::Done)));
    assert_eq!(store.write_draft(&first).await.unwrap(), 2);
    let late = write(&draft, |w| {
        w.operations.push(operation(2, Part::Done));
        w.events.push(event("submitted", None));
    });
    let refused = store.write_draft(&late).await;
    assert!(matches!(refused, Err(StoreError::Stale { draft: 1, expected: 1, got: 2 })), "{refused:?}");
    let whole = store.draft(1).await.unwrap().unwrap();
    assert_eq!((whole.draft.version, whole.operations.len(), whole.trail.len()), (2, 1, 1));
    let nobody = write(&Draft { id: 9, ..draft }, |_| ());
    let refused = store.write_draft(&nobody).await;
    assert!(matches!(refused, Err(StoreError::Stale { draft: 9, got: 0, .. })), "{refused:?}");
}

async fn of_many_that_write_one_draft_at_once_exactly_one_wins(store: &Store) {
    let mut draft = begun(store).await;
    for round in 1..=6 {
        let writes: Vec<DraftWrite> =
            (0..4).map(|n| write(&draft, |w| w.events.push(event(&format!("{n}"), None)))).collect();
        let answers = futures::future::join_all(writes.iter().map(|w| store.write_draft(w))).await;
        assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
        let whole = store.draft(1).await.unwrap().unwrap();
        assert_eq!((whole.draft.version, whole.trail.len()), (round + 1, round as usize + 1));
        draft = whole.draft;
    }
}

async fn operations_keep_their_numbers_and_their_parts(store: &Store) {
    let draft = begun(store).await;
    let two = write(&draft, |w| w.operations = vec![operation(1, Part::Done), operation(2, Part::Done)]);
    store.write_draft(&two).await.unwrap();
    let draft = store.draft(1).await.unwrap().unwrap().draft;
    let undo = write(&draft, |w| w.operations = vec![operation(2, Part::Undone)]);
    store.write_draft(&undo).await.unwrap();
    let draft = store.draft(1).await.unwrap().unwrap().draft;
    let other = write(&draft, |w| w.operations = vec![operation(2, Part::Dropped), operation(3, Part::Done)]);
    store.write_draft(&other).await.unwrap();
    let operations = store.draft(1).await.unwrap().unwrap().operations;
    let expected = [operation(1, Part::Done), operation(2, Part::Dropped), operation(3, Part::Done)];
    assert_eq!(operations, expected);
}

fn approved() -> Flow {
    let hash = change().hash();
    let flow = Flow::new("甲").take(Step::Submit, hash, true).unwrap();
    flow.take(Step::Approve { by: "乙", change: hash }, hash, true).unwrap()
}

async fn a_draft_and_its_revision_are_published_together_or_not_at_all(store: &Store) {
    let draft = begun(store).await;
    let mut layers = city();
    layers[0].units[4].name = "新名".into();
    let published = approved().take(Step::Publish, change().hash(), true).unwrap();
    let lineage = Lineage::from([(id(3), id(4))]);
    let wrong = write(&draft, |w| (w.expected, w.standing.flow) = (7, published.clone()));
    let refused =
        store.publish_draft(&publication(Some(1), &layers), None, &lineage, &wrong, &json!({})).await;
    assert!(matches!(refused, Err(StoreError::Stale { .. })), "{refused:?}");
    assert_eq!(store.head().await.unwrap().unwrap().number, 1, "nothing of it is left");
    let right = write(&draft, |w| {
        w.standing.flow = published.clone();
        w.events.push(event("published", Some("好")));
    });
    let late = store.publish_draft(&publication(None, &layers), None, &lineage, &right, &json!({})).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
    assert_eq!(store.draft(1).await.unwrap().unwrap().draft, draft, "nothing of it is left");
    let (revision, _) = store
        .publish_draft(&publication(Some(1), &layers), None, &lineage, &right, &json!({}))
        .await
        .unwrap();
    let whole = store.draft(1).await.unwrap().unwrap();
    assert_eq!((revision.number, whole.draft.standing.published), (2, Some(2)));
    assert_eq!(whole.draft.standing.flow.stage(), Stage::Published);
    assert_eq!(whole.draft.standing.flow.approval().unwrap().change, change().hash());
    assert_eq!(store.lineage().await.unwrap(), [(2, id(3), id(4))]);
    assert_eq!(store.load(2).await.unwrap().layers, layers);
}

async fn only_units_that_differ_are_compared_where_what_they_differ_from_is_stored(store: &Store) {
    begun(store).await;
    let second = store.create_draft(&new("二")).await.unwrap();
    let mut layers = city();
    layers[0].units[4].name = "新名".into();
    let (told, not_told) = (layers[0].units[4].id, layers[0].units[3].id);
    layers[0].units[3].name = "没说的".into();
    let published = approved().take(Step::Publish, change().hash(), true).unwrap();
    let by = |draft: &Draft| write(draft, |w| w.standing.flow = published.clone());
    let units = [told].into();
    let names = |layers: &[wangge::snapshot::LayerSource]| {
        let name = |id| layers[0].units.iter().find(|u| u.id == id).unwrap().name.clone();
        (name(told), name(not_told))
    };
    // Whoever is silent of a unit finds it as it was: nothing but what was told is looked at.
    let differing = Differing { from: StateHash::of(&city()), units, next: None };
    let first = store.draft(1).await.unwrap().unwrap().draft;
    let next = publication(Some(1), &layers);
    store.publish_draft(&next, Some(&differing), &Lineage::new(), &by(&first), &json!({})).await.unwrap();
    let stored = store.load(2).await.unwrap().layers;
    assert_eq!(names(&stored), ("新名".into(), city()[0].units[3].name.clone()));
    // What differs from another state than the stored one says nothing: all is looked at.
    let next = publication(Some(2), &layers);
    store.publish_draft(&next, Some(&differing), &Lineage::new(), &by(&second), &json!({})).await.unwrap();
    assert_eq!(store.load(3).await.unwrap().layers, layers);
}

async fn ids_are_never_given_twice(store: &Store) {
    begun(store).await;
    assert_eq!(store.reserve_units(1, 2).await.unwrap(), [id(15), id(16)], "after the largest of the units");
    let (a, b) = tokio::join!(store.reserve_units(1, 3), store.reserve_units(1, 2));
    let mut all = [a.unwrap(), b.unwrap()].concat();
    all.sort_unstable();
    assert_eq!(all, (17..22).map(id).collect::<Vec<_>>());
    assert_eq!(store.reserve_units(1, 0).await.unwrap(), []);
}

/// An import goes on after the ids that drafts have taken; a publication that does not is refused whole.
async fn ids_that_drafts_have_taken_are_theirs_alone(store: &Store) {
    let draft = begun(store).await;
    let other = store.create_draft(&new("二")).await.unwrap();
    assert_eq!(store.last_unit_id().await.unwrap(), 14);
    assert_eq!(store.reserve_units(draft.id, 2).await.unwrap(), [id(15), id(16)]);
    assert_eq!(store.last_unit_id().await.unwrap(), 16);
    let stored = store.load(1).await.unwrap().layers;
    let rows = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"code": "新流域", "name": "新", "level": "city"}, "geometry": null},
    ]});
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.geojson");
    std::fs::write(&path, rows.to_string()).unwrap();
    let water = &stored[1].layer;
    let options = ReadOptions { crs: Some(Crs::Wgs84), table: None, levels: water.levels.clone() };
    let features = read::read(&path, &options).await.unwrap();
    let taken = store.last_unit_id().await.unwrap();
    let imported =
        import::draft(water, features, &Mapping::default(), Stored { layers: &stored, taken }).unwrap();
    assert_eq!(imported.source.units[0].id, id(17), "after those that are taken");
    let mut layers = city();
    let mut unit = layers[0].units[4].clone();
    (unit.id, unit.code) = (id(16), "450305001001999".try_into().unwrap());
    layers[0].units.push(unit);
    let refused = store.publish(&publication(Some(1), &layers)).await;
    let words = format!("{:?}", refused.unwrap_err());
    assert!(words.contains("unit id 16 is taken by draft 1"), "{words}");
    assert_eq!(store.head().await.unwrap().unwrap().number, 1);
    let published = approved().take(Step::Publish, change().hash(), true).unwrap();
    let by = |draft: &Draft| write(draft, |w| w.standing.flow = published.clone());
    let next = publication(Some(1), &layers);
    let stolen = store.publish_draft(&next, None, &Lineage::new(), &by(&other), &json!({})).await;
    assert!(matches!(stolen, Err(StoreError::Refused(_))), "{stolen:?}");
    let own = store.publish_draft(&next, None, &Lineage::new(), &by(&draft), &json!({})).await;
    assert_eq!(own.unwrap().0.number, 2, "whoever took it may use it");
}

async fn claims_end_by_themselves(store: &Store) {
    begun(store).await;
    let claim = |actor: &str, units: &[u64], minutes| Claim {
        draft: 1,
        actor: actor.into(),
        units: units.iter().copied().map(id).collect(),
        until: now() + TimeDelta::minutes(minutes),
    };
    store.claim(&claim("甲", &[3], 1), now()).await.unwrap();
    store.claim(&claim("乙", &[4], 5), now()).await.unwrap();
    store.claim(&claim("甲", &[3, 4], 2), now()).await.unwrap();
    let mut both = store.claims(now()).await.unwrap();
    both.sort_by_key(|c| c.until);
    assert_eq!(both, [claim("甲", &[3, 4], 2), claim("乙", &[4], 5)]);
    assert_eq!(store.claims(now() + TimeDelta::minutes(2)).await.unwrap(), [claim("乙", &[4], 5)]);
    store.claim(&claim("丙", &[], 9), now() + TimeDelta::minutes(6)).await.unwrap();
    assert_eq!(crate::store_constraints::count(store, "draft_claim").await, 1, "the others are forgotten");
}

async fn scheduled_drafts_come_by_their_moment(store: &Store) {
    begun(store).await;
    for (n, hours) in [(2, 5), (3, 1), (4, 5)] {
        let draft = store.create_draft(&new("x")).await.unwrap();
        let at = now() + TimeDelta::hours(hours);
        let scheduled = approved().take(Step::Schedule, change().hash(), true).unwrap();
        let standing = DraftStanding { flow: scheduled, scheduled_at: Some(at), ..draft.standing.clone() };
        assert_eq!(draft.id, n);
        store.write_draft(&write(&draft, |w| w.standing = standing)).await.unwrap();
    }
    let at = |hours| now() + TimeDelta::hours(hours);
    assert_eq!(store.scheduled_drafts().await.unwrap(), [(3, at(1)), (2, at(5)), (4, at(5))]);
}

async fn whatever_is_in_a_draft_is_copied_with_the_store(store: &Store) {
    let draft = begun(store).await;
    let drawn = write(&draft, |w| {
        w.operations = vec![operation(1, Part::Done), operation(2, Part::Undone)];
        w.events.push(event("returned", Some("再看")));
    });
    store.write_draft(&drawn).await.unwrap();
    store.reserve_units(1, 2).await.unwrap();
    let mut layers = city();
    layers[0].units[4].name = "新名".into();
    let second = store.create_draft(&new("二")).await.unwrap();
    let published = approved().take(Step::Publish, change().hash(), true).unwrap();
    let lineage = Lineage::from([(id(3), id(4))]);
    let last = write(&second, |w| w.standing.flow = published);
    store.publish_draft(&publication(Some(1), &layers), None, &lineage, &last, &json!({})).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy.gpkg");
    wangge::store::copy(store, path.as_path(), &mut |_| ()).await.unwrap();
    let copy = Store::open(path.as_path()).await.unwrap();
    for n in [1, 2] {
        assert_eq!(copy.draft(n).await.unwrap(), store.draft(n).await.unwrap(), "draft {n}");
    }
    assert_eq!(copy.lineage().await.unwrap(), store.lineage().await.unwrap());
    assert_eq!(copy.reserve_units(1, 1).await.unwrap(), store.reserve_units(1, 1).await.unwrap());
}
