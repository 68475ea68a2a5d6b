//! Every named constraint of both schemas, tried by a row that breaks it.

use crate::martin::constraints as drawings;
use crate::store_contract::{city, publication};
use crate::{
    store_constraints_events as events, store_constraints_people as people,
    store_constraints_reports as reports,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use std::collections::BTreeSet;
use std::path::Path;
use wangge::store::{Location, Store};

/// Each constraint with a statement that breaks it and nothing that is checked before it. `{hash}` is 32
/// bytes, `{geom}` a shape, `{own}` what PostgreSQL wants to hear when a row brings its own number.
const BREACHES: &[(&str, &str)] = &[
    ("pk_wangge_schema", "insert into wangge_schema (version, name, written_by) values (0, 'x', 'x')"),
    (
        "pk_revision",
        "insert into revision (number, prev, effective_from, state_hash) values (1, null, {time}, {hash})",
    ),
    (
        "fk_revision_prev",
        "insert into revision (number, prev, effective_from, state_hash) values (10, 9, {time}, {hash})",
    ),
    (
        "ck_revision_number",
        "insert into revision (number, prev, effective_from, state_hash) values (5, 3, {time}, {hash})",
    ),
    (
        "ck_revision_state_hash",
        "insert into revision (number, prev, effective_from, state_hash) values (4, 3, {time}, {short})",
    ),
    (
        "pk_layer",
        "insert into layer (name, title, levels, outline, position) values ('land', 'x', {levels}, 'none', 9)",
    ),
    (
        "ck_layer_outline",
        "insert into layer (name, title, levels, outline, position) values ('x', 'x', {levels}, 'x', 9)",
    ),
    (
        "ck_layer_outline_of",
        "insert into layer (name, title, levels, outline, position) values ('x', 'x', {levels}, 'of', 9)",
    ),
    (
        "pk_outline",
        "insert into outline (fid, layer, rev_from, rev_to, geom) {own} values (1, 'land', 2, 3, {geom})",
    ),
    ("fk_outline_layer", "insert into outline (layer, rev_from, geom) values ('x', 1, {geom})"),
    ("fk_outline_rev_from", "insert into outline (layer, rev_from, geom) values ('water', 9, {geom})"),
    (
        "fk_outline_rev_to",
        "insert into outline (layer, rev_from, rev_to, geom) values ('water', 1, 9, {geom})",
    ),
    ("ck_outline_span", "insert into outline (layer, rev_from, rev_to, geom) values ('water', 1, 1, {geom})"),
    ("uk_outline_now", "insert into outline (layer, rev_from, geom) values ('land', 2, {geom})"),
    ("pk_unit", "insert into unit (id, layer) values (1, 'water')"),
    ("fk_unit_layer", "insert into unit (id, layer) values (77, 'x')"),
    ("ck_unit_id", "insert into unit (id, layer) values (0, 'water')"),
    (
        "pk_unit_version",
        "insert into unit_version (fid, unit, rev_from, rev_to, layer, level, code, name) {own} values (1, 3, 2, 3, 'water', 'water', 'z', 'z')",
    ),
    ("fk_unit_version_unit", "{version} (99, 2, 3, 'water', 'z', null)"),
    ("fk_unit_version_parent", "{version} (3, 2, 3, 'water', 'z', 99)"),
    ("fk_unit_version_layer", "{version} (3, 2, 3, 'x', 'z', null)"),
    ("fk_unit_version_rev_from", "{version} (500, 9, null, 'water', 'z', null)"),
    ("fk_unit_version_rev_to", "{version} (3, 2, 9, 'water', 'z', null)"),
    ("ck_unit_version_span", "{version} (3, 2, 2, 'water', 'z', null)"),
    ("uk_unit_version", "{version} (3, 1, 2, 'water', 'z', null)"),
    ("uk_unit_version_unit_now", "{version} (3, 2, null, 'water', 'z', null)"),
    ("uk_unit_version_code_now", "{version} (500, 2, null, 'water', 'a', null)"),
    ("pk_post", "insert into post (id, unit, title, valid_from) {own} values (1, 3, 'x', '2026-01-01')"),
    ("fk_post_unit", "insert into post (unit, title, valid_from) values (99, 'x', '2026-01-01')"),
    ("ck_post_phone", "insert into post (unit, title, phone, valid_from) values (3, 'x', '0', '2026-01-01')"),
    (
        "ck_post_span",
        "insert into post (unit, title, valid_from, valid_to) values (3, 'x', '2026-01-01', '2026-01-01')",
    ),
    ("pk_draft", "{draft} (1, 'land', 1, 'draft', null, null, null, null, null)"),
    ("fk_draft_layer", "{draft} (7, 'x', 1, 'draft', null, null, null, null, null)"),
    ("fk_draft_base", "{draft} (7, 'land', 99, 'draft', null, null, null, null, null)"),
    ("fk_draft_published", "{draft} (7, 'land', 1, 'published', null, null, null, 99, null)"),
    ("fk_draft_reverts", "{draft} (7, 'land', 1, 'draft', null, null, null, null, 99)"),
    ("uk_draft_published", "{draft} (7, 'land', 1, 'published', null, null, null, 3, null)"),
    ("ck_draft_stage", "{draft} (7, 'land', 1, 'x', null, null, null, null, null)"),
    ("ck_draft_approval", "{draft} (7, 'land', 1, 'approved', 'x', null, null, null, null)"),
    ("ck_draft_approved_change", "{draft} (7, 'land', 1, 'approved', 'x', {short}, null, null, null)"),
    ("ck_draft_scheduled", "{draft} (7, 'land', 1, 'scheduled', null, null, null, null, null)"),
    ("ck_draft_revision", "{draft} (7, 'land', 1, 'published', null, null, null, null, null)"),
    ("pk_draft_operation", "{operation} (1, 1, 'done')"),
    ("fk_draft_operation_draft", "{operation} (99, 1, 'done')"),
    ("ck_draft_operation_seq", "{operation} (1, 0, 'done')"),
    ("ck_draft_operation_standing", "{operation} (1, 2, 'x')"),
    ("pk_draft_event", "{event} (1, 1, 'x', 'x', {time})"),
    ("fk_draft_event_draft", "{event} (99, 1, 'x', 'x', {time})"),
    ("ck_draft_event_seq", "{event} (1, 0, 'x', 'x', {time})"),
    ("pk_draft_claim", "{claim} (1, 'x', '[]', {time})"),
    ("fk_draft_claim_draft", "{claim} (99, 'x', '[]', {time})"),
    ("pk_reserved_unit", "insert into reserved_unit (id, draft) values (900, 1)"),
    ("fk_reserved_unit_draft", "insert into reserved_unit (id, draft) values (901, 99)"),
    ("ck_reserved_unit_id", "insert into reserved_unit (id, draft) values (0, 1)"),
    ("pk_reference", "{reference} ('道路', 'x', {time})"),
    ("ck_reference_name", "{reference} ('', 'x', {time})"),
    ("pk_reference_line", "{line} ('道路', 1, {line_geom})"),
    ("fk_reference_line_reference", "{line} ('河', 1, {line_geom})"),
    ("ck_reference_line_seq", "{line} ('道路', 0, {line_geom})"),
    ("pk_lineage", "insert into lineage (revision, unit, heir) values (2, 3, 4)"),
    ("fk_lineage_revision", "insert into lineage (revision, unit, heir) values (99, 3, 4)"),
    ("fk_lineage_unit", "insert into lineage (revision, unit, heir) values (2, 99, 4)"),
    ("fk_lineage_heir", "insert into lineage (revision, unit, heir) values (2, 3, 99)"),
];

/// Rows that others refer to or collide with.
const GROUND: &[&str] = &[
    "insert into unit (id, layer) values (500, 'water')",
    "insert into post (unit, title, valid_from) values (3, 'x', '2026-01-01')",
    "{draft} (1, 'land', 1, 'draft', null, null, null, null, null)",
    "{draft} (2, 'land', 1, 'published', null, null, null, 3, null)",
    "{operation} (1, 1, 'done')",
    "{event} (1, 1, 'x', 'x', {time})",
    "{claim} (1, 'x', '[]', {time})",
    "insert into reserved_unit (id, draft) values (900, 1)",
    "insert into lineage (revision, unit, heir) values (2, 3, 4)",
    "{reference} ('道路', 'x', {time})",
    "{line} ('道路', 1, {line_geom})",
];

/// The beginnings of statements.
const STARTS: &[(&str, &str)] = &[
    (
        "{draft}",
        "insert into draft (id, layer, base, stage, approved_by, approved_change, scheduled_at, published,
           reverts, title, reason, author, version, created_at, updated_at) values",
    ),
    (
        "{operation}",
        "insert into draft_operation (draft, seq, standing, name, operation, change, made_by, made_at) values",
    ),
    ("{event}", "insert into draft_event (draft, seq, kind, actor, made_at) values"),
    ("{claim}", "insert into draft_claim (draft, actor, units, until) values"),
    ("{reference}", "insert into reference (name, source, imported_at) values"),
    ("{line}", "insert into reference_line (reference, seq, geom) values"),
];

/// The ends of rows that are the same in every statement.
const ENDS: &[(&str, &str)] =
    &[("{draft}", ", 'x', 'x', 'x', 1, {time}, {time})"), ("{operation}", ", 'x', '{}', '{}', 'x', {time})")];

/// `number` follows from `prev`, so whoever breaks this one breaks `pk_revision` first.
const IMPLIED: &[&str] = &["uk_revision_prev"];

/// Rows that break nothing, so that the breaches above are all that is wrong with theirs.
const SOUND: &[&str] = &[
    "insert into unit (id, layer) values (500, 'water')",
    "{version} (3, 2, 3, 'water', 'z', 2)",
    "insert into revision (number, prev, effective_from, state_hash) values (4, 3, {time}, {hash})",
    "insert into outline (layer, rev_from, rev_to, geom) values ('water', 1, 2, {geom})",
    "insert into post (unit, title, holder, phone, valid_from) values (3, 'x', 'x', '0', '2026-01-01')",
    "{draft} (7, 'land', 1, 'scheduled', 'x', {hash}, {time}, null, 1)",
    "{draft} (8, 'land', 1, 'published', 'x', {hash}, {time}, 4, null)",
    "{operation} (1, 2, 'undone')",
    "{event} (1, 2, 'x', 'x', {time})",
    "{claim} (1, 'y', '[]', {time})",
    "insert into reserved_unit (id, draft) values (901, 7)",
    "insert into lineage (revision, unit, heir) values (2, 4, 3)",
    "{reference} ('河', 'x', {time})",
    "{line} ('河', 1, {line_geom})",
];

/// A connection beside the store, which may do what the store never would.
pub enum Beside {
    Sqlite(SqliteConnection),
    PostGis(PgConnection),
}

impl Beside {
    pub async fn open(store: &Store) -> Self {
        match store.place() {
            Location::File(path) => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).foreign_keys(true);
                Self::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
            }
            Location::Database(address) => {
                let name = address.to_string().rsplit('/').next().unwrap().to_owned();
                let mut connection = PgConnection::connect(&crate::postgis::shared_url(&name)).await.unwrap();
                sqlx::raw_sql("set search_path = wangge, public").execute(&mut connection).await.unwrap();
                Self::PostGis(connection)
            }
        }
    }

    /// Runs a statement in this database's own words.
    pub async fn run(&mut self, statement: &str) -> Result<(), sqlx::Error> {
        let version = "insert into unit_version (unit, rev_from, rev_to, layer, level, code, name, parent)
            select a, b, c, d, 'water', e, 'z', f from (values";
        let statement = match statement.strip_prefix("{version}") {
            Some(row) => {
                let row = row.replace(", null", ", {null}");
                format!("{version} {row}) as new (a, b, c, d, e, f)")
            }
            None => whole(statement),
        };
        let words: [(&str, &str, &str); 11] = [
            ("{time}", "'2030-01-01T00:00:00Z'", "'2030-01-01T00:00:00Z'"),
            ("{hash}", "zeroblob(32)", "decode(repeat('00', 32), 'hex')"),
            ("{short}", "zeroblob(31)", "decode(repeat('00', 31), 'hex')"),
            (
                "{other}",
                "cast('0123456789abcdef0123456789abcdef' as blob)",
                "'0123456789abcdef0123456789abcdef'",
            ),
            ("{levels}", "'[\"x\"]'", "'{x}'"),
            ("{geom}", "x'4750'", "st_geomfromtext('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))', 4490)"),
            ("{line_geom}", "x'01'", "st_geomfromtext('LINESTRING(0 0,1 1)', 4490)"),
            ("{own}", "", "overriding system value"),
            ("{null}", "null", "null::bigint"),
            ("{false}", "0", "false"),
            ("as new (a, b, c, d, e, f)", "", "as new (a, b, c, d, e, f)"),
        ];
        let put = |pick: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
            words.iter().fold(statement.clone(), |text, word| text.replace(word.0, pick(word)))
        };
        match self {
            Self::Sqlite(connection) => {
                let columns = |text: String| {
                    text.replace(
                        "select a, b, c, d, 'water', e, 'z', f",
                        "select column1, column2, column3, column4, 'water', column5, 'z', column6",
                    )
                };
                sqlx::raw_sql(AssertSqlSafe(columns(put(|w| w.1)))).execute(connection).await.map(|_| ())
            }
            Self::PostGis(connection) => {
                sqlx::raw_sql(AssertSqlSafe(put(|w| w.2))).execute(connection).await.map(|_| ())
            }
        }
    }

    /// One number.
    pub async fn number(&mut self, question: &str) -> i64 {
        let question = AssertSqlSafe(question.to_owned());
        match self {
            Self::Sqlite(c) => sqlx::query(question).fetch_one(c).await.unwrap().get(0),
            Self::PostGis(c) => sqlx::query(question).fetch_one(c).await.unwrap().get(0),
        }
    }
}

/// A statement that begins with a word of [`STARTS`], written out.
fn whole(statement: &str) -> String {
    let put = |text: String, &(word, start): &(&str, &str)| match text.strip_prefix(word) {
        Some(row) => {
            let end = ENDS.iter().chain(reports::ENDS).find(|end| end.0 == word).map_or(")", |end| end.1);
            format!("{start}{}{end}", row.strip_suffix(')').unwrap_or(row))
        }
        None => text,
    };
    STARTS.iter().chain(reports::STARTS).fold(statement.to_owned(), put)
}

/// How many rows a table has.
pub async fn count(store: &Store, table: &str) -> i64 {
    Beside::open(store).await.number(&format!("select count(*) from {table}")).await
}

/// What SQLite says when a constraint is broken: of checks the name, of the others the columns.
fn sqlite_words(constraint: &str) -> &'static str {
    match &constraint[..2] {
        "ck" => "CHECK constraint failed",
        "fk" => "FOREIGN KEY constraint failed",
        _ => "UNIQUE constraint failed",
    }
}

async fn every_breach_is_refused(store: &Store) {
    for head in [None, Some(1), Some(2)] {
        store.publish(&publication(head, &city())).await.unwrap();
    }
    let mut beside = Beside::open(store).await;
    for statement in GROUND.iter().chain(people::BEFORE).chain(reports::BEFORE) {
        beside.run(statement).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    let breaches = BREACHES.iter().chain(people::BREACHES).chain(events::BREACHES).chain(reports::BREACHES);
    for (constraint, statement) in breaches {
        let error = beside.run(statement).await.expect_err(constraint);
        let error = error.as_database_error().unwrap_or_else(|| panic!("{constraint}: {error}"));
        match &beside {
            Beside::PostGis(_) => assert_eq!(error.constraint(), Some(*constraint), "{error}"),
            Beside::Sqlite(_) => {
                let said = error.message();
                assert!(said.contains(sqlite_words(constraint)), "{constraint}: {said}");
                assert!(!constraint.starts_with("ck") || said.contains(constraint), "{constraint}: {said}");
            }
        }
    }
    beside.run("delete from unit where id = 500").await.unwrap();
    for statement in SOUND.iter().chain(people::SOUND).chain(events::SOUND).chain(reports::SOUND) {
        beside.run(statement).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
}

#[tokio::test]
async fn every_constraint_of_the_geopackage_store_refuses_its_breach() {
    let folder = tempfile::tempdir().unwrap();
    every_breach_is_refused(&Store::create(&folder.path().join("x.gpkg")).await.unwrap()).await;
}

#[tokio::test]
async fn every_constraint_of_the_postgis_store_refuses_its_breach() {
    every_breach_is_refused(&Store::create(crate::postgis::place().await).await.unwrap()).await;
}

/// The constraints and unique indexes that the migrations of a backend name.
fn named(backend: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(backend);
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for start in ["constraint ", "unique index "] {
            for (at, _) in text.match_indices(start) {
                let name = text[at + start.len()..].split_whitespace().next().unwrap();
                names.extend(
                    ["pk_", "fk_", "uk_", "ck_"].iter().any(|p| name.starts_with(p)).then(|| name.to_owned()),
                );
            }
        }
    }
    // Those of the GeoPackage standard's own tables.
    names.retain(|name| !name.starts_with("fk_gc_") && !name.starts_with("uk_gc_") && name != "pk_geom_cols");
    names
}

#[test]
fn both_schemas_name_the_same_constraints_save_those_of_drawings_and_each_is_tried() {
    let breaches = BREACHES.iter().chain(people::BREACHES).chain(events::BREACHES).chain(reports::BREACHES);
    let breaches = breaches.map(|(name, _)| *name);
    let tried: BTreeSet<String> = breaches.chain(IMPLIED.iter().copied()).map(str::to_owned).collect();
    assert_eq!(named("sqlite"), tried);
    let only = drawings::BREACHES.iter().map(|(name, _)| (*name).to_owned());
    assert_eq!(named("postgis"), tried.into_iter().chain(only).collect());
}
