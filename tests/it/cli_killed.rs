//! What is left when the process is killed in the middle of a write.

use std::fmt::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A town of `n` by `n` square grids; `name` goes into each, so that two towns differ everywhere.
fn town(n: i32, name: &str) -> String {
    let mut text = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    for (code, level, parent) in [("1", "city", "null"), ("2", "county", "\"1\""), ("3", "township", "\"2\"")]
    {
        write!(
            text,
            "{{\"type\":\"Feature\",\"geometry\":null,\"properties\":{{\"code\":\"{code}\",\"level\":\"{level}\",\"parent\":{parent}}}}},"
        )
        .unwrap();
    }
    text.push_str(
        "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"code\":\"4\",\"level\":\"village\",\"parent\":\"3\"}}",
    );
    for i in 0..n * n {
        let (w, s) = (110.0 + f64::from(i % n) * 0.001, 25.0 + f64::from(i / n) * 0.001);
        let (e, n) = (110.0 + f64::from(i % n + 1) * 0.001, 25.0 + f64::from(i / n + 1) * 0.001);
        write!(
            text,
            ",{{\"type\":\"Feature\",\"properties\":{{\"code\":\"g{i}\",\"name\":\"{name}{i}\",\"level\":\"grid\",\"parent\":\"4\"}},\
             \"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{w:.3},{s:.3}],[{e:.3},{s:.3}],[{e:.3},{n:.3}],[{w:.3},{n:.3}],[{w:.3},{s:.3}]]]}}}}"
        )
        .unwrap();
    }
    text.push_str("]}");
    text
}

fn wangge(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
    command.args(line.split(' ')).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn succeeds(folder: &Path, line: &str) {
    assert!(wangge(folder, line).status().unwrap().success(), "{line}");
}

/// Kills a child as soon as something is so; whether it was still running then.
fn kill_when(mut child: Child, so: impl Fn() -> bool) -> bool {
    let running = loop {
        if child.try_wait().unwrap().is_some() {
            break false;
        }
        if so() {
            break true;
        }
        std::thread::yield_now();
    };
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

#[test]
fn a_first_import_that_is_killed_leaves_no_store_and_the_next_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let (path, partial) = (folder.path().join("t.gpkg"), folder.path().join("t.gpkg.partial"));
    std::fs::write(folder.path().join("a.geojson"), town(40, "a")).unwrap();
    let import = "import a.geojson --layer land --database t.gpkg";
    let killed = kill_when(wangge(folder.path(), import).spawn().unwrap(), || partial.exists());
    assert!(killed && partial.exists() && !path.exists(), "the kill came while the file was being made");
    succeeds(folder.path(), import);
    succeeds(folder.path(), "verify t.gpkg");
    assert!(!partial.exists());
}

#[test]
fn a_later_import_that_is_killed_leaves_the_revision_before_or_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let wal = folder.path().join("t.gpkg-wal");
    std::fs::write(folder.path().join("a.geojson"), town(40, "a")).unwrap();
    std::fs::write(folder.path().join("b.geojson"), town(40, "b")).unwrap();
    succeeds(folder.path(), "import a.geojson --layer land --database t.gpkg");
    let mut killed = 0;
    for (round, least) in [0, 1, 100_000, 300_000].into_iter().enumerate() {
        let name = if round % 2 == 0 { "b" } else { "a" };
        let line = format!("import {name}.geojson --layer land --database t.gpkg");
        let long = || std::fs::metadata(&wal).is_ok_and(|m| m.len() >= least);
        killed += u32::from(kill_when(wangge(folder.path(), &line).spawn().unwrap(), long));
        succeeds(folder.path(), "verify t.gpkg");
        succeeds(folder.path(), "check t.gpkg");
    }
    assert!(killed > 0, "no kill came in time, so this showed nothing");
}
