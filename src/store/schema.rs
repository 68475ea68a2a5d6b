//! The steps of the schema. Each backend has its own SQL under the same numbers and names.

use super::StoreError;
use super::location::Location;

/// One step of the schema; never edited once it has shipped.
pub(super) struct Migration {
    pub version: i64,
    pub name: &'static str,
    pub sql: &'static str,
}

macro_rules! migrations {
    ($backend:literal: $($version:literal $name:literal),* $(,)?) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../migrations/", $backend, "/", $name, ".sql")),
        }),*]
    };
}

/// All steps of the GeoPackage store, in order; the numbers are those of the file names.
pub(super) const SQLITE: &[Migration] = migrations!["sqlite": 0 "0000_schema", 1 "0001_geopackage",
    2 "0002_revisions", 3 "0003_posts", 4 "0004_people", 5 "0005_drafts", 6 "0006_events", 7 "0007_references",
    8 "0008_martin", 9 "0009_reports", 10 "0010_webhooks"];

/// All steps of the PostGIS store.
pub(super) const POSTGIS: &[Migration] = migrations!["postgis": 0 "0000_schema", 1 "0001_geopackage",
    2 "0002_revisions", 3 "0003_posts", 4 "0004_people", 5 "0005_drafts", 6 "0006_events", 7 "0007_references",
    8 "0008_martin", 9 "0009_reports", 10 "0010_webhooks"];

/// The newest schema that this program knows.
pub(super) const KNOWN: i64 = SQLITE[SQLITE.len() - 1].version;

/// This program's version.
pub(super) const OWN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The steps that a store lacks.
pub(super) fn due(steps: &'static [Migration], stands: i64) -> &'static [Migration] {
    &steps[steps.partition_point(|m| m.version <= stands)..]
}

/// Refuses a store that a newer program wrote.
pub(super) fn refuse_newer(place: &Location, found: i64, written_by: String) -> Result<(), StoreError> {
    if found <= KNOWN {
        return Ok(());
    }
    let place = place.clone();
    Err(StoreError::Newer { place, found, written_by, known: KNOWN, own: OWN_VERSION })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn both_lists_are_their_folders_and_their_numbers_are_those_of_the_names() {
        for (backend, list) in [("sqlite", SQLITE), ("postgis", POSTGIS)] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(backend);
            let mut files: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".sql", ""))
                .collect();
            files.sort();
            let listed: Vec<&str> = list.iter().map(|m| m.name).collect();
            assert_eq!(listed, files, "{backend}");
            for (place, migration) in list.iter().enumerate() {
                assert_eq!(migration.version, place as i64);
                assert_eq!(migration.name[..4].parse(), Ok(migration.version));
            }
        }
    }

    #[test]
    fn both_backends_have_the_same_steps() {
        let names = |list: &[Migration]| list.iter().map(|m| m.name).collect::<Vec<_>>();
        assert_eq!(names(SQLITE), names(POSTGIS));
    }

    /// Columns that a comment does not follow on the same line or on the next.
    fn unexplained(sql: &str) -> Vec<&str> {
        let lines: Vec<&str> = sql.lines().collect();
        let is_column = |line: &str| {
            line.starts_with("  ") && line.trim_start().starts_with(|c: char| c.is_ascii_lowercase())
        };
        let mut inside = false;
        let mut found = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            inside = (inside || line.starts_with("create table")) && !line.starts_with(')');
            let word = line.trim_start();
            let column =
                inside && is_column(line) && !word.starts_with("constraint") && !word.starts_with("default");
            let next =
                lines.get(i + 1).is_some_and(|l| l.trim_start().starts_with("default") && l.contains("-- "));
            if column && !line.contains("-- ") && !line.contains(",--") && !next {
                found.push(*line);
            }
        }
        found
    }

    #[test]
    fn every_column_is_explained() {
        for migration in SQLITE.iter().chain(POSTGIS) {
            assert_eq!(unexplained(migration.sql), Vec::<&str>::new(), "{}", migration.name);
        }
        assert_eq!(unexplained("create table x (\n  a integer, -- why\n  b text\n);"), ["  b text"]);
    }
}
