//! A database that is stopped, killed, paused, demoted: nothing is lost in silence, and nobody waits long.

use crate::http::client::Client;
use crate::postgis::{self, Cluster};
use crate::square;
use crate::store_contract::{city, publication};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};
use wangge::app::App;
use wangge::app::access::Policy;
use wangge::http::{Setting, Site, router};
use wangge::store::{Location, Store, StoreError};

/// The bound that is promised for a call while the database says nothing: a ping, then one try to connect,
/// and that twice, on a machine that has other work.
const SOON: Duration = Duration::from_secs(20);

async fn fails_soon<T: std::fmt::Debug>(work: impl Future<Output = Result<T, StoreError>>) -> StoreError {
    let started = Instant::now();
    let error = work.await.unwrap_err();
    assert!(started.elapsed() < SOON, "{error} after {:?}", started.elapsed());
    error
}

/// An empty store in a server of its own.
async fn own_empty() -> (Cluster, Store) {
    let cluster = tokio::task::spawn_blocking(Cluster::start).await.unwrap();
    let store = Store::create(Location::parse(cluster.url("postgres")).unwrap()).await.unwrap();
    (cluster, store)
}

/// The same with a revision.
async fn own() -> (Cluster, Store) {
    let (cluster, store) = own_empty().await;
    store.publish(&publication(None, &city())).await.unwrap();
    (cluster, store)
}

async fn publishes(store: &Store) -> u64 {
    let head = store.head().await.unwrap().unwrap().number;
    store.publish(&publication(Some(head), &city())).await.unwrap().0.number
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_killed_and_paused_server_is_away_at_once_and_used_again_at_once() {
    let (mut cluster, store) = own().await;
    for round in 1..=2 {
        cluster.control(if round == 1 { "-m immediate stop" } else { "-m fast stop" });
        for error in
            [fails_soon(store.head()).await, fails_soon(store.posts()).await, fails_soon(store.load(1)).await]
        {
            assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
        }
        let layers = city();
        let next = publication(Some(round), &layers);
        assert!(matches!(fails_soon(store.publish(&next)).await, StoreError::Unreachable { .. }));
        cluster.control("start");
        assert_eq!(publishes(&store).await, round + 1);
    }
    cluster.signal("KILL");
    assert!(fails_soon(store.head()).await.is_passing());
    cluster.control("start");
    assert_eq!(publishes(&store).await, 4);
    cluster.signal("STOP");
    let started = Instant::now();
    let error = store.head().await.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert!(started.elapsed() < Duration::from_secs(4), "the head's own deadline: {:?}", started.elapsed());
    let layers = city();
    let next = publication(Some(4), &layers);
    assert!(fails_soon(store.publish(&next)).await.is_passing());
    assert!(fails_soon(store.replace_posts(&[])).await.is_passing());
    cluster.signal("CONT");
    assert_eq!(publishes(&store).await, 5);
    assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
}

/// A store in the shared server, and the name of its database.
async fn shared() -> (Store, String) {
    let name = postgis::database().await;
    let store = Store::create(Location::parse(postgis::shared_url(&name)).unwrap()).await.unwrap();
    store.publish(&publication(None, &city())).await.unwrap();
    (store, name)
}

/// Makes the server do something while a publication commits: after its last statement, before it confirms.
async fn at_commit(database: &str, body: &str) {
    let sql = format!(
        "create function wangge.at_commit() returns trigger language plpgsql as $$ begin {body} return null; end $$;
         create constraint trigger at_commit after insert on wangge.revision deferrable initially deferred
           for each row execute function wangge.at_commit()"
    );
    postgis::shared().sql(database, &sql).await;
}

#[tokio::test]
async fn a_commit_that_nobody_confirmed_is_told_as_unknown() {
    let (store, name) = shared().await;
    at_commit(&name, "perform pg_terminate_backend(pg_backend_pid());").await;
    let layers = city();
    let next = publication(Some(1), &layers);
    let error = store.publish(&next).await.unwrap_err();
    assert!(matches!(error, StoreError::OutcomeUnknown { .. }), "{error}");
    assert_eq!(store.head().await.unwrap().unwrap().number, 1, "here it was not done");
    postgis::shared().sql(&name, "drop trigger at_commit on wangge.revision").await;
    assert_eq!(publishes(&store).await, 2);
}

#[tokio::test]
async fn a_commit_that_the_server_refuses_is_known_not_to_be_done() {
    let (store, name) = shared().await;
    at_commit(&name, "raise exception 'not today';").await;
    let layers = city();
    let next = publication(Some(1), &layers);
    let error = store.publish(&next).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Database { .. }) && error.to_string().contains("not today"),
        "{error}"
    );
    assert_eq!(store.head().await.unwrap().unwrap().number, 1);
}

#[tokio::test]
async fn a_paused_commit_ends_in_time_as_unknown_and_may_have_been_done() {
    let (store, name) = shared().await;
    at_commit(&name, "set local statement_timeout = 0; perform pg_sleep(14);").await;
    let layers = city();
    let next = publication(Some(1), &layers);
    let error = fails_soon(store.publish(&next)).await;
    assert!(matches!(error, StoreError::OutcomeUnknown { .. }), "{error}");
}

#[tokio::test]
async fn connections_that_the_server_cut_are_not_used_again() {
    let (store, name) = shared().await;
    for round in 1..=3 {
        let cut = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' and pid <> pg_backend_pid()"
        );
        postgis::shared().sql("postgres", &cut).await;
        assert_eq!(store.head().await.unwrap().unwrap().number, round);
        postgis::shared().sql("postgres", &cut).await;
        assert_eq!(publishes(&store).await, round + 1);
    }
}

#[tokio::test]
async fn whoever_waits_too_long_for_another_one_is_told_that_it_is_busy() {
    let (store, name) = shared().await;
    let mut other = PgConnection::connect(&postgis::shared_url(&name)).await.unwrap();
    sqlx::raw_sql("begin; lock table wangge.revision in share row exclusive mode")
        .execute(&mut other)
        .await
        .unwrap();
    let layers = city();
    let next = publication(Some(1), &layers);
    let error = fails_soon(store.publish(&next)).await;
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    assert_eq!(store.load_head().await.unwrap().layers, layers, "readers go on");
    other.close().await.unwrap();
    assert_eq!(publishes(&store).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promoted_standby_is_found_and_the_old_primary_refused() {
    let (mut primary, store) = own().await;
    drop(store);
    let mut standby = primary.standby();
    let url = format!("postgres://wangge@{},{}/postgres", standby.host(), primary.host());
    let store = Store::open(Location::parse(&url).unwrap()).await.unwrap();
    assert_eq!(publishes(&store).await, 2, "the standby stands first, the primary decides");
    let of = |cluster: &Cluster| Location::parse(cluster.url("postgres")).unwrap();
    let alone = Store::open(of(&standby)).await.unwrap_err();
    assert!(alone.to_string().contains("is a standby"), "{alone}");
    // What the primary acknowledged has reached the standby before the primary goes.
    standby.catches_up_with(&primary).await;
    primary.control("-m immediate stop");
    assert!(matches!(fails_soon(store.head()).await, StoreError::Unreachable { .. }));
    standby.control("promote");
    assert_eq!(publishes(&store).await, 3);
    primary.control("start");
    standby.control("-m fast stop");
    let refused = fails_soon(store.head()).await;
    assert!(refused.to_string().contains("old primary"), "{refused}");
    standby.control("start");
    assert_eq!(publishes(&store).await, 4);
}

#[test]
fn lookups_go_on_while_the_database_is_away_and_the_past_is_told_to_wait() {
    let (site, mut cluster) = crate::http::client::wait(async {
        let (cluster, store) = own_empty().await;
        let layers = square::layers();
        store.publish(&publication(None, &layers)).await.unwrap();
        store.publish(&publication(Some(1), &layers)).await.unwrap();
        let app = App::open(store, Policy::default()).await.unwrap();
        (Site::new(app, Setting::default()), cluster)
    });
    let client = Client::of(router(site).unwrap(), "127.0.0.1:50000");
    let lookup = "/api/v1/locate?lon=110.0025&lat=25.0025&crs=wgs84";
    let past = "/api/v1/units?at=2026-11-23T09:00:00Z";
    assert_eq!(client.get(lookup).status, 200);
    cluster.control("-m immediate stop");
    assert_eq!(client.get(lookup).status, 200);
    let answer = client.get(past);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (503, Some("store_away")));
    assert_eq!(answer.header("retry-after"), "1");
    assert!(!answer.text().contains("wangge-postgis"), "where the store lies is nobody's business");
    cluster.control("start");
    assert_eq!(client.get(past).status, 200);
}

#[test]
fn a_client_is_told_whether_something_may_have_been_written() {
    let place = || Location::from("x");
    let reason = || "lost".to_owned();
    for (error, status, code) in [
        (StoreError::OutcomeUnknown { doing: "x", place: place(), reason: reason() }, 503, "outcome_unknown"),
        (StoreError::Interrupted { doing: "x", place: place(), reason: reason() }, 503, "store_away"),
        (StoreError::Unreachable { place: place(), reason: reason() }, 503, "store_away"),
        (StoreError::Busy { doing: "x", place: place(), reason: reason() }, 503, "store_away"),
        (StoreError::Full, 507, "disk_full"),
        (StoreError::Damaged("x".into()), 500, "internal"),
    ] {
        let problem = wangge::http::problem::Problem::from(error);
        let wire = String::from_utf8(problem.on_the_wire()).unwrap();
        assert!(wire.starts_with(&format!("HTTP/1.1 {status} ")), "{wire}");
        assert!(wire.contains(&format!("\"code\":\"{code}\"")), "{wire}");
        assert_eq!(wire.contains("retry-after: 1"), status == 503, "{wire}");
    }
}
