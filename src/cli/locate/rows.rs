//! Rows by the million: read, looked up and written at the same time.

use super::input::{Input, failed, format, of_ending};
use super::output::{Output, Sink};
use super::{Args, Failure, open};
use crate::app::{Published, Question};
use crate::exchange::locate_rows::{Answers, Format, ParquetOut, Piece, RowError, Tally, Way, answered};
use crate::geom::crs::Crs;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

/// Locates the rows of a file.
pub(super) fn run(args: &Args, question: &Question, path: &Path) -> Result<(), Failure> {
    let from = format(args, path)?;
    if from != Format::Ndjson && args.crs.is_none() {
        return Err(Failure::Usage("--crs is needed for CSV and Parquet, for example --crs wgs84".into()));
    }
    let to = match args.out.as_deref() {
        None if from == Format::Parquet => {
            return Err(Failure::Usage(
                "--out is needed for Parquet, for example --out answers.parquet".into(),
            ));
        }
        None => from,
        Some(out) => of_ending(out).ok_or_else(|| {
            Failure::Usage("expected an --out that ends in .csv, .ndjson or .parquet".into())
        })?,
    };
    let input = Input::open(path, from)?;
    let published = open::wait(open::published(&args.database))?;
    let out = args.out.as_deref().unwrap_or(Path::new("standard output"));
    let job = Job { published: &published, question, crs: args.crs, from, to, path, out };
    job.run(input, Sink::open(args.out.as_deref())?)
}

/// What is done with the rows.
struct Job<'a> {
    published: &'a Published,
    question: &'a Question,
    crs: Option<Crs>,
    from: Format,
    to: Format,
    path: &'a Path,
    out: &'a Path,
}

impl Job<'_> {
    /// While one round of rows is looked up by all cores, the next is read and the last is written: three
    /// rounds are in memory, however many there are.
    fn run(&self, mut input: Input, sink: BufWriter<Sink>) -> Result<(), Failure> {
        let started = Instant::now();
        let bar = bar(self.from, input.progress().1);
        let mut asked = input.round(self.path)?;
        let (way, mut out) = self.open(&input, &mut asked, sink)?;
        let (mut answers, mut tally) = (Vec::new(), Tally::default());
        while !(asked.is_empty() && answers.is_empty()) {
            let (read, (located, written)) = rayon::join(
                || input.round(self.path),
                || rayon::join(|| self.locate(way.as_ref(), asked), || out.write(&answers, self.out)),
            );
            written?;
            let (located, counted) = located?;
            tally.add(&counted);
            (asked, answers) = (read?, located);
            bar.set_position(input.progress().0);
            let rate = tally.rows() as f64 / started.elapsed().as_secs_f64();
            bar.set_message(format!("{} rows, {} rows/s", HumanCount(tally.rows()), HumanCount(rate as u64)));
        }
        if let Input::Parquet(rows) = &input
            && rows.total() != tally.rows()
        {
            let message = format!("{} rows were read and {} answered", rows.total(), tally.rows());
            return Err(Failure::Environment(anyhow::anyhow!(message)));
        }
        out.finish(self.out)?;
        bar.finish_and_clear();
        let seconds = started.elapsed().as_secs_f64();
        eprintln!("{tally}; {seconds:.1} s, {:.0} rows/s", tally.rows() as f64 / seconds);
        Ok(())
    }

    /// Reads what stands before the rows, and begins the answers; without any row of text there is no way
    /// from here to there, and nothing to write.
    fn open(
        &self,
        input: &Input,
        asked: &mut [Piece],
        mut sink: BufWriter<Sink>,
    ) -> Result<(Option<Way>, Output), Failure> {
        let refused = |e: RowError| Failure::Refused(format!("{}: {e}", self.path.display()));
        let (way, written, notes) = match (input, asked.first_mut(), self.crs) {
            (Input::Parquet(rows), _, Some(crs)) => {
                let (way, head) = Way::of_batches(crs, rows.batch_schema(), self.to).map_err(refused)?;
                (Some((way, head)), Some(answered(rows.schema()).map_err(refused)?), rows.notes())
            }
            (_, Some(Piece::Text(first)), crs) => {
                let (way, head) = Way::of_text(self.from, self.to, crs, first).map_err(refused)?;
                let written = way.schema().clone();
                (Some((way, head)), Some(written), Vec::new())
            }
            _ => (None, None, Vec::new()),
        };
        if self.to == Format::Parquet {
            let schema = written.ok_or_else(|| {
                Failure::Refused(format!("{}: there is nothing in it; expected rows", self.path.display()))
            })?;
            let out = ParquetOut::new(sink, schema, notes).map_err(|e| failed(self.out, e))?;
            return Ok((way.map(|(way, _)| way), Output::Parquet(Box::new(out))));
        }
        if let Some((_, head)) = &way {
            sink.write_all(head)?;
        }
        Ok((way.map(|(way, _)| way), Output::Text(sink)))
    }

    fn locate(&self, way: Option<&Way>, asked: Vec<Piece>) -> Result<(Vec<Answers>, Tally), Failure> {
        let Some(way) = way else { return Ok((Vec::new(), Tally::default())) };
        let located: Result<Vec<(Answers, Tally)>, RowError> = asked
            .into_par_iter()
            .map(|piece| self.published.answer_rows(way, piece, self.question))
            .collect();
        let located = located.map_err(|e| Failure::Refused(format!("{}: {e}", self.path.display())))?;
        let mut tally = Tally::default();
        let add = |(answers, counted): (Answers, Tally)| {
            tally.add(&counted);
            answers
        };
        let answers = located.into_iter().map(add).collect();
        Ok((answers, tally))
    }
}

fn bar(from: Format, size: Option<u64>) -> ProgressBar {
    let template = match size {
        Some(_) if from == Format::Parquet => "{bar:30} {percent}% {msg} {eta} left",
        Some(_) => "{bar:30} {bytes}/{total_bytes} {msg} {eta} left",
        None => "{spinner} {bytes} {msg}",
    };
    let style = ProgressStyle::with_template(template).expect("the template is ours");
    let bar = size.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    bar.with_style(style)
}
