//! `wangge serve`: answers over HTTP.

use super::Failure;
use std::path::PathBuf;

/// Serve the page, the API and the tiles from a store file.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge serve                                 data/wangge.gpkg on 127.0.0.1:8080
  wangge serve guilin.gpkg --bind 127.0.0.1:9000")]
pub struct Args {
    /// The store file.
    #[arg(default_value = super::DEFAULT_FILE)]
    pub file: PathBuf,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub bind: std::net::SocketAddr,
}

/// Serves until stopped.
pub fn run(args: &Args) -> Result<(), Failure> {
    Err(Failure::Usage(format!("serve is not built in yet, so {} is not served", args.file.display())))
}
