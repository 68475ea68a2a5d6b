//! `wangge copy`: a whole store into another one, of the same kind or of the other.

use super::{Failure, open};
use crate::store::{self, Copied, Location};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Instant;

/// Copy a store with its whole history: from a GeoPackage to PostGIS, or back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every revision keeps its number, the moment it took effect, its note and its attributes; posts, accounts,
tokens and the audit come along, sessions do not. At the end each revision is read back from the copy and must have the state hash that it has
at its source; the copy appears only then. TO must hold nothing yet: no file, or a database
without a revision.

A database's password is best left out of the command line: PGPASSWORD and ~/.pgpass are read.

Examples:
  wangge copy data/wangge.gpkg postgres://wangge@db.example/city
  wangge copy postgres://wangge@db1.example,db2.example/city city.gpkg
  wangge copy data/wangge.gpkg other.gpkg")]
pub(super) struct Args {
    /// The store to read: a file, or the postgres:// address of a database.
    from: PathBuf,
    /// The store to make.
    to: PathBuf,
}

/// Copies.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (from, to) = (Location::parse(&args.from)?, Location::parse(&args.to)?);
    open::wait(copy(&from, &to))
}

async fn copy(from: &Location, to: &Location) -> Result<(), Failure> {
    let started = Instant::now();
    open::refuse_taken(to).await?;
    let source = open::to_read(from).await?;
    let bar = bar();
    let mut show = |copied: Copied| {
        let (done, of, doing) = match copied {
            Copied::Written(done, of) => (done, of, "written"),
            Copied::Verified(done, of) => (of + done, of, "verified"),
        };
        bar.set_length(2 * of);
        bar.set_position(done);
        bar.set_message(doing);
    };
    let copied = store::copy(&source, to, &mut show).await;
    source.close().await;
    bar.finish_and_clear();
    let (head, hash) = copied?;
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{} revisions from {from} to {to} in {seconds:.1} s, each verified; state {hash}", head.number);
    Ok(())
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {elapsed}").expect("it is ours");
    ProgressBar::new(1).with_style(style)
}
