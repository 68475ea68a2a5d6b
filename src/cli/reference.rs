//! `wangge reference`: the lines that borders may be drawn along. `wangge import --reference` brings them in.

use super::{Failure, import, open, people};
use crate::exchange::read::{self, ReadError, ReadOptions};
use crate::exchange::references;
use crate::store::{Store, StoreError};
use crate::unit::reference_name;
use chrono::{SubsecRound, Utc};
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// Reference lines: roads, rivers, plans that borders may be drawn along.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge import --reference roads.geojson --name 道路
  wangge reference list
  wangge reference remove 道路")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List all sets of lines, tab-separated.
    List(List),
    /// Remove a set of lines.
    Remove(Remove),
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    database: open::Database,
}

#[derive(Debug, clap::Args)]
struct Remove {
    /// The name of the set.
    reference: String,
    #[command(flatten)]
    database: open::Database,
}

/// Does what was asked.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.what {
        What::List(args) => list(args),
        What::Remove(args) => {
            people::change(&args.database, async |store| remove(store, &args.reference).await)
        }
    }
}

fn list(args: &List) -> Result<(), Failure> {
    let all = people::look(&args.database, async |store| Ok(store.references().await?))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "reference\tlines\tvertices\tsource\timported")?;
    for set in &all {
        let vertices: usize = set.lines.iter().map(|line| line.points.len()).sum();
        let (name, lines, at) = (&set.name, set.lines.len(), set.imported_at.to_rfc3339());
        writeln!(out, "{name}\t{lines}\t{vertices}\t{}\t{at}", set.source)?;
    }
    Ok(())
}

async fn remove(store: &Store, name: &str) -> Result<(), Failure> {
    store.remove_reference(name, &people::act("reference.removed", name, json!({}))).await?;
    eprintln!("reference {name} is removed");
    Ok(())
}

/// `wangge import --reference FILE`.
pub(super) async fn import(args: &import::Args, file: &Path) -> Result<(), Failure> {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = args.name.as_ref().unwrap_or(&stem);
    let name = reference_name(name).map_err(|why| Failure::Usage(format!("--name: {why}")))?;
    let options = ReadOptions { crs: args.source.crs, table: args.source.table.clone(), levels: Vec::new() };
    let place = args.database.place()?;
    let bar = open::spinner(format!("reading {}", file.display()));
    let read = read::read_lines(file, &options).await.map_err(|error| match error {
        ReadError::Crs(message) => Failure::Usage(message),
        ReadError::Malformed(message) => Failure::Refused(format!("{}: {message}", file.display())),
        other => Failure::environment(format!("reading {}", file.display()), other),
    })?;
    bar.finish_and_clear();
    for notice in &read.notices {
        eprintln!("note: {notice}");
    }
    let source = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let now = Utc::now().trunc_subsecs(6);
    let (set, left_out) = references::reference(name, &source, now, read)
        .map_err(|why| Failure::Refused(format!("{}: {why}", file.display())))?;
    if left_out > 0 {
        eprintln!("note: {left_out} lines are shorter than 1e-7 degree and were left out");
    }
    let store = Store::open(&place).await.map_err(|error| match error {
        StoreError::InUse(_) => Failure::environment("stop the server first; in PostGIS it may run", error),
        other => other.into(),
    })?;
    let data = json!({ "source": source, "lines": set.lines.len() });
    let done = store.put_reference(&set, &people::act("reference.imported", name, data)).await;
    store.close().await;
    let vertices: usize = set.lines.iter().map(|line| line.points.len()).sum();
    let word = if done? { " in the place of those before" } else { "" };
    eprintln!("reference {name}: {} lines with {vertices} vertices{word}", set.lines.len());
    Ok(())
}
