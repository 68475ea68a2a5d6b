//! Where answers go.

use super::Failure;
use super::input::failed;
use crate::exchange::locate_rows::{Answers, ParquetOut};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Answers that go out.
pub(super) enum Output {
    /// Lines of text.
    Text(BufWriter<Sink>),
    /// The rows of a Parquet file.
    Parquet(Box<ParquetOut<BufWriter<Sink>>>),
}

/// Standard output, or a file that gets its name when it is whole.
pub(super) enum Sink {
    Stdout(io::Stdout),
    File(Partial),
}

/// A file beside its place, removed when the work is not brought to its end.
pub(super) struct Partial {
    file: File,
    beside: PathBuf,
    path: PathBuf,
}

impl Sink {
    /// Opens what answers are written to.
    pub(super) fn open(path: Option<&Path>) -> Result<BufWriter<Self>, Failure> {
        let Some(path) = path else { return Ok(BufWriter::new(Self::Stdout(io::stdout()))) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let file = File::create(&beside)
            .map_err(|e| Failure::environment(format!("writing {}", beside.display()), e))?;
        let partial = Partial { file, beside, path: path.to_owned() };
        Ok(BufWriter::with_capacity(1 << 20, Self::File(partial)))
    }

    /// Lets a whole file appear under its name.
    fn finish(self) -> Result<(), Failure> {
        if let Self::File(partial) = self {
            let writing = |e| Failure::environment(format!("writing {}", partial.path.display()), e);
            partial.file.sync_all().map_err(writing)?;
            std::fs::rename(&partial.beside, &partial.path).map_err(writing)?;
        }
        Ok(())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(partial) => partial.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(partial) => partial.file.flush(),
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Gone already when the file has its name.
        let _ = std::fs::remove_file(&self.beside);
    }
}

impl Output {
    /// Writes answers behind those that are there.
    pub(super) fn write(&mut self, answers: &[Answers], path: &Path) -> Result<(), Failure> {
        for answers in answers {
            match (&mut *self, answers) {
                (Self::Text(out), Answers::Text(bytes)) => out.write_all(bytes)?,
                (Self::Parquet(out), Answers::Batch(batch)) => {
                    out.write(batch).map_err(|e| failed(path, e))?;
                }
                _ => return Err(Failure::Refused("text and columns cannot be mixed".into())),
            }
        }
        Ok(())
    }

    /// Writes what ends the answers; from then on they are there.
    pub(super) fn finish(self, path: &Path) -> Result<(), Failure> {
        let out = match self {
            Self::Text(out) => out,
            Self::Parquet(out) => out.finish().map_err(|e| failed(path, e))?,
        };
        out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()
    }
}
