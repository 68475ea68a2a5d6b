//! The command line as a person uses it: processes, files and exit codes.

use serde_json::Value;
use std::fs::Permissions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder in which `wangge` runs.
pub struct Desk(tempfile::TempDir);

/// How a command ended, and what it said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wangge"));
        command.args(line.split_whitespace()).current_dir(self.0.path());
        command
    }

    /// Runs a line; words are split at spaces.
    pub fn run(&self, line: &str) -> Said {
        self.command(line).output().unwrap().into()
    }

    /// Runs a line that must succeed.
    pub fn good(&self, line: &str) -> Said {
        let said = self.run(line);
        assert_eq!(said.code, 0, "{line}: {}{}", said.out, said.err);
        said
    }

    pub fn feed(&self, line: &str, input: &str) -> Said {
        let mut child = self
            .command(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }
}

pub fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("geodata/samples").join(name).display().to_string()
}

/// A desk whose `data/wangge.gpkg` holds the clean sample village.
pub fn village() -> Desk {
    let desk = Desk::new();
    desk.good(&format!("import {} --layer land --crs wgs84", sample("clean.geojson")));
    desk
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_clean_village_is_imported_and_its_points_are_located() {
    let desk = village();
    let answer = json(&desk.good("locate 110.401 25.601 --crs wgs84").out);
    assert_eq!(answer["land"]["code"], "999999001001001");
    assert_eq!((&answer["outcome"], &answer["revision"]), (&"inside".into(), &1.into()));
    assert_eq!(answer["land"]["chain"].as_array().unwrap().len(), 5);
    let again = desk.good(&format!("import {} --layer land", sample("clean.geojson")));
    assert!(again.err.contains("nothing changed") && again.err.contains("RFC 7946"), "{}", again.err);
    assert!(desk.good("verify").err.contains("1 revisions, all as published"));
    assert_eq!(desk.run("check data/wangge.gpkg").code, 0);
}

#[test]
fn a_defective_village_is_refused_with_all_its_defects_and_nothing_is_written() {
    let desk = Desk::new();
    let line = format!("import {} --layer land --crs wgs84", sample("defects.geojson"));
    let said = desk.run(&line);
    assert_eq!(said.code, 1);
    for kind in ["self_crossing", "overlap", "gap", "duplicate_code", "wrong_parent"] {
        assert!(said.err.contains(&format!("error: {kind}")), "{kind}: {}", said.err);
    }
    assert!(said.err.contains("nothing was written"));
    assert!(!desk.path("data").exists(), "not even a folder");
}

#[test]
fn check_tells_the_same_as_json_and_as_features() {
    let desk = Desk::new();
    let line =
        format!("check {} --layer land --crs wgs84 --json --geojson d.geojson", sample("defects.geojson"));
    let said = desk.run(&line);
    assert_eq!(said.code, 1);
    let report = json(&said.out);
    let defects = report["layers"][0]["defects"].as_array().unwrap();
    assert_eq!(
        report["layers"][0]["errors"].as_u64().unwrap(),
        defects.iter().filter(|d| d["severity"] == "error").count() as u64
    );
    let features = json(&std::fs::read_to_string(desk.path("d.geojson")).unwrap());
    assert_eq!(features["features"].as_array().unwrap().len(), defects.len());
    let overlap = defects.iter().find(|d| d["kind"] == "overlap").unwrap();
    let codes: Vec<&str> = overlap["units"].as_array().unwrap().iter().map(|u| u.as_str().unwrap()).collect();
    assert_eq!(codes, ["999999001001002", "999999001001003"]);
    let at = overlap["at"].as_array().unwrap()[0].as_f64().unwrap();
    assert!((110.4057..110.4068).contains(&at), "{overlap}");
    let clean = desk.run(&format!("check {} --layer land --crs wgs84", sample("clean.geojson")));
    assert_eq!((clean.code, clean.out.lines().count()), (0, 1), "{}", clean.out);
}

/// What came out of an export goes in again and is the same state.
fn comes_back(export: &str, import: &str) {
    let desk = village();
    let hash = |said: &Said| said.err.split("state ").nth(1).unwrap().trim().to_owned();
    desk.good(export);
    let first = desk.good(&format!("import {} --layer land --database first.gpkg", sample("clean.geojson")));
    let again = desk.good(&format!("{import} --layer land --database again.gpkg"));
    assert_eq!(hash(&first), hash(&again), "{export}");
}

#[test]
fn an_exported_layer_comes_back_as_the_same_state() {
    comes_back("export land out.geojson", "import out.geojson");
    comes_back("export land out.geojson --crs 4490", "import out.geojson");
    comes_back("export land out.geojson --crs 4546", "import out.geojson");
    comes_back("export land out.gpkg", "import out.gpkg");
    comes_back("export land out.gpkg --crs 4525", "import out.gpkg");
}

#[test]
fn gdal_reads_an_exported_geopackage_and_its_own_one_is_imported() {
    let desk = village();
    desk.good("export land out.gpkg --crs 4546");
    let gdal = |line: &str| Command::new("ogr2ogr").args(line.split(' ')).current_dir(desk.0.path()).output();
    let line = "-f GeoJSON grids.geojson out.gpkg grid -t_srs EPSG:4490 -lco COORDINATE_PRECISION=9";
    let Ok(output) = gdal(line) else {
        eprintln!("GDAL is not installed: this second opinion was not heard");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "no warning either");
    gdal("-f GPKG theirs.gpkg grids.geojson -nln anything -dim XYZ").unwrap();
    // Grids only: the units above are taken from the store, known codes keep their ids, so that it is
    // the state that is there.
    let said = desk.good("import theirs.gpkg --layer land --crs wgs84");
    assert!(said.err.contains("nothing changed"), "{}", said.err);
}

#[test]
fn a_csv_export_keeps_codes_and_takes_the_sting_out_of_formulas() {
    let desk = Desk::new();
    let evil = std::fs::read_to_string(sample("clean.geojson"))
        .unwrap()
        .replace("示例001网格", "=cmd|' /C calc'!A0");
    desk.put("evil.geojson", &evil);
    desk.good("import evil.geojson --layer land");
    let csv = desk.good("export grid - --format csv").out;
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("\u{feff}code,name,level,parent,area_m2,households"));
    let first = lines.next().unwrap();
    assert!(first.starts_with("999999001001001,'=cmd|' /C calc'!A0,grid,999999001001,"), "{first}");
    assert!(first.ends_with(",120"), "{first}");
}

#[test]
fn every_row_is_answered_in_order_and_bad_ones_are_told() {
    let desk = village();
    let mut csv = String::from("id,lon,lat\n");
    for i in 0..60_000 {
        csv.push_str(match i % 3 {
            0 => "a,110.401,25.601\n",
            1 => "b,110.5,25.7\n",
            _ => "c,north,25\n",
        });
    }
    desk.put("points.csv", &csv);
    let said = desk.good("locate points.csv --crs wgs84 --out answers.csv");
    assert!(
        said.err.contains("60000 rows: 20000 inside, 0 nearby, 20000 outside, 20000 unreadable (4, 7, 10, "),
        "{}",
        said.err
    );
    let answers = std::fs::read_to_string(desk.path("answers.csv")).unwrap();
    let lines: Vec<&str> = answers.lines().collect();
    assert_eq!((lines.len(), lines[0]), (60_001, "id,lon,lat,outcome,land,water,police,responsible,error"));
    for (i, line) in lines[1..].iter().enumerate() {
        let start =
            ["a,110.401,25.601,inside,999999001001001,", "b,110.5,25.7,outside,,", "c,north,25,error,"]
                [i % 3];
        assert!(line.starts_with(start), "{i}: {line}");
    }
    let line = "{\"id\":1,\"lon\":110.401,\"lat\":25.601}\n{\"id\":2}\n";
    let said = desk.feed("locate - --format ndjson --crs wgs84", line);
    let ids: Vec<Value> = said.out.lines().map(|l| json(l)["id"].clone()).collect();
    assert_eq!((said.code, ids), (0, vec![1.into(), 2.into()]));
}

#[test]
fn posts_go_in_whole_or_not_at_all() {
    let desk = village();
    desk.put("good.csv", "code,title,valid_from,holder\n999999001001,网格长,2026-01-01,示例网格员001\n");
    assert!(desk.good("import posts good.csv").err.contains("1 posts in the place of 0"));
    desk.put("bad.csv", "code,title,valid_from\n999999001001,t,2026-01-01\nx,t,2026-01-01\n999999,t,soon\n");
    let said = desk.run("import posts bad.csv");
    assert_eq!(said.code, 1);
    assert!(said.err.contains("bad.csv: line 3") && said.err.contains("bad.csv: line 4"), "{}", said.err);
    assert!(desk.good("import posts good.csv").err.contains("1 posts in the place of 1"));
}

#[test]
fn a_backup_can_be_restored() {
    let desk = village();
    desk.good("backup copy.gpkg");
    std::fs::write(desk.path("data/wangge.gpkg"), "broken").unwrap();
    assert_eq!(desk.run("verify").code, 3);
    let said = desk.good("restore copy.gpkg");
    assert!(said.err.contains("wangge.gpkg.replaced-1"), "{}", said.err);
    desk.good("verify");
    assert_eq!(desk.run("restore none.gpkg").code, 3);
}

#[test]
fn the_exit_code_says_whose_fault_it_was() {
    let desk = Desk::new();
    desk.put("bowtie.geojson", r#"{"type":"FeatureCollection","features":[]"#);
    for (line, code) in [
        ("--help", 0),
        ("import --help", 0),
        ("check bowtie.geojson --layer land", 1),
        ("nonsense", 2),
        ("import x.geojson --layer moon", 2),
        ("import", 2),
        ("locate 110 25", 2),
        ("locate 25 110 --crs wgs84", 2),
        ("export land out.xyz", 2),
        ("import none.geojson --layer land", 3),
        ("export land out.csv", 3),
        ("verify none.gpkg", 3),
    ] {
        let said = desk.run(line);
        assert_eq!(said.code, code, "{line}: {}{}", said.out, said.err);
    }
    assert!(desk.run("locate 25 110 --crs wgs84").err.contains("swapped"));
}

#[test]
fn a_geopackage_with_hostile_shapes_is_refused_and_nothing_is_written() {
    let desk = village();
    desk.good("export grid hostile.gpkg");
    let path = desk.path("hostile.gpkg");
    let statement = "update grid set geom = x'47500001ba11000001060000000100000001030000000100000\
        0ffffffff0000000000000000' where code = '999999001001002';
        update grid set geom = x'4750' where code = '999999001001003'";
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        use sqlx::Connection;
        let mut connection = sqlx::SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    });
    let said = desk.run("import hostile.gpkg --layer land");
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("999999001001002") && said.err.contains("4294967295"), "{}", said.err);
    assert!(said.err.contains("expected 4 more bytes at byte 0, got 2"), "{}", said.err);
    assert!(desk.good("verify").err.contains("1 revisions"));
}

/// A running server, stopped when it is dropped.
struct Served(std::process::Child);

impl Served {
    fn start(desk: &Desk) -> Self {
        let mut child = desk.command("serve --bind 127.0.0.1:0").stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        while !said.contains("://") {
            assert!(lines.read_line(&mut said).unwrap() > 0, "ended before it was ready: {said}");
        }
        Self(child)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn while_a_file_is_served_others_read_it_and_none_writes_it() {
    let desk = village();
    desk.good("backup copy.gpkg");
    desk.put("posts.csv", "code,title,valid_from\n999999001001,网格长,2026-01-01\n");
    let import = format!("import {} --layer land --crs wgs84", sample("clean.geojson"));
    let writing = [&import, "import posts posts.csv", "restore copy.gpkg", "serve --bind 127.0.0.1:0"];
    let served = Served::start(&desk);
    for line in writing {
        let said = desk.run(line);
        assert_eq!(said.code, 3, "{line}: {}", said.err);
        assert!(said.err.contains("is open in another program (a running `wangge serve`?)"), "{}", said.err);
    }
    for line in [
        "backup second.gpkg",
        "export land land.geojson",
        "check data/wangge.gpkg",
        "locate 110.401 25.601 --crs wgs84",
        "verify",
    ] {
        desk.good(line);
    }
    // However the server ends, its right ends with it.
    drop(served);
    for line in &writing[..3] {
        desk.good(line);
    }
}

/// A folder that takes no writes from the user who reads there: `nobody` where we are root, to whom no
/// folder is closed.
#[test]
fn a_file_on_a_medium_that_takes_no_writes_is_read() {
    let desk = village();
    let program = desk.path("wangge");
    let ours = Path::new(env!("CARGO_BIN_EXE_wangge"));
    std::fs::hard_link(ours, &program).or_else(|_| std::fs::copy(ours, &program).map(drop)).unwrap();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(desk.0.path(), 0o755);
    mode(&desk.path("data/wangge.gpkg"), 0o444);
    mode(&desk.path("data"), 0o555);
    let root = std::fs::metadata(desk.0.path()).unwrap().uid() == 0;
    let run = |line: &str| -> Said {
        let mut command = Command::new(&program);
        command.args(line.split_whitespace()).current_dir(desk.0.path());
        if root {
            command.uid(65_534).gid(65_534);
        }
        command.output().unwrap().into()
    };
    assert_eq!(run("locate 110.401 25.601 --crs wgs84").code, 0);
    for line in ["verify", "check data/wangge.gpkg", "export grid - --format csv"] {
        let said = run(line);
        assert_eq!(said.code, 0, "{line}: {}", said.err);
    }
    let said = run(&format!("import {} --layer land", sample("clean.geojson")));
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("wangge.gpkg.lock"), "{}", said.err);
    mode(&desk.path("data"), 0o755);
    desk.good("verify");
}
