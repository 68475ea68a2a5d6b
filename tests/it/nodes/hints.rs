//! What a store tells whoever follows it.

use crate::postgis;
use crate::store_contract::{city, publication};
use std::time::Duration;
use tokio::time::timeout;
use wangge::store::{Location, Store, StoreError};

const LONG: Duration = Duration::from_secs(20);

async fn publish(store: &Store) {
    let prev = store.head().await.unwrap().map(|head| head.number);
    store.publish(&publication(prev, &city())).await.unwrap();
}

#[tokio::test]
async fn a_publication_is_hinted_at_when_it_commits_and_not_before() {
    let database = postgis::database().await;
    let place = Location::parse(postgis::shared_url(&database)).unwrap();
    let store = Store::create(&place).await.unwrap();
    let mut hints = Store::open(&place).await.unwrap().hints().await.unwrap();
    let layers = city();
    let broken = store.publish(&publication(Some(7), &layers)).await;
    assert!(matches!(broken, Err(StoreError::Conflict { .. })));
    publish(&store).await;
    timeout(LONG, hints.next()).await.unwrap().unwrap();
    assert!(timeout(Duration::from_millis(300), hints.next()).await.is_err(), "one publication, one hint");
    let cut = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}' and query ilike 'listen%'"
    );
    let mut hints = store.hints().await.unwrap();
    postgis::shared().sql("postgres", &cut).await;
    let lost = timeout(LONG, hints.next()).await.unwrap().unwrap_err();
    assert!(lost.is_passing(), "{lost}");
}

#[tokio::test]
async fn a_file_hints_at_nothing_and_one_opened_to_read_takes_no_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.gpkg");
    let store = Store::create(&path).await.unwrap();
    publish(&store).await;
    let reader = Store::open_to_read(&path).await.unwrap();
    let mut hints = reader.hints().await.unwrap();
    assert!(timeout(Duration::from_millis(100), hints.next()).await.is_err());
    assert!(!reader.pulse().await.unwrap().writable);
}

#[tokio::test]
async fn a_database_that_is_opened_later_is_looked_at_before_its_first_use() {
    let place = Location::parse(postgis::shared_url(&postgis::database().await)).unwrap();
    let store = Store::open_later(&place).await.unwrap();
    assert!(matches!(store.pulse().await, Err(StoreError::Missing(_))));
    assert!(matches!(store.load(1).await, Err(StoreError::Missing(_))));
    publish(&Store::create(&place).await.unwrap()).await;
    assert_eq!(store.load(1).await.unwrap().layers, city(), "the same value, once there is a store");
    let sql = "insert into wangge.wangge_schema (version, name, written_by) values (99, 'x', '9.8.7')";
    let Location::Database(address) = &place else { panic!("it is a database") };
    postgis::shared().sql(address.database(), sql).await;
    assert!(store.pulse().await.is_ok(), "it was looked at once");
    let later = Store::open_later(&place).await.unwrap();
    assert!(matches!(later.pulse().await, Err(StoreError::Newer { .. })));
    assert!(matches!(later.replace_posts(&[]).await, Err(StoreError::Newer { .. })));
}
