//! Parquet out.

use super::BadTable;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::io::{self, Write};

/// The most rows of a row group. One is held in memory, packed, until it is full.
const GROUP_ROWS: usize = 256 * 1024;
/// And the most bytes of it.
const GROUP_BYTES: usize = 64 << 20;

/// A Parquet file that is being written, packed with snappy, which every reader has.
pub struct ParquetOut<W: Write + Send>(ArrowWriter<W>);

impl<W: Write + Send> ParquetOut<W> {
    /// Begins a file with these columns; batches may have text as views.
    pub fn new(out: W, schema: SchemaRef, notes: Vec<KeyValue>) -> Result<Self, BadTable> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .set_key_value_metadata(Some(notes).filter(|notes| !notes.is_empty()))
            .set_created_by(format!("wangge {}", env!("CARGO_PKG_VERSION")))
            .build();
        ArrowWriter::try_new(out, schema, Some(properties)).map(Self).map_err(failed)
    }

    /// Writes rows behind those that are there.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), BadTable> {
        self.0.write(batch).map_err(failed)
    }

    /// Ends the file, without which it is none, and gives back what it was written to.
    pub fn finish(self) -> Result<W, BadTable> {
        self.0.into_inner().map_err(failed)
    }
}

fn failed(error: ParquetError) -> BadTable {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => BadTable::Io(*error),
            Err(error) => BadTable::refused(format!("it cannot be written as Parquet: {error}")),
        },
        error => BadTable::refused(format!("it cannot be written as Parquet: {error}")),
    }
}
