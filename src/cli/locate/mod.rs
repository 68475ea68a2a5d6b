//! `wangge locate`: a point, or rows by the million.

mod input;
mod output;
mod rows;

use super::{Failure, open, position};
use crate::app::Question;
use crate::geom::crs::Crs;
use crate::unit::Categories;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Locate a point, or the rows of a CSV, NDJSON or Parquet file.
#[derive(Debug, clap::Args)]
#[command(
    allow_negative_numbers = true,
    after_help = "\
A CSV or Parquet file needs the columns lon,lat (x,y in a projected crs) and keeps all others; an NDJSON
line is {\"id\":…,\"lon\":…,\"lat\":…} and may name its own crs. Each row gets one answer, in order; a bad
one gets an error row. Files of any size stream through. At the end every row is accounted for: inside,
nearby, outside, or unreadable with the numbers of the first such lines (in Parquet, rows).

The ending of --out decides the format of the answers. Between formats a CSV's cells stay text but for the
coordinates, of an NDJSON line only the id is kept, and Parquet columns of lists or bytes go to Parquet only.
Parquet is read from a file, not from standard input. --out appears whole, or not at all.

Examples:
  wangge locate 110.29 25.27 --crs wgs84
  wangge locate 429131.3 2797281.4 --crs 4546 --category 水域救援
  wangge locate '25.27N 110.29E'           as written; every reading, if no --crs says which
  wangge locate points.csv --crs gcj02 --out answers.csv
  wangge locate points.parquet --crs gcj02 --out answers.parquet
  zcat points.ndjson.gz | wangge locate - --format ndjson --crs wgs84 > answers.ndjson"
)]
pub(super) struct Args {
    /// East and north of a point; or one file, `-` being standard input; or a position as written.
    #[arg(required = true, num_args = 1..=2, value_name = "EAST NORTH | FILE | TEXT")]
    what: Vec<String>,
    /// The system of the coordinates: wgs84, cgcs2000, gcj02, bd09 or an EPSG number.
    #[arg(long)]
    crs: Option<Crs>,
    /// The category whose rule decides who is responsible, by code or name.
    #[arg(long)]
    category: Option<String>,
    /// How far the true place of a point may lie from the given one, in metres.
    #[arg(long, value_name = "METRES")]
    accuracy: Option<f64>,
    /// The format of the rows, whatever the file's ending.
    #[arg(long, value_enum)]
    format: Option<RowFormat>,
    /// Where the answers go, in the format that its ending says: .csv, .ndjson or .parquet. Standard output
    /// in the format of the rows without it.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    database: open::Database,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum RowFormat {
    Csv,
    Ndjson,
    Parquet,
}

/// Locates.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let question = question(args)?;
    match args.what.as_slice() {
        [east, north] => one(args, &question, number(east)?, number(north)?),
        [text] if text != "-" && !Path::new(text).exists() => written(args, &question, text),
        [file] => rows::run(args, &question, Path::new(file)),
        _ => Err(Failure::Usage("expected east and north, or a file".into())),
    }
}

fn question(args: &Args) -> Result<Question, Failure> {
    let category = args.category.as_deref().map(|text| Categories::standard().find(text)).transpose();
    let category = category.map_err(|e| Failure::Usage(e.to_string()))?;
    let obfuscated = args.crs.is_some_and(|crs| crs.least_accuracy_m() > 0.0);
    Question::new(category, args.accuracy, None, obfuscated).map_err(|e| Failure::Usage(e.to_string()))
}

fn number(text: &str) -> Result<f64, Failure> {
    text.parse().map_err(|_not_a_number| Failure::Usage(format!("expected a number, got {text:?}")))
}

/// One point: the whole answer as JSON.
fn one(args: &Args, question: &Question, east: f64, north: f64) -> Result<(), Failure> {
    let crs = args.crs.ok_or_else(|| Failure::Usage("--crs is needed, for example --crs wgs84".into()))?;
    let point = crs.to_lattice(east, north).map_err(|e| Failure::Usage(e.to_string()))?;
    let published = open::wait(open::published(&args.database))?;
    let answer = position::answer(&published, question, point);
    Ok(writeln!(io::stdout().lock(), "{answer:#}")?)
}

/// A position as somebody wrote it: an answer for every way to read it.
fn written(args: &Args, question: &Question, text: &str) -> Result<(), Failure> {
    let published = open::wait(open::published(&args.database))?;
    let answers = position::readings(&published, question, text, args.crs)?;
    Ok(writeln!(io::stdout().lock(), "{answers:#}")?)
}
