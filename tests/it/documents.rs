//! The documents: what they name is there.

use crate::source::{Source, files};
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Markdown files of the repository.
fn documents() -> Vec<Source> {
    let folders = ["docs", "geodata", "tiles", "tests", "migrations", "deploy"];
    let mut found: Vec<Source> = folders.iter().flat_map(|folder| files(folder, &[".md"])).collect();
    for entry in std::fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.extension().is_some_and(|e| e == "md") {
            found.push(Source { text: std::fs::read_to_string(&path).unwrap(), path: name });
        }
    }
    assert!(found.len() > 20, "the documents were not found");
    found
}

/// The relative addresses that a document links to or shows, without their anchors.
fn links(text: &str) -> Vec<&str> {
    let closes = |rest: &'static str| move |at: &str| at.find(rest).unwrap_or(0);
    let targets = text.match_indices("](").map(|(at, open)| {
        let rest = &text[at + open.len()..];
        &rest[..closes(")")(rest)]
    });
    let local = |target: &&str| !target.contains("://") && !target.starts_with('#') && !target.is_empty();
    targets.filter(local).map(|target| target.split('#').next().unwrap_or(target)).collect()
}

/// Links of a document to files that are not there.
fn dead_links(path: &str, text: &str) -> Vec<String> {
    let folder = root().join(path).parent().unwrap().to_path_buf();
    let dead = links(text).into_iter().filter(|target| !folder.join(target).exists());
    dead.map(|target| format!("{path}: {target}")).collect()
}

/// The targets named as `make TARGET` in code spans and shell blocks.
fn unknown_targets(path: &str, text: &str, makefile: &str) -> Vec<String> {
    let known = |target: &str| makefile.lines().any(|line| line.starts_with(&format!("{target}:")));
    let after = |start: &str| -> Vec<String> {
        let word =
            |at: usize| text[at..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
        text.match_indices(start).map(|(at, _)| word(at + start.len())).collect()
    };
    let named = after("`make ").into_iter().chain(after("\nmake "));
    named.filter(|t| !t.is_empty() && !known(t)).map(|t| format!("{path}: make {t}")).collect()
}

#[test]
fn every_link_leads_to_a_file() {
    let dead: Vec<String> = documents().iter().flat_map(|d| dead_links(&d.path, &d.text)).collect();
    assert_eq!(dead, Vec::<String>::new());
    assert_eq!(
        dead_links("docs/x.md", "[a](architecture.md#top) [b](../none.md) [c](https://x.org)").len(),
        1
    );
}

#[test]
fn every_make_target_that_a_document_names_exists() {
    let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
    let unknown: Vec<String> =
        documents().iter().flat_map(|d| unknown_targets(&d.path, &d.text, &makefile)).collect();
    assert_eq!(unknown, Vec::<String>::new());
    assert_eq!(unknown_targets("x.md", "`make tea`, `make demo`, make do", &makefile).len(), 1);
}

#[test]
fn the_list_of_decisions_names_every_decision() {
    let decisions = files("docs/decisions", &[".md"]);
    let list = &decisions.iter().find(|d| d.path.ends_with("README.md")).unwrap().text;
    for decision in decisions.iter().filter(|d| !d.path.ends_with("README.md")) {
        let name = decision.path.rsplit('/').next().unwrap();
        let title = decision.text.lines().next().unwrap().trim_start_matches("# ");
        let (number, title) = title.split_once(' ').unwrap();
        assert!(name.starts_with(number), "{name} is headed {number}");
        assert!(
            list.contains(&format!("| [{number}]({name}) | {title} |")),
            "{name} is not in the list as it is headed"
        );
    }
}

#[test]
fn the_map_of_the_crate_shows_every_room() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for room in lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')) {
        assert!(lib.contains(&format!("//! | [`{room}`] |")), "{room} is not in the table of rooms");
    }
}

/// Files and folders of the source that a text names in code spans, as `http/routes.rs` or `coverage/index/`.
fn missing_places(text: &str) -> Vec<String> {
    let spans = text.split('`').skip(1).step_by(2);
    let place = |span: &&str| {
        let room = span.split('/').next().unwrap_or("");
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_/.".contains(c);
        root().join("src").join(room).is_dir() && span.contains('/') && span.chars().all(legal)
    };
    spans.filter(place).filter(|span| !root().join("src").join(span).exists()).map(str::to_owned).collect()
}

#[test]
fn the_walks_through_the_code_lead_past_files_that_exist() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    assert_eq!(missing_places(&read("src/lib.rs")), Vec::<String>::new());
    assert_eq!(missing_places(&read("docs/architecture.md")), Vec::<String>::new());
    assert_eq!(missing_places("`geom/crs/` `geom/nowhere.rs` `text/plain` `geom`"), ["geom/nowhere.rs"]);
}
