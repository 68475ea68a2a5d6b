//! `wangge healthcheck`: asks a running server whether it is ready.

use super::Failure;

/// Ask a running server whether it is ready: exit code 0 or 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge healthcheck
  wangge healthcheck --url http://127.0.0.1:9000")]
pub struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
}

/// Asks once.
pub fn run(args: &Args) -> Result<(), Failure> {
    Err(Failure::Usage(format!("healthcheck is not built in yet, so {} was not asked", args.url)))
}
