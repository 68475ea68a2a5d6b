//! Where rows come from.

use super::{Args, Failure, RowFormat};
use crate::exchange::locate_rows::{BadTable, Block, Cutter, Format, ParquetRows, Piece};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How much text is read at a time: what one core works on.
const CHUNK: usize = 256 * 1024;

/// Rows that come in.
pub(super) enum Input {
    /// Lines of text; how many bytes were read, and of how many.
    Text { reader: Box<dyn Read + Send>, cutter: Option<Cutter>, read: u64, size: Option<u64> },
    /// The rows of a Parquet file.
    Parquet(Box<ParquetRows>),
}

impl Input {
    /// Opens a file, or standard input.
    pub(super) fn open(path: &Path, format: Format) -> Result<Self, Failure> {
        let reading = |e| Failure::environment(format!("reading {}", path.display()), e);
        if path == Path::new("-") {
            if format == Format::Parquet {
                let message = "Parquet is read from its end, so expected a file, not standard input";
                return Err(Failure::Usage(message.into()));
            }
            let (reader, cutter) = (Box::new(io::stdin()), Some(Cutter::new(format)));
            return Ok(Self::Text { reader, cutter, read: 0, size: None });
        }
        let file = File::open(path).map_err(reading)?;
        if format == Format::Parquet {
            return Ok(Self::Parquet(Box::new(ParquetRows::open(file).map_err(|e| failed(path, e))?)));
        }
        let size = Some(file.metadata().map_err(reading)?.len());
        Ok(Self::Text { reader: Box::new(file), cutter: Some(Cutter::new(format)), read: 0, size })
    }

    /// How far the reading is, of how much: bytes of text, rows of a table.
    pub(super) fn progress(&self) -> (u64, Option<u64>) {
        match self {
            Self::Text { read, size, .. } => (*read, *size),
            Self::Parquet(rows) => (rows.read(), Some(rows.total())),
        }
    }

    /// Reads rows for all cores; none at the end.
    pub(super) fn round(&mut self, path: &Path) -> Result<Vec<Piece>, Failure> {
        let mut pieces = Vec::new();
        while pieces.len() < 2 * rayon::current_num_threads() {
            let Some(piece) = self.piece(path)? else { break };
            pieces.push(piece);
        }
        Ok(pieces)
    }

    fn piece(&mut self, path: &Path) -> Result<Option<Piece>, Failure> {
        match self {
            Self::Text { reader, cutter, read, .. } => Ok(block(reader, cutter, read)?.map(Piece::Text)),
            Self::Parquet(rows) => {
                let first = rows.read() + 1;
                let batch = rows.next_batch().map_err(|e| failed(path, e))?;
                Ok(batch.map(|batch| Piece::Batch(batch, first)))
            }
        }
    }
}

/// The next rows of text.
fn block(
    reader: &mut impl Read,
    cutter: &mut Option<Cutter>,
    so_far: &mut u64,
) -> Result<Option<Block>, Failure> {
    while let Some(open) = cutter.as_mut() {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = reader.by_ref().take(CHUNK as u64).read_to_end(&mut chunk);
        let read = read.map_err(|e| Failure::environment("reading rows", e))?;
        *so_far += read as u64;
        let block = if read > 0 {
            open.push(&chunk)
        } else {
            cutter.take().map_or_else(Block::default, Cutter::finish)
        };
        if !block.is_empty() {
            return Ok(Some(block));
        }
    }
    Ok(None)
}

/// What a table's reader or writer says, as the command ends with it.
pub(super) fn failed(path: &Path, error: BadTable) -> Failure {
    match error {
        BadTable::Io(error) => Failure::environment(path.display(), error),
        other => Failure::Refused(format!("{}: {other}", path.display())),
    }
}

/// The format that the command line or the ending of a file says.
pub(super) fn format(args: &Args, path: &Path) -> Result<Format, Failure> {
    match args.format {
        Some(RowFormat::Csv) => Ok(Format::Csv),
        Some(RowFormat::Ndjson) => Ok(Format::Ndjson),
        Some(RowFormat::Parquet) => Ok(Format::Parquet),
        None => of_ending(path).ok_or_else(|| {
            Failure::Usage("expected a file that ends in .csv, .ndjson or .parquet, or --format".into())
        }),
    }
}

/// The format that a file's ending says.
pub(super) fn of_ending(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()? {
        "csv" => Some(Format::Csv),
        "ndjson" | "jsonl" => Some(Format::Ndjson),
        "parquet" => Some(Format::Parquet),
        _ => None,
    }
}
