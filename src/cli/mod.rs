//! The command line: one file per command, each a parsed `Args` and a `run`.
//!
//! Results go to standard output (by `writeln!`, which tells of a closed pipe; `println!` panics there),
//! everything said to a person goes to standard error, so that output can be piped. How a command ended is its exit code, see [`Failure`].

#![expect(clippy::print_stderr, reason = "the command line is where wangge speaks to a person")]

mod check;
mod copy;
mod demo;
mod demo_reports;
mod dev_publish;
mod draw;
mod export;
mod failure;
mod healthcheck;
mod import;
mod keep;
mod locate;
mod open;
mod overlap;
mod people;
mod position;
mod reference;
mod serve;
mod source;
mod token;
mod user;

pub use failure::Failure;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Where the store lies when no command says otherwise.
pub const DEFAULT_FILE: &str = "data/wangge.gpkg";

/// wangge 网格: a city's responsibility grids as exact, edge-matched polygons.
#[derive(Debug, Parser)]
#[command(name = "wangge", version, propagate_version = true, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the data was refused, or has defects; nothing was written
  2  the command line is wrong
  3  the environment failed: a file, a disk, a database, a network";

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Serve(serve::Args),
    Import(import::Args),
    Check(check::Args),
    Export(export::Args),
    Overlap(overlap::Args),
    Locate(locate::Args),
    Copy(copy::Args),
    Draw(draw::Args),
    Backup(keep::Backup),
    Restore(keep::Restore),
    Verify(keep::Verify),
    User(user::Args),
    Token(token::Args),
    Reference(reference::Args),
    Healthcheck(healthcheck::Args),
    #[command(hide = true)]
    DevPublish(dev_publish::Args),
}

/// Runs the command that the process was started with; the exit code says how it ended.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too; they go to standard output and are no error.
            let code = if error.use_stderr() { Failure::USAGE } else { 0 };
            return error.print().map_or(ExitCode::from(Failure::ENVIRONMENT), |()| ExitCode::from(code));
        }
    };
    match dispatch(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                eprintln!("wangge: {message}");
            }
            ExitCode::from(failure.code())
        }
    }
}

fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Overlap(args) => overlap::run(&args),
        Command::Locate(args) => locate::run(&args),
        Command::Copy(args) => copy::run(&args),
        Command::Draw(args) => draw::run(&args),
        Command::Backup(args) => keep::backup(&args),
        Command::Restore(args) => keep::restore(&args),
        Command::Verify(args) => keep::verify(&args),
        Command::User(args) => user::run(&args),
        Command::Token(args) => token::run(&args),
        Command::Reference(args) => reference::run(&args),
        Command::Healthcheck(args) => healthcheck::run(&args),
        Command::DevPublish(args) => dev_publish::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed_and_every_command_shows_examples() {
        Cli::command().debug_assert();
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:"), "{} has no examples", command.get_name());
        }
    }
}
