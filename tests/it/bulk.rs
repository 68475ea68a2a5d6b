//! Files of rows through `wangge locate`: every row accounted for, types kept, whole or not at all.

use crate::cli::{Desk, Said, village};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The second opinion on tables of columns, by pyarrow.
pub fn columns(words: &[&str], folder: &Path) -> String {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/columns.py");
    let run = Command::new("python3").arg(tool).args(words).current_dir(folder).output();
    let run = run.expect("python3: make test-tools");
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{words:?}: {said}");
    String::from_utf8(run.stdout).unwrap()
}

fn folder(desk: &Desk) -> PathBuf {
    desk.path("")
}

/// The names in a folder that are not there at rest.
fn left_over(desk: &Desk) -> Vec<String> {
    let names =
        std::fs::read_dir(folder(desk)).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.rsplit('.').next() == Some("part")).collect()
}

fn summary(said: &Said) -> &str {
    said.err.lines().last().unwrap()
}

#[test]
fn parquet_keeps_its_columns_with_their_types_and_every_row_is_accounted_for() {
    let desk = village();
    for packing in ["snappy", "zstd", "none"] {
        columns(&["write", "points.parquet", packing], &folder(&desk));
        let said = desk.good("locate points.parquet --crs wgs84 -o answers.parquet");
        let expected = "50000 rows: 8334 inside, 0 nearby, 8334 outside, 33332 unreadable \
            (3, 4, 5, 6, 9, 10, 11, 12, 15, 16, 17, 18, 21, 22, 23, 24, 27, 28, 29, 30 and 33312 more)";
        assert!(summary(&said).starts_with(expected), "{}", said.err);
        columns(&["same", "points.parquet", "answers.parquet"], &folder(&desk));
    }
    let shown = columns(&["show", "answers.parquet"], &folder(&desk));
    println!("{shown}");
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines.contains(&"8334\tinside\t999999001001001\t-\t-\t999999001001001\t-"), "{shown}");
    assert!(lines.contains(&"8334\toutside\t-\t-\t-\t-\t-"), "{shown}");
    assert!(lines.contains(&"8333\terror\t-\t-\t-\t-\tlon is missing"), "{shown}");
    assert_eq!(left_over(&desk), Vec::<String>::new());
}

#[test]
fn rows_go_from_each_format_to_each_and_are_counted_the_same() {
    let desk = village();
    desk.put("points.csv", "编号,lon,lat\n007,110.401,25.601\n008,110.5,25.7\n\n009,x,25\n");
    desk.put(
        "points.ndjson",
        "{\"id\":\"007\",\"lon\":110.401,\"lat\":25.601}\n{\"id\":8,\"lon\":110.5,\"lat\":25.7}\n\nx\n",
    );
    desk.good("locate points.csv --crs wgs84 -o points.parquet");
    // The answers are columns that a table of points must not have yet.
    let said = desk.run("locate points.parquet --crs wgs84 -o again.parquet");
    assert!(said.code == 1 && said.err.contains("the column outcome is one of the answer's"), "{}", said.err);
    for from in ["csv", "ndjson"] {
        for to in ["csv", "ndjson", "parquet"] {
            let said = desk.good(&format!("locate points.{from} --crs wgs84 -o {from}.{to}"));
            let expected = "3 rows: 1 inside, 0 nearby, 1 outside, 1 unreadable (";
            assert!(summary(&said).starts_with(expected), "{from} {to}: {}", said.err);
        }
        let shown = columns(&["show", &format!("{from}.parquet")], &folder(&desk));
        assert!(shown.contains("1\tinside\t999999001001001\t-\t-\t999999001001001\t-"), "{from}: {shown}");
    }
    let csv = std::fs::read_to_string(desk.path("ndjson.csv")).unwrap();
    assert!(
        csv.starts_with("id,outcome,land,water,police,responsible,error\n007,inside,999999001001001,"),
        "{csv}"
    );
    let ndjson = std::fs::read_to_string(desk.path("csv.ndjson")).unwrap();
    let first: serde_json::Value = serde_json::from_str(ndjson.lines().next().unwrap()).unwrap();
    assert_eq!((&first["编号"], &first["lon"]), (&"007".into(), &110.401.into()));
}

#[test]
fn parquet_goes_to_text_when_its_columns_are_plain() {
    let desk = village();
    columns(&["write", "points.parquet"], &folder(&desk));
    let said = desk.run("locate points.parquet --crs wgs84 -o answers.csv");
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("the column bytes holds") && said.err.contains("write Parquet"),
        "{}",
        said.err
    );
    columns(&["plain", "points.parquet", "plain.parquet"], &folder(&desk));
    desk.good("locate plain.parquet --crs wgs84 -o answers.csv");
    let csv = std::fs::read_to_string(desk.path("answers.csv")).unwrap();
    let mut lines = csv.lines();
    assert_eq!(
        lines.next(),
        Some(
            "编号,Lon,lat,text,large,kind,yes,small,money,day,time,clock,outcome,land,water,police,responsible,error"
        )
    );
    let expected = "0,110.401,25.601,\"第0号, \"\"x\"\"";
    assert_eq!(lines.next(), Some(expected));
    let expected = "=0\",,kind 0,true,-50,0.00,2026-01-01,2026-01-01T00:00:00Z,2026-01-01T00:00:00,\
        inside,999999001001001,,,999999001001001,";
    assert_eq!(lines.next(), Some(expected));
    desk.good("locate plain.parquet --crs wgs84 -o answers.ndjson");
    let text = std::fs::read_to_string(desk.path("answers.ndjson")).unwrap();
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["small"], &first["money"], &first["yes"]),
        (&(-50).into(), &"0.00".into(), &true.into())
    );
    assert_eq!(text.lines().count(), 50_000);
}

#[test]
fn what_cannot_be_is_said_before_anything_is_written() {
    let desk = village();
    desk.put("points.csv", "lon,lat\n110.401,25.601\n");
    desk.put("broken.parquet", "PAR1 and then nothing that is a footer PAR1");
    desk.put("empty.csv", "");
    for (line, code, word) in [
        ("locate broken.parquet --crs wgs84 -o answers.csv", 1, "the Parquet file is broken"),
        ("locate broken.parquet -o answers.csv", 2, "--crs is needed"),
        ("locate broken.parquet --crs wgs84", 2, "--out is needed"),
        ("locate - --format parquet --crs wgs84 -o answers.csv", 2, "not standard input"),
        ("locate points.csv --crs wgs84 -o answers.txt", 2, ".parquet"),
        ("locate points.csv --crs 4546 -o answers.csv", 1, "the column x"),
        ("locate empty.csv --crs wgs84 -o answers.parquet", 1, "there is nothing in it"),
        ("locate points.csv --crs wgs84 -o nowhere/answers.csv", 3, "nowhere"),
    ] {
        let said = desk.run(line);
        assert!(said.code == code && said.err.contains(word), "{line}: {} {}", said.code, said.err);
        assert!(!said.err.contains("panicked"), "{line}: {}", said.err);
    }
    let answers = ["answers.csv", "answers.txt", "answers.parquet"];
    assert!(answers.iter().all(|name| !desk.path(name).exists()));
    assert_eq!(left_over(&desk), Vec::<String>::new());
    desk.good("locate empty.csv --crs wgs84 -o answers.csv");
}

/// The file is sound up to its second row group, so the answers to the first are written by then.
#[test]
fn answers_appear_whole_or_not_at_all() {
    let desk = village();
    columns(&["write", "points.parquet"], &folder(&desk));
    desk.good("locate points.parquet --crs wgs84 -o answers.parquet");
    let before = std::fs::read(desk.path("answers.parquet")).unwrap();
    let mut bytes = std::fs::read(desk.path("points.parquet")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xff);
    std::fs::write(desk.path("points.parquet"), bytes).unwrap();
    let said = desk.run("locate points.parquet --crs wgs84 -o answers.parquet");
    assert!(said.code == 1 && said.err.contains("broken"), "{} {}", said.code, said.err);
    assert_eq!(std::fs::read(desk.path("answers.parquet")).unwrap(), before);
    assert_eq!(left_over(&desk), Vec::<String>::new());
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_the_same_for_ten_times_the_rows() {
    let desk = village();
    let peak = |rows: usize| {
        let line = |i| format!("{i},110.401,25.601,{}", "x".repeat(40));
        let text = (0..rows).map(line).collect::<Vec<_>>().join("\n");
        desk.put("points.csv", &format!("id,lon,lat,text\n{text}\n"));
        let peak_of = |line: &str| {
            let mut child = desk.command(line).stderr(std::process::Stdio::null()).spawn().unwrap();
            let mut peak = 0;
            while child.try_wait().unwrap().is_none() {
                let status =
                    std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
                let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let now = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
                peak = peak.max(now.unwrap_or(0));
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            assert!(child.wait().unwrap().success());
            peak
        };
        let csv = peak_of("locate points.csv --crs wgs84 -o answers.csv");
        desk.good("locate points.csv --crs wgs84 -o points.parquet");
        columns(&["strip", "points.parquet"], &folder(&desk));
        let parquet: u64 = peak_of("locate points.parquet --crs wgs84 -o answers.parquet");
        (csv, parquet)
    };
    let (few, many) = (peak(40_000), peak(400_000));
    println!("resident at most, in kB: {few:?} for 40,000 rows, {many:?} for 400,000 (csv, parquet)");
    assert!(many.0 < few.0 + 20_000, "{few:?} {many:?}");
    // A row group is held, packed, until it is full.
    assert!(many.1 < few.1 + 60_000, "{few:?} {many:?}");
}
