//! The PostGIS store as a database: what other programs see, and how it appears.

use crate::postgis;
use crate::store_constraints::{Beside, count};
use crate::store_contract::{back_to_schema, city, publication};
use sqlx::{Connection, PgConnection, Row};
use wangge::store::{Location, Store, StoreError};

async fn stored() -> (Store, PgConnection) {
    let name = postgis::database().await;
    let url = postgis::shared_url(&name);
    let store = Store::create(Location::parse(&url).unwrap()).await.unwrap();
    store.publish(&publication(None, &city())).await.unwrap();
    (store, PgConnection::connect(&url).await.unwrap())
}

#[tokio::test]
async fn postgis_itself_reads_the_shapes_and_finds_them_valid() {
    let (_store, mut connection) = stored().await;
    let row = sqlx::query(
        "select st_astext(geom, 7), st_srid(geom), st_isvalid(geom), st_geometrytype(geom),
           encode(st_asewkb(geom), 'hex')
         from wangge.unit_version where code = 'b'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    let text: &str = row.get(0);
    assert!(text.starts_with("MULTIPOLYGON(((110.0000007 25,110.0000016 25,"), "{text}");
    assert_eq!((row.get(1), row.get(2), row.get(3)), (4490, true, "ST_MultiPolygon"));
    let hex: &str = row.get(4);
    assert!(hex.starts_with("01060000208a110000"), "little-endian, with the number 4490: {hex}");
    let columns: i64 = sqlx::query("select count(*) from geometry_columns where srid = 4490 and type = 'MULTIPOLYGON' and f_table_schema = 'wangge'")
        .fetch_one(&mut connection).await.unwrap().get(0);
    assert_eq!(columns, 2);
}

#[tokio::test]
async fn a_store_is_made_in_a_database_that_has_no_postgis_yet() {
    let cluster = postgis::shared();
    cluster.sql("postgres", "create database bare").await;
    cluster.sql("postgres", "create role guest login").await;
    cluster.sql("postgres", "create database barred owner guest").await;
    let place = Location::parse(cluster.url("bare")).unwrap();
    assert!(!Store::exists(&place).await.unwrap());
    let missing = Store::open(&place).await.unwrap_err().to_string();
    assert!(missing.contains("no store in that database") && missing.contains("/bare"), "{missing}");
    Store::create(&place).await.unwrap().publish(&publication(None, &city())).await.unwrap();
    let barred = cluster.url("barred").replace("wangge@", "guest:geheim@");
    let refused = Store::create(Location::parse(barred).unwrap()).await.unwrap_err().to_string();
    assert!(refused.contains("create extension postgis") && !refused.contains("geheim"), "{refused}");
}

#[tokio::test]
async fn a_store_of_a_newer_schema_is_refused_with_both_versions_and_left_alone() {
    let (store, _) = stored().await;
    let mut beside = Beside::open(&store).await;
    beside
        .run("insert into wangge_schema (version, name, written_by) values (99, 'x', '9.8.7')")
        .await
        .unwrap();
    let steps = count(&store, "wangge_schema").await;
    let message = Store::open(store.place()).await.unwrap_err().to_string();
    for part in ["schema 99", "wangge 9.8.7", concat!("this is wangge ", env!("CARGO_PKG_VERSION")), "up to "]
    {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(count(&store, "wangge_schema").await, steps);
}

#[tokio::test]
async fn an_older_store_is_brought_forward_by_one_of_those_who_open_it_at_once() {
    let (store, _) = stored().await;
    let mut beside = Beside::open(&store).await;
    beside.run(&back_to_schema("postgis", 2)).await.unwrap();
    let place = store.place();
    let opened = futures::future::join_all((0..4).map(|_| Store::open(&place))).await;
    for other in opened {
        let other = other.unwrap();
        assert_eq!(other.posts().await.unwrap(), []);
        assert_eq!(other.load(1).await.unwrap().layers, city());
    }
}

#[tokio::test]
async fn a_store_that_was_not_finished_does_not_appear_and_is_swept_away() {
    let place = postgis::place().await;
    let failed = Store::build(&place, async |store: &Store| {
        store.publish(&publication(None, &city())).await?;
        assert!(!Store::exists(&place).await?, "not before it is whole");
        let second = Store::create(&place).await.unwrap_err();
        assert!(matches!(second, StoreError::InUse(_)), "{second}");
        Err(StoreError::Full)
    })
    .await;
    assert!(matches!(failed, Err(StoreError::Full)));
    assert!(!Store::exists(&place).await.unwrap());
    let store = Store::create(&place).await.unwrap();
    // As after a power cut: a half built one lies about.
    let mut beside = Beside::open(&store).await;
    beside
        .run(
            "drop schema wangge cascade; create schema wangge_partial; create table wangge_partial.x (y int)",
        )
        .await
        .unwrap();
    let store = Store::create(&place).await.unwrap();
    let schemas = "select count(*) from pg_namespace where nspname like 'wangge%'";
    assert_eq!(beside.number(schemas).await, 1);
    assert_eq!(store.head().await.unwrap(), None);
}

#[tokio::test]
async fn a_publication_is_told_to_whoever_listens() {
    let (store, _) = stored().await;
    let Location::Database(address) = store.place() else { panic!("it is one") };
    let name = address.to_string().rsplit('/').next().unwrap().to_owned();
    let mut listener = sqlx::postgres::PgListener::connect(&postgis::shared_url(&name)).await.unwrap();
    listener.listen("wangge_revision").await.unwrap();
    store.publish(&publication(Some(1), &city())).await.unwrap();
    assert_eq!(listener.recv().await.unwrap().payload(), "2");
}

#[tokio::test]
async fn a_damaged_state_is_found_by_verify() {
    let (store, _) = stored().await;
    let mut beside = Beside::open(&store).await;
    beside.run("update unit_version set name = '改' where code = 'b'").await.unwrap();
    let findings = store.verify().await.unwrap();
    assert!(
        matches!(&findings[..], [one] if one.contains("revision 1: expected the state hash")),
        "{findings:?}"
    );
    beside.run("update unit_version set level = 'x' where code = 'b'").await.unwrap();
    let findings = store.verify().await.unwrap();
    assert!(matches!(&findings[..], [one] if one.contains("unit b of water")), "{findings:?}");
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_told_without_its_password() {
    for (url, said) in [
        ("postgres://wangge:geheim@127.0.0.1:1/city", "127.0.0.1:1"),
        ("postgres://wangge:geheim@%2Fnone:1,127.0.0.1:1/city", "/none:1"),
        (&postgis::shared_url("nobody").replace("wangge@", "wangge:geheim@"), "nobody"),
        (&postgis::shared_url("postgres").replace("wangge@", "stranger:geheim@"), "stranger"),
    ] {
        let error = Store::open(Location::parse(url).unwrap()).await.unwrap_err();
        let (shown, debug) = (error.to_string(), format!("{error:?}"));
        assert!(shown.contains(said), "{shown}");
        assert!(!shown.contains("geheim") && !debug.contains("geheim"), "{shown} {debug}");
    }
}
