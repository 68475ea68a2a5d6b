//! What every store promises of what stands beside the revisions: the posts of a unit, and reference lines.

use crate::store_contract::{another, city, id, post, publication};
use crate::store_people::act;
use wangge::geom::Point;
use wangge::store::{Store, StoreError, copy};
use wangge::unit::{Reference, ReferenceLine, posts_tag};

promises! {
    the_posts_of_one_unit_are_set_by_who_saw_them
    reference_lines_are_replaced_by_name_and_come_back_exactly
    a_copy_takes_reference_lines_along
}

async fn the_posts_of_one_unit_are_set_by_who_saw_them(store: &Store) {
    store.publish(&publication(None, &city())).await.unwrap();
    let others = post(4, "辅警", None);
    store.replace_posts(std::slice::from_ref(&others)).await.unwrap();
    let act = |action| act(action, "water:a");
    let (one, two) = (vec![post(3, "民警", Some(("示例", Some("000"))))], vec![post(3, "辅警", None); 2]);
    let none = posts_tag(&[]);
    store.set_posts(id(3), &none, &one, &act("posts.set")).await.unwrap();
    let late = store.set_posts(id(3), &none, &two, &act("posts.set")).await;
    assert!(matches!(late, Err(StoreError::PostsChanged(unit)) if unit == id(3)), "{late:?}");
    assert_eq!(store.posts().await.unwrap(), [one.clone(), vec![others.clone()]].concat());
    store.set_posts(id(3), &posts_tag(&one), &one, &act("posts.set")).await.unwrap();
    assert_eq!(store.audit_head().await.unwrap(), 1, "what changes nothing is not written down");
    let other = another(store).await;
    let seen = posts_tag(&one);
    let (set, cleared) = (act("posts.set"), act("posts.set"));
    let (a, b) = tokio::join!(
        store.set_posts(id(3), &seen, &two, &set),
        other.set_posts(id(3), &seen, &[], &cleared),
    );
    assert!(a.is_ok() != b.is_ok(), "of two that saw the same, one is told: {a:?} {b:?}");
    assert_eq!(store.audit_head().await.unwrap(), 2);
    let unknown = store.set_posts(id(77), &none, &[post(77, "x", None)], &act("posts.set")).await;
    assert!(unknown.is_err(), "no such unit");
    store.import_posts(&one, &act("posts.imported")).await.unwrap();
    assert_eq!(store.posts().await.unwrap(), one);
    let told: Vec<String> = store.audit(0, 9).await.unwrap().into_iter().map(|entry| entry.action).collect();
    assert_eq!(told, ["posts.set", "posts.set", "posts.imported"]);
}

async fn reference_lines_are_replaced_by_name_and_come_back_exactly(store: &Store) {
    store.publish(&publication(None, &city())).await.unwrap();
    assert_eq!(store.references().await.unwrap(), []);
    let set = |name: &str, lines: &[(&str, &[(i32, i32)])]| Reference {
        name: name.into(),
        source: "x.geojson".into(),
        imported_at: "2026-11-27T08:00:00.123456Z".parse().unwrap(),
        lines: lines
            .iter()
            .map(|(name, points)| {
                let points = points.iter().map(|&(x, y)| Point::new(x, y)).collect();
                ReferenceLine::new((!name.is_empty()).then(|| (*name).into()), points).unwrap()
            })
            .collect(),
    };
    let east = 1_800_000_000;
    let roads = set("道路", &[("解放路", &[(-east, 1), (7, 899_999_999), (7, 3)]), ("", &[(0, 0), (1, 1)])]);
    let rivers =
        set("a河", &[("漓江", &[(1_102_900_001, 252_700_003), (5, 5), (1_102_900_001, 252_700_003)])]);
    let act = |action| act(action, "道路");
    assert!(!store.put_reference(&roads, &act("reference.imported")).await.unwrap());
    assert!(!store.put_reference(&rivers, &act("reference.imported")).await.unwrap());
    assert_eq!(store.references().await.unwrap(), [rivers.clone(), roads.clone()], "by name");
    let fewer = set("道路", &[("", &[(0, 0), (2, 2)])]);
    assert!(store.put_reference(&fewer, &act("reference.imported")).await.unwrap());
    assert_eq!(store.references().await.unwrap(), [rivers.clone(), fewer]);
    store.remove_reference("道路", &act("reference.removed")).await.unwrap();
    let gone = store.remove_reference("道路", &act("reference.removed")).await;
    assert!(matches!(&gone, Err(StoreError::Refused(why)) if why[0].contains("道路")), "{gone:?}");
    assert_eq!(store.references().await.unwrap(), [rivers]);
    assert_eq!(store.audit_head().await.unwrap(), 4, "each with an entry of the audit");
}

async fn a_copy_takes_reference_lines_along(store: &Store) {
    store.publish(&publication(None, &city())).await.unwrap();
    let line = ReferenceLine::new(Some("漓江".into()), vec![Point::new(1, 2), Point::new(3, 4)]).unwrap();
    let imported_at = "2026-11-27T08:00:00Z".parse().unwrap();
    let river = Reference { name: "河".into(), source: "x".into(), imported_at, lines: vec![line] };
    store.put_reference(&river, &act("reference.imported", "河")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("copy.gpkg");
    copy(store, &place, &mut |_| ()).await.unwrap();
    assert_eq!(Store::open(&place).await.unwrap().references().await.unwrap(), [river]);
}
