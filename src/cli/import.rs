//! `wangge import`: a file becomes a layer of the next revision, or is refused with all its defects.

use super::source::{Examined, Source};
use super::{Failure, draw, open, people, reference};
use crate::coverage::{Defect, Severity};
use crate::exchange::import::{self, Stored};
use crate::exchange::posts;
use crate::exchange::report::Report;
use crate::snapshot::{LayerSource, Revision, StateHash};
use crate::store::{Loaded, Location, Publication, Store};
use crate::unit::{Attributes, Outline};
use chrono::Utc;
use std::path::{Path, PathBuf};

/// Import a layer or lines to draw along from GeoJSON or GeoPackage, or posts from CSV. Anything wrong refuses all of it.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
The file has a feature per unit with the columns code, name, level and parent (the code of the unit
one level up), units above the grids without geometry; or grids only, with the codes of the units
above in columns. Units above that it does not describe are taken from the stored layer. Units keep
their ids by code. All other columns are kept and given back by export.

Examples:
  wangge import grids.geojson --layer land
  wangge import grids.gpkg --layer land --crs 4546 --map code=WGBM --map name=WGMC \\
      --map village=CUN --map village_name=CUN_MC --map township=ZHEN --map county=XIAN --map city=SHI
  wangge import grids.geojson --layer land --snap 0.5      close misfits up to half a metre
  wangge import grids.geojson --layer land --database postgres://wangge@db.example/city
  wangge import --reference roads.geojson --name 道路       lines that borders may be drawn along
  wangge import posts people.csv                           code,title,valid_from,holder,phone,valid_to,layer
  ogr2ogr -f GPKG grids.gpkg grids.shp -lco ENCODING=UTF-8 first, for a Shapefile"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    pub(super) source: Source,
    #[command(flatten)]
    pub(super) database: open::Database,
    /// A note that is shown with everything drawn from the revision; an empty one removes it.
    #[arg(long)]
    note: Option<String>,
    /// A file of lines to draw along (roads, rivers, a plan), instead of a layer. GeoJSON or GeoPackage; areas give
    /// the lines around them. They are never part of a coverage; `wangge reference` lists and removes them.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "layer", "maps", "snap", "note"])]
    reference: Option<PathBuf>,
    /// What the lines are called; lines of that name are replaced [default: the file's name].
    #[arg(long, value_name = "NAME", requires = "reference")]
    pub(super) name: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Put the posts of a CSV file in the place of all posts.
    Posts(PostsArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Columns: code,title,valid_from and, if wanted, holder,phone,valid_to,layer. Days as 2026-11-23; valid_to
is the day after the last one. All bad rows are told; if there is one, nothing is changed.

Examples:
  wangge import posts people.csv")]
struct PostsArgs {
    /// A CSV file in UTF-8.
    file: PathBuf,
    #[command(flatten)]
    database: open::Database,
}

/// Imports a layer or posts.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.what {
        Some(What::Posts(args)) => open::wait(import_posts(args)),
        None => match &args.reference {
            Some(file) => open::wait(reference::import(args, file)),
            None => open::wait(import_layer(args)),
        },
    }
}

async fn import_layer(args: &Args) -> Result<(), Failure> {
    let place = args.database.place()?;
    if Store::exists(&place).await? {
        // To a file nobody else may publish between what is compared here and what is written; in a
        // database the publication that comes second is refused.
        let store = open::to_write(&place).await?;
        let done = import_into(args, &place, &store).await;
        store.close().await;
        return done;
    }
    let layers = next_layers(args, Stored { layers: &[], taken: 0 }).await?;
    let mut published = None;
    Store::build(&place, async |store: &Store| -> Result<(), Failure> {
        published = Some(publish(args, store, None, &layers).await?);
        Ok(())
    })
    .await?;
    tell(&place, published.expect("a store that was built was published into"));
    Ok(())
}

async fn import_into(args: &Args, place: &Location, store: &Store) -> Result<(), Failure> {
    let stored = match store.head().await? {
        Some(head) => Some(store.load(head.number).await?),
        None => None,
    };
    let before = stored.as_ref().map_or(&[][..], |loaded| &loaded.layers);
    let stored_now = Stored { layers: before, taken: store.last_unit_id().await? };
    let layers = next_layers(args, stored_now).await?;
    if stored.as_ref().is_some_and(|loaded| StateHash::of(&layers) == loaded.state_hash) {
        eprintln!("nothing changed: {place} holds this already");
        return Ok(());
    }
    tell(place, publish(args, store, stored.as_ref(), &layers).await?);
    draw::head(store).await.map(|_| ())
}

fn tell(place: &Location, (revision, hash): (Revision, StateHash)) {
    eprintln!("revision {} of {place} in force, state {hash}", revision.number);
}

/// All layers after the import.
async fn next_layers(args: &Args, stored: Stored<'_>) -> Result<Vec<LayerSource>, Failure> {
    let examined = args.source.examine(stored).await?;
    for notice in &examined.notices {
        eprintln!("note: {notice}");
    }
    layers_after(&examined, stored.layers)
}

/// All layers after the import: those that were there, the new one in its place. Layers that fill its
/// outline must fill the new one.
fn layers_after(examined: &Examined, stored: &[LayerSource]) -> Result<Vec<LayerSource>, Failure> {
    let (source, defects) = (&examined.source, &examined.defects);
    let ledger = examined.built.as_ref().map(|b| &b.ledger);
    eprint!("{}", Report::new(source, defects, ledger).text());
    let errors = errors(defects);
    let built = examined.built.as_ref().filter(|_| errors == 0).ok_or_else(|| refused(errors))?;
    let new = import::finished(source.clone(), built);
    let mut layers = stored.to_vec();
    match layers.iter().position(|s| s.layer.name == new.layer.name) {
        Some(place) => layers[place] = new,
        None => layers.push(new),
    }
    let name = &source.layer.name;
    for other in layers.iter().filter(|s| s.layer.outline == Outline::Of(name.clone())) {
        if let Err(found) = import::build(other, Stored { layers: &layers, taken: 0 }, None) {
            eprint!("{}", Report::new(other, &found, None).text());
            let message = format!("{} would no longer fill the outline of {name}", other.layer.name);
            return Err(Failure::Refused(format!("{message}; nothing was written")));
        }
    }
    Ok(layers)
}

fn errors(defects: &[Defect]) -> usize {
    defects.iter().filter(|d| d.kind.severity() == Severity::Error).count()
}

fn refused(errors: usize) -> Failure {
    Failure::Refused(format!("{errors} errors; nothing was written"))
}

async fn publish(
    args: &Args,
    store: &Store,
    stored: Option<&Loaded>,
    layers: &[LayerSource],
) -> Result<(Revision, StateHash), Failure> {
    let kept = stored.and_then(|loaded| loaded.note.clone());
    let publication = Publication {
        prev: stored.map(|loaded| loaded.revision.number),
        effective_from: Utc::now(),
        note: args.note.clone().or(kept).filter(|note| !note.is_empty()),
        attributes: Attributes::new(),
        layers,
    };
    Ok(store.publish(&publication).await?)
}

async fn import_posts(args: &PostsArgs) -> Result<(), Failure> {
    let bytes = std::fs::read(&args.file)
        .map_err(|e| Failure::environment(format!("reading {}", args.file.display()), e))?;
    let store = open::to_write(&args.database.place()?).await?;
    let done = replace_posts(&args.file, &bytes, &store).await;
    store.close().await;
    done
}

async fn replace_posts(file: &Path, bytes: &[u8], store: &Store) -> Result<(), Failure> {
    let loaded = store.load_head().await?;
    let posts = posts::read(bytes, &loaded.layers).map_err(|wrong| {
        for row in &wrong {
            eprintln!("{}: {row}", file.display());
        }
        Failure::Refused(format!("{} bad rows; nothing was written", wrong.len()))
    })?;
    let data = serde_json::json!({ "posts": posts.len() });
    store.import_posts(&posts, &people::act("posts.imported", "all", data)).await?;
    eprintln!("{} posts in the place of {}", posts.len(), loaded.posts.len());
    Ok(())
}
