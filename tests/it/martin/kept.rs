//! The drawings stay true: whoever publishes, whatever they show is one revision.

use super::{cut, drawn, layers, publication};
use crate::postgis;
use crate::tiles::decode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wangge::app::access::Policy;
use wangge::app::{App, Published, draw_head};
use wangge::snapshot::LayerSource;
use wangge::store::{Drawings, Sitting, Store, StoreError};
use wangge::tile::TileCoord;

/// The tile over the middle of the town in which the names are asked for.
const TILE: TileCoord = TileCoord { z: 11, x: 1651, y: 877 };

fn names(tile: &[u8]) -> Vec<String> {
    decode(tile)["grid"].iter().map(|f| f.fields["name"].clone()).collect()
}

fn renamed(layers: &[LayerSource], to: &str) -> Vec<LayerSource> {
    let mut layers = layers.to_vec();
    for unit in layers[0].units.iter_mut().filter(|unit| unit.level.0 == 4) {
        unit.name = to.into();
    }
    layers
}

fn all(names: &[String], to: &str) -> bool {
    !names.is_empty() && names.iter().all(|name| name == to)
}

/// The town moved by a step that shows at every zoom.
fn moved(layers: &[LayerSource]) -> Vec<LayerSource> {
    let mut layers = renamed(layers, "移");
    let gone = layers[0].shapes.pop().unwrap().0;
    layers[0].units.retain(|unit| unit.id != gone);
    layers
}

async fn publish(store: &Store, layers: &[LayerSource]) -> u64 {
    let head = store.head().await.unwrap().map(|head| head.number);
    store.publish(&publication(head, layers)).await.unwrap().0.number
}

#[tokio::test]
async fn until_it_is_drawn_a_publication_changes_neither_ground_nor_words() {
    let first = layers(5);
    let (store, _, mut connection) = drawn(&first).await;
    let before = cut(&mut connection, TILE).await;
    assert!(!names(&before).is_empty(), "there are grids in that tile");
    publish(&store, &moved(&first)).await;
    assert!(before == cut(&mut connection, TILE).await, "all of the revision before");
    let done = draw_head(&store).await.unwrap();
    let Some(Sitting::Drawn { added, removed }) = done else { panic!("{done:?}") };
    let rows: i64 =
        sqlx::query_scalar("select count(*) from wangge.drawn").fetch_one(&mut connection).await.unwrap();
    assert!(
        added > 0 && removed > 0 && (added + removed) as i64 * 2 < rows,
        "{added} and {removed} of {rows}"
    );
    assert!(all(&names(&cut(&mut connection, TILE).await), "移"));
}

#[tokio::test]
async fn a_change_of_words_draws_nothing_and_shows_all_the_same() {
    let first = layers(5);
    let (store, _, mut connection) = drawn(&first).await;
    publish(&store, &renamed(&first, "新")).await;
    assert_eq!(draw_head(&store).await.unwrap(), Some(Sitting::Drawn { added: 0, removed: 0 }));
    assert!(all(&names(&cut(&mut connection, TILE).await), "新"));
    assert_eq!(store.drawings().await.unwrap(), Some(Drawings { revision: Some(2) }));
    assert_eq!(draw_head(&store).await.unwrap(), Some(Sitting::Shown));
}

#[tokio::test]
async fn of_several_who_draw_at_once_one_does_and_nobody_goes_back() {
    let first = layers(5);
    let (store, old, mut connection) = drawn(&first).await;
    publish(&store, &renamed(&first, "新")).await;
    let new = Published::new(store.load_head().await.unwrap()).unwrap();
    let sitter = new.sitter();
    let done = futures::future::join_all((0..4).map(|_| store.draw(&sitter))).await;
    let drew = done.iter().filter(|d| matches!(d, Ok(Sitting::Drawn { .. }))).count();
    let idle = done.iter().filter(|d| matches!(d, Ok(Sitting::Busy | Sitting::Shown))).count();
    assert_eq!((drew, idle), (1, 3), "{done:?}");
    assert_eq!(store.draw(&old.sitter()).await.unwrap(), Sitting::Shown);
    let mut stranger = old.sitter();
    stranger.revision.number = 3;
    assert_eq!(store.draw(&stranger).await.unwrap(), Sitting::Unknown, "the store has no such state");
    assert!(all(&names(&cut(&mut connection, TILE).await), "新"));
}

#[tokio::test]
async fn a_node_draws_what_another_one_published_and_a_tile_is_never_a_mixture() {
    let first = layers(5);
    let (store, _, mut connection) = drawn(&first).await;
    let app: Arc<App> = App::open(store.clone(), Policy::default()).await.unwrap();
    let follow = tokio::spawn(async move { app.follow().await });
    publish(&store, &moved(&first)).await;
    let started = Instant::now();
    let mut seen = Vec::new();
    while !all(&seen, "移") {
        assert!(started.elapsed() < Duration::from_mins(3), "{seen:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = names(&cut(&mut connection, TILE).await);
        assert!(all(&seen, "移") || !seen.contains(&"移".into()), "a mixture: {seen:?}");
    }
    println!("drawn {:?} after the publication", started.elapsed());
    follow.abort();
}

#[tokio::test]
async fn where_none_are_kept_nothing_is_drawn_and_a_file_keeps_none() {
    let (store, published, _) = drawn(&layers(5)).await;
    store.keep_drawings(false).await.unwrap();
    assert_eq!(store.draw(&published.sitter()).await.unwrap(), Sitting::NotKept);
    assert_eq!((draw_head(&store).await.unwrap(), store.drawings().await.unwrap()), (None, None));
    let folder = tempfile::tempdir().unwrap();
    let file = Store::create(&folder.path().join("x.gpkg")).await.unwrap();
    assert_eq!(file.drawings().await.unwrap(), None);
    let refused = file.keep_drawings(true).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unsupported { .. }), "{refused}");
}

#[tokio::test]
async fn whoever_may_only_look_at_tiles_sees_tiles_and_nothing_else() {
    let (store, ..) = drawn(&layers(5)).await;
    let name = store.place().to_string().rsplit('/').next().unwrap().to_owned();
    let cluster = postgis::shared();
    // What docs/operator.md tells to run; the role may be there from another test.
    let grants = "do $$ begin create role martin login; exception when duplicate_object then null; end $$;
        grant usage on schema wangge to martin;";
    cluster.sql(&name, grants).await;
    let url = postgis::shared_url(&name).replace("wangge@", "martin@");
    let mut martin = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
    assert!(!names(&cut(&mut martin, TILE).await).is_empty());
    for table in ["account", "post", "unit_version", "drawn"] {
        let ask = format!("select count(*) from wangge.{table}");
        let refused = sqlx::query(sqlx::AssertSqlSafe(ask)).fetch_one(&mut martin).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{table}: {refused}");
    }
}
