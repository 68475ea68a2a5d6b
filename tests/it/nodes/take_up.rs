//! One server's way from the state in force to the next.

use crate::http::client::{Client, wait};
use crate::postgis;
use crate::square;
use futures::future::join_all;
use std::sync::Arc;
use wangge::app::access::Policy;
use wangge::app::{App, Published};
use wangge::http::{Setting, Site, router};
use wangge::snapshot::LayerSource;
use wangge::store::{Location, Publication, Store};
use wangge::unit::{Attributes, Code};

/// The town with another name for its first grid.
fn renamed(round: u64) -> Vec<LayerSource> {
    let mut layers = square::layers();
    layers[0].units[5].name = format!("第{round}次改名");
    layers
}

async fn publish(store: &Store) -> u64 {
    let prev = store.head().await.unwrap().map(|head| head.number);
    let next = prev.map_or(1, |number| number + 1);
    let layers = renamed(next);
    let effective_from = square::revision().effective_from + chrono::TimeDelta::days(next as i64);
    let publication =
        Publication { prev, effective_from, note: None, attributes: Attributes::new(), layers: &layers };
    store.publish(&publication).await.unwrap().0.number
}

fn name(published: &Published) -> String {
    published.unit("land", &Code::try_from("g1").unwrap()).unwrap().unit.name.clone()
}

/// A store of either kind with one revision; what it needs to stay lives as long as the second.
async fn stores() -> Vec<(Store, tempfile::TempDir)> {
    let file = tempfile::tempdir().unwrap();
    let places = [Location::from(&file.path().join("town.gpkg")), postgis::place().await];
    let mut stores = Vec::new();
    for (place, folder) in places.into_iter().zip([file, tempfile::tempdir().unwrap()]) {
        let store = Store::create(place).await.unwrap();
        publish(&store).await;
        stores.push((store, folder));
    }
    stores
}

#[test]
fn what_another_one_published_is_taken_up_once_and_the_state_before_is_kept() {
    wait(async {
        for (store, _folder) in stores().await {
            let app = App::open(store.clone(), Policy::default()).await.unwrap();
            assert_eq!(app.take_up().await.unwrap(), None, "nothing is new");
            let before = app.published();
            publish(&store).await;
            assert_eq!(publish(&store).await, 3);
            let taken = join_all((0..8).map(|_| app.take_up())).await;
            let taken: Vec<u64> = taken.into_iter().filter_map(|t| Some(t.unwrap()?.number)).collect();
            assert_eq!(taken, [3], "one of the eight did the work, and left out what is past already");
            let now = app.published();
            assert_eq!((name(&before).as_str(), name(&now).as_str()), ("第1次改名", "第3次改名"));
            let known: Vec<u64> = now.revisions.iter().map(|r| r.number).collect();
            assert_eq!(known, [1, 2, 3]);
            let of_then = app.published_at(Some(before.revision().effective_from)).await.unwrap();
            assert!(Arc::ptr_eq(&of_then, &before), "it is not loaded again");
            let between = app.published_at(Some(now.revisions[1].effective_from)).await.unwrap();
            assert_eq!(name(&between), "第2次改名");
        }
    });
}

#[test]
fn a_state_in_force_is_never_replaced_by_an_older_one_or_by_itself() {
    wait(async {
        let (store, _folder) = stores().await.remove(0);
        let app = App::open(store.clone(), Policy::default()).await.unwrap();
        publish(&store).await;
        let build = async |number| Published::new(store.load(number).await.unwrap()).unwrap();
        assert!(app.swap(build(2).await), "whoever published it has it built");
        for old in [1, 2] {
            assert!(!app.swap(build(old).await));
        }
        assert_eq!(app.take_up().await.unwrap(), None);
        assert_eq!(name(&app.published()), "第2次改名");
    });
}

#[test]
fn a_failure_leaves_the_state_in_force() {
    wait(async {
        let (store, _folder) = stores().await.remove(0);
        let app = App::open(store.clone(), Policy::default()).await.unwrap();
        publish(&store).await;
        store.close().await;
        app.take_up().await.unwrap_err();
        assert_eq!(name(&app.published()), "第1次改名");
    });
}

#[test]
fn tiles_lists_and_units_are_of_the_new_revision_from_then_on() {
    let (store, _folder) = wait(stores()).remove(0);
    let app = wait(App::open(store.clone(), Policy::default())).unwrap();
    let client = Client::of(router(Site::new(app.clone(), Setting::default())).unwrap(), "127.0.0.1:50000");
    let (tile, list) = ("/tiles/grid/14/13198/7016.mvt", "/api/v1/units?layer=land&level=grid&limit=2");
    let (first, page) = (client.get(tile), client.get(list).json());
    wait(async {
        publish(&store).await;
        app.take_up().await.unwrap();
    });
    let second = client.get(tile);
    assert_ne!(first.header("etag"), second.header("etag"));
    assert_ne!(first.body, second.body);
    assert_eq!(client.get("/api/v1/revisions").json()["total"], 2);
    assert_eq!(client.get("/api/v1/revisions/2").json()["current"], true);
    assert_eq!(client.get("/api/v1/units/land/g1").json()["properties"]["name"], "第2次改名");
    let rest = client.get(&format!("{list}&cursor={}", page["next"].as_str().unwrap())).json();
    assert!(rest["next"].is_null() && rest["items"].as_array().unwrap().len() == 2, "{rest}");
    let pinned = client.get(&tile.replace("grid/", &format!("grid/1-{}/", wangge::tile::RENDER_VERSION)));
    assert_eq!(pinned.body, first.body, "the old revision's tiles stay what they were");
}
