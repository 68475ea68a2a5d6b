//! `wangge demo`: writes the demo city.

use super::Failure;
use std::path::PathBuf;

/// Build the demo city of Guilin into a new store file.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge demo                                  writes data/wangge.gpkg
  wangge demo guilin.gpkg --seed 7
  wangge demo --counties counties.geojson      with real county borders")]
pub struct Args {
    /// The file to write.
    #[arg(default_value = super::DEFAULT_FILE)]
    pub out: PathBuf,
    /// Take the counties' borders from this GeoJSON file instead of drawing them.
    #[arg(long, value_name = "FILE")]
    pub counties: Option<PathBuf>,
    /// Another city of the same facts.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Writes the demo city.
pub fn run(args: &Args) -> Result<(), Failure> {
    Err(Failure::Usage(format!("demo is not built in yet, so {} was not written", args.out.display())))
}
