//! `wangge overlap`: two layers over each other.

use super::{Failure, open};
use crate::app::Overlap;
use crate::exchange::sheet::Sheet;
use crate::overlay::SliverRule;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Lay two layers over each other, and say where they disagree.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a file the measures are printed. With one, what is written is the pieces that are not with the
majority of their unit; --rows writes all that the units have in common, --by the measures of each unit
of a level.

Examples:
  wangge overlap land police
  wangge overlap land police mismatch.xlsx
  wangge overlap land police mismatch.geojson --under 450302
  wangge overlap land police common.csv --rows --sliver-m 3
  wangge overlap village station by-county.xlsx --by county")]
pub(super) struct Args {
    /// A layer (land, its grids) or a level (village): its units are the rows.
    a: String,
    /// A layer or a level of another layer.
    b: String,
    /// The file to write: .csv, .xlsx or .geojson.
    out: Option<PathBuf>,
    /// Write all that the units have in common.
    #[arg(long, conflicts_with = "by")]
    rows: bool,
    /// Write the measures of each unit of this level: county, station …
    #[arg(long, value_name = "LEVEL")]
    by: Option<String>,
    /// Only rows under the unit with this code, of either layer.
    #[arg(long, value_name = "CODE")]
    under: Option<String>,
    /// A piece narrower than this in the mean, in metres, is a sliver.
    #[arg(long, value_name = "METRES", default_value_t = SliverRule::default().width_m)]
    sliver_m: f64,
    /// So is one smaller than this, in square metres.
    #[arg(long, value_name = "M2", default_value_t = SliverRule::default().area_m2)]
    sliver_m2: f64,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    database: open::Database,
}

/// Prints or writes it.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if let Some(out) = args.out.as_deref().filter(|out| out.exists() && !args.force) {
        return Err(Failure::Usage(format!("{} is there already; --force replaces it", out.display())));
    }
    let published = open::wait(open::published(&args.database))?;
    let usage = |error: crate::app::OverlapError| Failure::Usage(error.to_string());
    let overlap = Overlap::of(Arc::new(published), [&args.a, &args.b]).map_err(usage)?;
    let rule = SliverRule { width_m: args.sliver_m, area_m2: args.sliver_m2 };
    let crosswalk = overlap.crosswalk(rule);
    let scope = overlap.scope(&crosswalk, args.under.as_deref()).map_err(usage)?;
    let parts = match &args.by {
        None => Vec::new(),
        Some(level) => overlap.parts(&crosswalk, &scope, level).ok_or_else(|| {
            Failure::Usage(format!("expected a level at or above {} and {}, got {level}", args.a, args.b))
        })?,
    };
    let summary = overlap.summary(&crosswalk, &scope);
    let Some(out) = &args.out else {
        let printed = print(&overlap.summary_sheet(&summary, &parts));
        return printed.map_err(|e| Failure::environment("writing to standard output", e));
    };
    if args.by.is_some() {
        return write(out, &overlap.summary_sheet(&summary, &parts), None);
    }
    if args.rows {
        return write(out, &overlap.rows_sheet(&overlap.rows(&crosswalk, &scope)), None);
    }
    let found = overlap.mismatches(&crosswalk, &scope, rule);
    write(out, &overlap.mismatch_sheet(&found), Some(&|| overlap.mismatch_features(&found).to_string()))
}

/// The first row below each other, each with its meaning; more rows as CSV after it.
fn print(sheet: &Sheet<'_>) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for note in &sheet.notes {
        writeln!(out, "{note}")?;
    }
    for (column, value) in sheet.columns.iter().zip(sheet.values(0)).skip(2) {
        writeln!(out, "{:>16}  {value:<14} {}", column.0, column.1)?;
    }
    for row in 1..sheet.rows.len() {
        writeln!(out, "{}", sheet.values(row).join(","))?;
    }
    Ok(())
}

/// Writes a sheet by the ending of the file's name.
fn write(out: &Path, sheet: &Sheet<'_>, features: Option<&dyn Fn() -> String>) -> Result<(), Failure> {
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let doing = || format!("writing {}", out.display());
    let bytes = match (ending, features) {
        ("xlsx", _) => sheet.xlsx().map_err(|e| Failure::environment(doing(), e))?,
        ("csv", _) => {
            let mut bytes = Vec::new();
            sheet.csv(&mut bytes).map_err(|e| Failure::environment(doing(), e))?;
            bytes
        }
        ("geojson", Some(features)) => features().into_bytes(),
        _ => {
            let more = if features.is_some() { ", .xlsx or .geojson" } else { " or .xlsx" };
            return Err(Failure::Usage(format!(
                "expected a file that ends in .csv{more}, got {}",
                out.display()
            )));
        }
    };
    std::fs::write(out, bytes).map_err(|e| Failure::environment(doing(), e))
}
