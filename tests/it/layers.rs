//! The rules of the house: which room may use which, how long a file may be, what no file may hold.
//!
//! The compiler has one wall, between the core and the rest, which are two crates; between modules it has none, so this
//! reads the source. Each rule is a function from a file's path and text to breaches; each is shown to fail on a seeded
//! defect.

use crate::source::{Source, code, files, without_tests};

/// The rooms from the ground up. A room may use those of a lower floor, and itself.
const FLOORS: &[&[&str]] = &[
    &["geom"],
    &["unit"],
    &["coverage"],
    &["edit"],
    &["overlay"],
    &["snapshot"],
    &["report"],
    &["tile"],
    &["store", "exchange", "demo"],
    &["app"],
    &["http"],
    &["cli"],
    &["main"],
];

/// The core: the floors up to and including `tile`.
const CORE_FLOORS: usize = 8;

/// What the core does without: waiting, SQL, HTTP, the clock, files, the network, logs.
const NOT_IN_CORE: &[&str] = &[
    "async ",
    ".await",
    "tokio",
    "sqlx",
    "axum",
    "hyper",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::time",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "tracing",
];

/// Crates that belong to some rooms only.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx", &["store", "exchange"]),
    ("axum", &["http"]),
    ("clap", &["cli", "main"]),
    ("indicatif", &["cli"]),
];

/// The most lines that a file may have.
const LONGEST: usize = 400;

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// The module path of a source file: `src/geom/crs/text.rs` is `[geom, crs, text]`; of the root of a crate it is empty.
fn module(path: &str) -> Vec<&str> {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    inner.split('/').filter(|&part| !["lib", "core", "stored"].contains(&part)).collect()
}

/// The names that follow `prefix` in code, those of a group `{a::b, c}` each.
fn names_after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let word = |text: &'a str| {
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
        &text[..end]
    };
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.push(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut starts = vec![0];
        for (k, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => starts.push(k + 1),
                _ => {}
            }
        }
        names.extend(starts.iter().map(|&k| word(group[k..].trim_start())).filter(|w| !w.is_empty()));
    }
    names
}

/// Imports of a room on a higher floor, or of a neighbour on the same one.
fn upward_imports(path: &str, text: &str) -> Vec<String> {
    let module = module(path);
    let Some(&room) = module.first() else { return Vec::new() };
    let Some(own) = floor(room) else {
        return vec![format!("{path}: the room {room} has no floor; give it one in tests/it/layers.rs")];
    };
    let code = code(text);
    let mut used = names_after(&code, "crate::");
    used.extend(names_after(&code, "wangge::"));
    used.extend(names_after(&code, &"super::".repeat(module.len())));
    let breach = |name: &&str| floor(name).is_some_and(|f| f > own || (f == own && *name != room));
    used.iter().filter(|n| breach(n)).map(|n| format!("{path}: {room} imports {n}")).collect()
}

/// What the core may not touch, and crates outside the rooms they belong to.
fn foreign_words(path: &str, text: &str) -> Vec<String> {
    let Some(&room) = module(path).first() else { return Vec::new() };
    let code = code(text);
    let code = without_tests(&code);
    let in_core = floor(room).is_some_and(|f| f < CORE_FLOORS);
    let banned = NOT_IN_CORE.iter().copied().filter(|_| in_core);
    let misplaced = ONLY_IN.iter().filter(|(_, rooms)| !rooms.contains(&room)).map(|&(name, _)| name);
    let mut found: Vec<&str> = banned.chain(misplaced).filter(|word| has_word(code, word)).collect();
    found.dedup();
    found.iter().map(|word| format!("{path}: {room} uses {}", word.trim())).collect()
}

/// Whether `word` stands in code and does not begin inside a longer name.
fn has_word(code: &str, word: &str) -> bool {
    let inside_name = |at: usize| {
        let before = code[..at].chars().next_back();
        word.starts_with(char::is_alphabetic) && before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    };
    let after_name = |at: usize| {
        let after = code[at + word.len()..].chars().next();
        word.ends_with(char::is_alphanumeric) && after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    };
    code.match_indices(word).any(|(at, _)| !inside_name(at) && !after_name(at))
}

/// `unwrap` outside tests, `unsafe` anywhere but in its one place, tests switched off.
fn forbidden_words(path: &str, text: &str) -> Vec<String> {
    let code = code(text);
    let is_test = path.starts_with("tests/") || path.ends_with("tests.rs") || path.contains("/tests/");
    let mut found = Vec::new();
    if !is_test && without_tests(&code).contains(".unwrap()") {
        found.push(format!("{path}: unwrap outside tests; expect(\"why this cannot be\") or an error"));
    }
    let prefetch = path.starts_with("src/coverage/index") && code.contains("#[expect(unsafe_code");
    let blocks = code.match_indices("unsafe").filter(|&(at, _)| !code[at..].starts_with("unsafe_code"));
    if blocks.count() > usize::from(prefetch) {
        found.push(format!("{path}: unsafe"));
    }
    if code.contains("#[ignore") {
        found.push(format!("{path}: a test switched off; mend it or delete it"));
    }
    found
}

/// A file longer than [`LONGEST`] lines, unless its head says that it is generated.
fn too_long(path: &str, text: &str) -> Vec<String> {
    let head: String = text.lines().take(5).collect();
    let lines = text.lines().count();
    if lines <= LONGEST || head.contains("@generated") || head.contains("auto-generated") {
        return Vec::new();
    }
    vec![format!("{path}: {lines} lines, at most {LONGEST}; split it by meaning")]
}

/// The page's own walls: HTML made from text, requests outside `api/`, MapLibre outside `map/`.
fn page_walls(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTML", "document.write", "{@html"] {
        if text.contains(word) {
            found.push(format!("{path}: {word}; text goes in as text"));
        }
    }
    if !path.starts_with("web/src/api/") && has_word(text, "fetch(") {
        found.push(format!("{path}: fetch outside web/src/api"));
    }
    if !path.starts_with("web/src/map/") && text.contains("from \"maplibre-gl\"") {
        found.push(format!("{path}: MapLibre outside web/src/map"));
    }
    found
}

fn breaches(sources: &[Source], rule: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    sources.iter().flat_map(|source| rule(&source.path, &source.text)).collect()
}

fn rust() -> Vec<Source> {
    let found = files("src", &[".rs"]);
    assert!(found.len() > 10, "the source was not found");
    found
}

#[test]
fn no_room_imports_one_above_it() {
    assert_eq!(breaches(&rust(), upward_imports), Vec::<String>::new());
}

#[test]
fn the_core_waits_for_nothing_and_reads_no_clock_or_file() {
    assert_eq!(breaches(&rust(), foreign_words), Vec::<String>::new());
}

#[test]
fn no_source_holds_a_forbidden_word() {
    let sources: Vec<Source> = rust().into_iter().chain(files("tests", &[".rs"])).collect();
    assert_eq!(breaches(&sources, forbidden_words), Vec::<String>::new());
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let page = files("web/src", &[".ts", ".svelte", ".css"]);
    let tests = files("tests", &[".rs", ".ts", ".mjs", ".js", ".py", ".sh"]);
    let sources: Vec<Source> = rust().into_iter().chain(tests).chain(page).collect();
    assert_eq!(breaches(&sources, too_long), Vec::<String>::new());
}

#[test]
fn the_page_keeps_its_walls() {
    assert_eq!(breaches(&files("web/src", &[".ts", ".svelte"]), page_walls), Vec::<String>::new());
}

/// Seeded defects: each rule must find each of its own, and nothing in the sound neighbour.
#[test]
fn every_rule_finds_the_defect_seeded_for_it() {
    type Rule = fn(&str, &str) -> Vec<String>;
    let long = "x\n".repeat(LONGEST + 1);
    let generated = format!("// @generated\n{long}");
    let cases: &[(Rule, &str, &str, usize)] = &[
        (upward_imports, "src/geom/ring.rs", "use crate::tile::Tile;", 1),
        (upward_imports, "src/geom/ring.rs", "use crate::{geom::Point, http, unit::{Code, Level}};", 2),
        (upward_imports, "src/unit/code.rs", "fn f() { super::super::app::g() }", 1),
        (upward_imports, "src/store/mod.rs", "use crate::demo::draw;", 1),
        (upward_imports, "src/parlour/mod.rs", "", 1),
        (upward_imports, "src/unit/code.rs", "use super::Level; use crate::geom::Point; // crate::app", 0),
        (upward_imports, "src/http/mod.rs", "use crate::{app::App, geom::Point};", 0),
        (foreign_words, "src/edit/mod.rs", "let t = std::time::Instant::now();", 2),
        (foreign_words, "src/app/mod.rs", "use axum::Router;", 1),
        (foreign_words, "src/geom/mod.rs", "async fn f() { g().await }", 2),
        (foreign_words, "src/tile/mod.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use std::fs; }", 0),
        (foreign_words, "src/store/mod.rs", "use sqlx::Row; // axum", 0),
        (forbidden_words, "src/unit/code.rs", "fn f() { g().unwrap(); }", 1),
        (forbidden_words, "src/unit/code.rs", "unsafe { g() }", 1),
        (forbidden_words, "tests/it/x.rs", "#[ignore]\nfn f() { unsafe { g() } }", 2),
        (
            forbidden_words,
            "src/unit/code.rs",
            "// .unwrap()\n#[cfg(test)]\nmod tests { fn f() { g().unwrap() } }",
            0,
        ),
        (too_long, "src/unit/code.rs", &long, 1),
        (too_long, "web/src/api/types.ts", &generated, 0),
        (page_walls, "web/src/map/popup.ts", "node.innerHTML = name", 1),
        (page_walls, "web/src/card.ts", "import { Map } from \"maplibre-gl\"; await fetch(url)", 2),
        (page_walls, "web/src/api/client.ts", "await fetch(url); prefetch(x)", 0),
    ];
    for (rule, path, text, want) in cases {
        let found = rule(path, text);
        assert_eq!(found.len(), *want, "{path}: {} → {found:?}", text.chars().take(60).collect::<String>());
    }
}
