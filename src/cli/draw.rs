//! `wangge draw`: drawings in a database, for martin.

use super::{Failure, open};
use crate::app::{OpenError, draw_head};
use crate::store::{Sitting, Store};
use std::time::Instant;

/// Keep drawings in a PostGIS database, from which martin serves tiles.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Draws the newest revision at every zoom, and has whoever publishes draw the next ones. tiles/martin.yaml is for
martin; tiles/CONTRACT.md says what its tiles hold.

Examples:
  wangge draw --database postgres://wangge@db.example/city
  wangge draw --database postgres://wangge@db.example/city --off      throw them away")]
pub(super) struct Args {
    #[command(flatten)]
    database: open::Database,
    /// Throw the drawings away, and keep none from now on.
    #[arg(long)]
    off: bool,
}

/// Draws, or throws away.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    open::wait(async {
        let place = args.database.place()?;
        let store = open::to_write(&place).await?;
        let bar = open::spinner(format!("drawing {place}"));
        let started = Instant::now();
        let done = draw(&store, !args.off).await;
        store.close().await;
        bar.finish_and_clear();
        let seconds = started.elapsed().as_secs_f64();
        match done? {
            Some(Sitting::Drawn { added, removed }) => {
                eprintln!("{place} drawn in {seconds:.1} s: {added} rows more, {removed} fewer");
            }
            Some(_) => eprintln!("{place} was drawn before"),
            None => eprintln!("{place} keeps no drawings"),
        }
        Ok(())
    })
}

async fn draw(store: &Store, keep: bool) -> Result<Option<Sitting>, Failure> {
    store.keep_drawings(keep).await?;
    if keep { head(store).await } else { Ok(None) }
}

/// Draws the newest revision where drawings are kept; for every command that publishes.
pub(super) async fn head(store: &Store) -> Result<Option<Sitting>, Failure> {
    draw_head(store).await.map_err(|error| match error {
        OpenError::Store(error) => error.into(),
        other => Failure::environment("drawing for other tile servers", other),
    })
}
