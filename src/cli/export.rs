//! `wangge export`: layers and levels for other programs.

use super::{Failure, open};
use crate::app::Published;
use crate::exchange::table::Selection;
use crate::exchange::write::{self, WriteError};
use crate::geom::crs::Crs;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Export a layer or a level as GeoJSON, GeoPackage or CSV.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A layer's GeoJSON has all its units, with shapes for the grids, as import reads it; a level has the
derived shapes of its units. A layer's GeoPackage has a table per level. CSV has no shapes. Posts and
telephones are never exported.

Examples:
  wangge export land land.geojson
  wangge export land land.gpkg --crs 4490
  wangge export county counties.geojson --crs 4546
  wangge export land land.gpkg --database postgres://wangge@db.example/city
  wangge export village villages.csv
  wangge export grid - --format geojson | head -c 1000")]
pub(super) struct Args {
    /// A layer (land) or a level (county).
    name: String,
    /// The file to write; its ending says the format. `-` is standard output.
    out: PathBuf,
    /// The system of the coordinates: wgs84, cgcs2000, gcj02, bd09 or an EPSG number.
    #[arg(long, default_value = "wgs84")]
    crs: Crs,
    /// The format, whatever the ending.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    database: open::Database,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Geojson,
    Gpkg,
    Csv,
}

/// Writes the file.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let format = args.format.or_else(|| by_ending(&args.out)).ok_or_else(|| {
        Failure::Usage("expected a file that ends in .geojson, .gpkg or .csv, or --format".into())
    })?;
    let to_stdout = args.out == Path::new("-");
    if to_stdout && format == Format::Gpkg {
        return Err(Failure::Usage("a GeoPackage cannot go to standard output".into()));
    }
    if !to_stdout && args.out.exists() && !args.force {
        let out = args.out.display();
        return Err(Failure::Usage(format!("{out} is there already; --force replaces it")));
    }
    open::wait(async {
        let published = open::published(&args.database).await?;
        let selection = Selection::find(&published.base, &args.name).ok_or_else(|| {
            let names = Selection::names(&published.base).join(", ");
            Failure::Usage(format!("expected a layer or a level among {names}, got {}", args.name))
        })?;
        let doing = || format!("writing {}", args.out.display());
        if to_stdout {
            let mut out = BufWriter::new(std::io::stdout().lock());
            return plain(format, &selection, args.crs, &published, &mut out);
        }
        let partial = partial(&args.out);
        remove(&partial)?;
        if format == Format::Gpkg {
            let (tables, note) = (selection.table_per_level(), published.note.as_deref());
            write::geopackage(&partial, &tables, args.crs, note).await.map_err(|e| match e {
                WriteError::NoNumber(_) => Failure::Usage(e.to_string()),
                other => Failure::environment(doing(), other),
            })?;
        } else {
            let mut out =
                BufWriter::new(File::create(&partial).map_err(|e| Failure::environment(doing(), e))?);
            plain(format, &selection, args.crs, &published, &mut out)?;
        }
        std::fs::rename(&partial, &args.out).map_err(|e| Failure::environment(doing(), e))
    })
}

fn plain(
    format: Format,
    selection: &Selection<'_>,
    crs: Crs,
    published: &Published,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let table = selection.one_table();
    match format {
        Format::Csv => write::csv(&table, out)?,
        Format::Geojson | Format::Gpkg => write::geojson(&table, crs, published.note.as_deref(), out)?,
    }
    Ok(out.flush()?)
}

fn by_ending(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()? {
        "geojson" | "json" => Some(Format::Geojson),
        "gpkg" => Some(Format::Gpkg),
        "csv" => Some(Format::Csv),
        _ => None,
    }
}

/// The name under which a file is written until it is whole.
fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn remove(path: &Path) -> Result<(), Failure> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::environment(format!("removing {}", path.display()), error))
        }
        _ => Ok(()),
    }
}
