//! How a command fails: the message for a person, the exit code for a program.

use std::fmt::Display;
use std::io;

/// Why a command did not succeed. Each kind has its exit code.
#[derive(Debug)]
pub enum Failure {
    /// The data was refused or has defects; exit code 1. Says in one line what the report already told.
    Refused(String),
    /// The command line asks for something that cannot be; exit code 2.
    Usage(String),
    /// A file, disk, database or network failed; exit code 3.
    Environment(anyhow::Error),
}

impl Failure {
    /// Exit code of [`Failure::Refused`].
    pub const REFUSED: u8 = 1;
    /// Exit code of [`Failure::Usage`]; clap's own errors end with it too.
    pub const USAGE: u8 = 2;
    /// Exit code of [`Failure::Environment`].
    pub const ENVIRONMENT: u8 = 3;

    /// An environment failure with the thing that was being done.
    pub fn environment(doing: impl Display, error: impl Into<anyhow::Error>) -> Self {
        Self::Environment(error.into().context(doing.to_string()))
    }

    /// The exit code. A reader that closed the pipe is no failure of ours: 0.
    pub fn code(&self) -> u8 {
        match self {
            Self::Refused(_) => Self::REFUSED,
            Self::Usage(_) => Self::USAGE,
            Self::Environment(error) if is_closed_pipe(error) => 0,
            Self::Environment(_) => Self::ENVIRONMENT,
        }
    }

    /// What a person is told, with all causes on one line; `None` when the reader has gone.
    pub fn message(&self) -> Option<String> {
        match self {
            Self::Refused(message) | Self::Usage(message) => Some(message.clone()),
            Self::Environment(error) if is_closed_pipe(error) => None,
            Self::Environment(error) => Some(format!("{error:#}")),
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Environment(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Environment(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_exit_code_and_a_closed_pipe_is_none() {
        assert_eq!(Failure::Refused("defects".into()).code(), 1);
        assert_eq!(Failure::Usage("both".into()).code(), 2);
        assert_eq!(Failure::environment("opening x", io::Error::other("disk")).code(), 3);
        let closed = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((closed.code(), closed.message()), (0, None));
    }

    #[test]
    fn a_message_names_what_was_being_done_and_the_cause() {
        let failure = Failure::environment("opening x.gpkg", io::Error::other("no such file"));
        assert_eq!(failure.message().unwrap(), "opening x.gpkg: no such file");
    }
}
