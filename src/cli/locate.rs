//! `wangge locate`: a point, or rows by the million.

use super::{Failure, open, position};
use crate::app::{Published, Question};
use crate::exchange::locate_rows::{Block, Cutter, Format, Table};
use crate::geom::crs::Crs;
use crate::unit::Categories;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Locate a point, or the rows of a CSV or NDJSON file.
#[derive(Debug, clap::Args)]
#[command(
    allow_negative_numbers = true,
    after_help = "\
A CSV needs the columns lon,lat (x,y in a projected crs) and keeps all others; an NDJSON line is
{\"id\":…,\"lon\":…,\"lat\":…} and may name its own crs. Each row gets one answer, in order; a bad one
gets an error row. Files of any size stream through.

Examples:
  wangge locate 110.29 25.27 --crs wgs84
  wangge locate 429131.3 2797281.4 --crs 4546 --category 水域救援
  wangge locate '25.27N 110.29E'           as written; every reading, if no --crs says which
  wangge locate points.csv --crs gcj02 --out answers.csv
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
    /// Where the answers go; standard output without it.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    database: open::Database,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum RowFormat {
    Csv,
    Ndjson,
}

/// How much is read at a time: what one core works on.
const CHUNK: usize = 256 * 1024;

/// Locates.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let question = question(args)?;
    match args.what.as_slice() {
        [east, north] => one(args, &question, number(east)?, number(north)?),
        [text] if text != "-" && !Path::new(text).exists() => written(args, &question, text),
        [file] => rows(args, &question, Path::new(file)),
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

fn rows(args: &Args, question: &Question, path: &Path) -> Result<(), Failure> {
    let format = format(args, path)?;
    if matches!(format, Format::Csv) && args.crs.is_none() {
        return Err(Failure::Usage("--crs is needed for CSV, for example --crs wgs84".into()));
    }
    let reading = |e| Failure::environment(format!("reading {}", path.display()), e);
    let (input, size): (Box<dyn Read>, Option<u64>) = if path == Path::new("-") {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path).map_err(reading)?;
        let size = file.metadata().map_err(reading)?.len();
        (Box::new(file), Some(size))
    };
    let published = open::wait(open::published(&args.database))?;
    let out: Box<dyn Write> = match &args.out {
        None => Box::new(io::stdout().lock()),
        Some(path) => Box::new(
            File::create(path).map_err(|e| Failure::environment(format!("writing {}", path.display()), e))?,
        ),
    };
    let stream = Stream { published: &published, question, crs: args.crs, format, bar: bar(size) };
    stream.run(input, BufWriter::new(out))
}

fn format(args: &Args, path: &Path) -> Result<Format, Failure> {
    match (args.format, path.extension().and_then(|e| e.to_str())) {
        (Some(RowFormat::Csv), _) | (None, Some("csv")) => Ok(Format::Csv),
        (Some(RowFormat::Ndjson), _) | (None, Some("ndjson" | "jsonl")) => Ok(Format::Ndjson),
        _ => Err(Failure::Usage("expected a file that ends in .csv or .ndjson, or --format".into())),
    }
}

fn bar(size: Option<u64>) -> ProgressBar {
    let template = match size {
        Some(_) => "{bar:30} {bytes}/{total_bytes} {msg} {eta} left",
        None => "{spinner} {bytes} {msg}",
    };
    let style = ProgressStyle::with_template(template).expect("the template is ours");
    let bar = size.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    bar.with_style(style)
}

/// Rows on their way from an input to an output.
struct Stream<'a> {
    published: &'a Published,
    question: &'a Question,
    crs: Option<Crs>,
    format: Format,
    bar: ProgressBar,
}

/// What went through.
#[derive(Default)]
struct Count {
    rows: usize,
    located: usize,
}

impl Stream<'_> {
    /// Reads as many chunks as there are cores, answers them side by side, writes them in order.
    fn run(&self, mut input: impl Read, mut out: impl Write) -> Result<(), Failure> {
        let started = Instant::now();
        let mut cutter = Some(Cutter::new(self.format));
        let mut table = None;
        let mut count = Count::default();
        while cutter.is_some() {
            let blocks = self.blocks(&mut input, &mut cutter)?;
            self.answer(blocks, &mut table, &mut count, &mut out)?;
            let rate = count.rows as f64 / started.elapsed().as_secs_f64();
            self.bar.set_message(format!("{} rows, {rate:.0} rows/s", count.rows));
        }
        out.flush()?;
        self.bar.finish_and_clear();
        let (rows, bad) = (count.rows, count.rows - count.located);
        let seconds = started.elapsed().as_secs_f64();
        eprintln!(
            "{rows} rows: {} located, {bad} bad; {seconds:.1} s, {:.0} rows/s",
            count.located,
            rows as f64 / seconds
        );
        Ok(())
    }

    fn blocks(&self, input: &mut impl Read, cutter: &mut Option<Cutter>) -> Result<Vec<Block>, Failure> {
        let mut blocks = Vec::new();
        while blocks.len() < 2 * rayon::current_num_threads() {
            let Some(open) = cutter.as_mut() else { break };
            let mut chunk = Vec::with_capacity(CHUNK);
            let read = input.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
            let read = read.map_err(|e| Failure::environment("reading rows", e))?;
            self.bar.inc(read as u64);
            let block = if read > 0 {
                open.push(&chunk)
            } else {
                cutter.take().map_or_else(Block::default, Cutter::finish)
            };
            if !block.is_empty() {
                blocks.push(block);
            }
        }
        Ok(blocks)
    }

    fn answer(
        &self,
        mut blocks: Vec<Block>,
        table: &mut Option<Table>,
        count: &mut Count,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        if table.is_none()
            && let Some(first) = blocks.first_mut()
        {
            let (opened, head) = Table::open(self.format, self.crs, first)
                .map_err(|e| Failure::Refused(format!("the head of the rows: {e}")))?;
            out.write_all(&head)?;
            *table = Some(opened);
        }
        let Some(table) = table.as_ref() else { return Ok(()) };
        let answered: Vec<(Vec<u8>, usize, usize)> = blocks
            .par_iter()
            .map(|block| {
                let rows = block.rows().filter(|(_, row)| !row.trim_ascii().is_empty()).count();
                let (bytes, good) = self.published.answer_rows(table, block, self.question);
                (bytes, rows, good)
            })
            .collect();
        for (bytes, rows, good) in answered {
            out.write_all(&bytes)?;
            count.rows += rows;
            count.located += good;
        }
        Ok(())
    }
}
