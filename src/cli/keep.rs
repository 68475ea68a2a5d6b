//! `wangge backup`, `restore` and `verify`: keeping a store.

use super::{Failure, open};
use crate::store::Store;
use std::path::PathBuf;

/// Copy a store to a new file, also while it is served.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge backup backup-2026-11-23.gpkg
  wangge backup /mnt/safe/guilin.gpkg --database guilin.gpkg
  wangge backup city.gpkg --database postgres://wangge@db.example/city

The backup of a PostGIS database is a GeoPackage with the whole history; `wangge copy` puts it back.")]
pub(super) struct Backup {
    /// The file to write.
    out: PathBuf,
    #[command(flatten)]
    database: open::Database,
}

/// Put a backup in the place of a store, which must not be in use.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The backup is verified first; what it replaces is kept beside it.

Examples:
  wangge restore backup-2026-11-23.gpkg
  wangge restore backup-2026-11-23.gpkg --database guilin.gpkg")]
pub(super) struct Restore {
    /// The backup.
    backup: PathBuf,
    #[command(flatten)]
    database: open::Database,
}

/// Read a whole store back: pages and references of a file, and the hash of every revision.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge verify
  wangge verify backup-2026-11-23.gpkg
  wangge verify --database postgres://wangge@db.example/city")]
pub(super) struct Verify {
    #[command(flatten)]
    store: open::Named,
}

/// Copies the store.
pub(super) fn backup(args: &Backup) -> Result<(), Failure> {
    open::wait(async {
        let place = args.database.place()?;
        let bar = open::spinner(format!("copying {place}"));
        let store = open::to_read(&place).await?;
        let copied = store.backup(&args.out).await;
        store.close().await;
        bar.finish_and_clear();
        Ok(copied?)
    })
}

/// Puts the backup back.
pub(super) fn restore(args: &Restore) -> Result<(), Failure> {
    open::wait(async {
        let place = args.database.place()?;
        let hint = "only a file is put back whole; `wangge copy` fills a database";
        let to = place.file().ok_or_else(|| Failure::Usage(format!("{place}: {hint}")))?;
        let bar = open::spinner(format!("verifying {}", args.backup.display()));
        let kept = Store::restore(&args.backup, to).await;
        bar.finish_and_clear();
        if let Some(kept) = kept? {
            eprintln!("what was at {} is now {}", to.display(), kept.display());
        }
        Ok(())
    })
}

/// Reads everything back.
pub(super) fn verify(args: &Verify) -> Result<(), Failure> {
    open::wait(async {
        let place = args.store.place()?;
        let bar = open::spinner(format!("reading {place}"));
        let store = open::to_read(&place).await?;
        let revisions = store.revisions().await?.len();
        let findings = store.verify().await;
        store.close().await;
        bar.finish_and_clear();
        match findings?.as_slice() {
            [] => {
                eprintln!("{place}: {revisions} revisions, all as published");
                Ok(())
            }
            found => Err(Failure::Refused(found.join("\n"))),
        }
    })
}
