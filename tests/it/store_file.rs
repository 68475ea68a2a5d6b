//! The embedded store as a file: what other programs see, and what survives.

use crate::store_contract::{BACK_TO_SCHEMA_2, city, city_file, publication};
use sqlx::{Connection, SqliteConnection};
use std::path::Path;
use std::process::Command;
use wangge::store::{Store, StoreError};

async fn sql(path: &Path, statement: &'static str) {
    let mut connection = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// What `ogrinfo` says, or `None` where GDAL is not installed.
fn ogrinfo(arguments: &[&str]) -> Option<String> {
    let output = Command::new("ogrinfo").args(arguments).output();
    let Ok(output) = output else {
        eprintln!("GDAL is not installed: this second opinion was not heard");
        return None;
    };
    let said = [output.stdout, output.stderr].concat();
    Some(String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn gdal_opens_a_store_and_reads_its_shapes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.gpkg");
    city_file(&path).await.close().await;
    let Some(said) = ogrinfo(&["-ro", "-al", path.to_str().unwrap(), "unit_version", "-where", "code = 'b'"])
    else {
        return;
    };
    assert!(said.contains("MULTIPOLYGON (((110.0000007 25.0,110.0000016 25.0,"), "{said}");
    assert!(said.contains("Feature Count: 1") && said.contains("ID[\"EPSG\",4490]"), "{said}");
    for word in ["ERROR", "Warning", "not valid"] {
        assert!(!said.contains(word), "{said}");
    }
}

#[tokio::test]
async fn a_file_of_a_newer_schema_is_refused_with_both_versions_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.gpkg");
    city_file(&path).await.close().await;
    sql(&path, "insert into wangge_schema (version, name, written_by) values (99, 'x', '9.8.7')").await;
    let before = std::fs::read(&path).unwrap();
    let message = Store::open(&path).await.unwrap_err().to_string();
    for part in
        ["schema 99", "wangge 9.8.7", concat!("this is wangge ", env!("CARGO_PKG_VERSION")), "up to 4"]
    {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn an_older_file_is_backed_up_and_then_brought_forward() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.gpkg");
    city_file(&path).await.close().await;
    sql(&path, BACK_TO_SCHEMA_2).await;
    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.posts().await.unwrap(), []);
    assert_eq!(store.load(1).await.unwrap().layers, city());
    store.close().await;
    let kept = folder.path().join("city.schema-2.gpkg");
    let mut connection = SqliteConnection::connect(kept.to_str().unwrap()).await.unwrap();
    let version: i64 = sqlx::query_scalar("select max(version) from wangge_schema")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(version, 2);
}

#[tokio::test]
async fn what_is_no_store_is_refused_by_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let refusal = async |name: &str| Store::open(&at(name)).await.unwrap_err().to_string();
    assert!(refusal("none.gpkg").await.contains("no file"));
    std::fs::write(at("text.gpkg"), "this is a text and not a database, and it is long enough").unwrap();
    assert!(refusal("text.gpkg").await.contains("not a database"));
    std::fs::write(at("empty.gpkg"), "").unwrap();
    assert!(refusal("empty.gpkg").await.contains("application id 0x0"));
    city_file(&at("other.gpkg")).await.close().await;
    sql(&at("other.gpkg"), "drop table wangge_schema").await;
    assert!(refusal("other.gpkg").await.contains("wangge import"));
}

#[tokio::test]
async fn a_file_that_was_not_finished_does_not_appear() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/city.gpkg");
    let failed = Store::build(&path, async |store: &Store| {
        store.publish(&publication(None, &city())).await?;
        assert!(!path.exists(), "not before it is whole");
        Err(StoreError::Full)
    })
    .await;
    assert!(matches!(failed, Err(StoreError::Full)));
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0, "nothing is left");
    // As after a power cut: a partial file with a log lies about.
    std::fs::write(folder.path().join("new/city.gpkg.partial"), "half").unwrap();
    std::fs::write(folder.path().join("new/city.gpkg.partial-wal"), "half").unwrap();
    city_file(&path).await.close().await;
    let names: Vec<_> =
        std::fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["city.gpkg"]);
    let again = Store::create(&path).await.unwrap_err();
    assert!(matches!(again, StoreError::Exists(_)), "{again}");
}

#[tokio::test]
async fn a_backup_of_a_store_in_use_is_a_store_and_can_be_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("city.gpkg"), folder.path().join("copy.gpkg"));
    let store = city_file(&path).await;
    store.backup(&copy).await.unwrap();
    assert!(matches!(store.backup(&copy).await, Err(StoreError::Exists(_))));
    store.publish(&publication(Some(1), &city())).await.unwrap();
    let busy = Store::restore(&copy, &path).await;
    assert!(matches!(busy, Err(StoreError::InUse(_))), "{busy:?}");
    store.close().await;
    let kept = Store::restore(&copy, &path).await.unwrap().unwrap();
    let head = async |path: &Path| Store::open(path).await.unwrap().head().await.unwrap().unwrap().number;
    assert_eq!((head(&path).await, head(&kept).await), (1, 2));
}

#[tokio::test]
async fn a_damaged_backup_is_not_put_back_and_verify_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("city.gpkg"), folder.path().join("copy.gpkg"));
    let store = city_file(&path).await;
    store.backup(&copy).await.unwrap();
    store.close().await;
    sql(&copy, "update unit_version set name = '改' where code = 'b'").await;
    let findings = Store::open(&copy).await.unwrap().verify().await.unwrap();
    assert!(matches!(&findings[..], [one] if one.contains("state hash")), "{findings:?}");
    let refused = Store::restore(&copy, &path).await.unwrap_err();
    assert!(refused.to_string().contains("state hash"), "{refused}");
    sql(&path, "update unit_version set geom = x'4750000001' where code = 'b'").await;
    let findings = Store::open(&path).await.unwrap().verify().await.unwrap();
    assert!(matches!(&findings[..], [one] if one.contains("unit b of water")), "{findings:?}");
}

#[tokio::test]
async fn one_program_writes_a_store_and_any_number_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.gpkg");
    let store = city_file(&path).await;
    let second = Store::open(&path).await.unwrap_err();
    assert!(
        matches!(&second, StoreError::InUse(which) if which.to_string() == path.display().to_string()),
        "{second}"
    );
    let readers = [Store::open_to_read(&path).await.unwrap(), Store::open_to_read(&path).await.unwrap()];
    store.publish(&publication(Some(1), &city())).await.unwrap();
    for reader in readers {
        assert_eq!(reader.load_head().await.unwrap().revision.number, 2, "it sees what is published");
        let refused = reader.publish(&publication(Some(2), &city())).await.unwrap_err();
        assert!(matches!(refused, StoreError::OnlyRead(_)), "{refused}");
        let refused = reader.replace_posts(&[]).await.unwrap_err();
        assert!(matches!(refused, StoreError::OnlyRead(_)), "{refused}");
        reader.close().await;
    }
    store.close().await;
    Store::open(&path).await.unwrap().close().await;
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["city.gpkg"], "neither log nor lock is left");
}

#[tokio::test]
async fn an_older_file_is_not_brought_forward_under_its_writer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("city.gpkg");
    let store = city_file(&path).await;
    sql(&path, BACK_TO_SCHEMA_2).await;
    let refused = Store::open_to_read(&path).await.unwrap_err();
    assert!(matches!(refused, StoreError::InUse(_)), "{refused}");
    store.close().await;
    let reader = Store::open_to_read(&path).await.unwrap();
    assert_eq!(reader.posts().await.unwrap(), []);
}
