//! Parquet, in and out, a batch at a time.

mod guard;
mod thrift;
mod write;

pub use write::ParquetOut;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::KeyValue;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// How many rows are read at a time: what one core works on.
const BATCH: usize = 16 * 1024;

/// Why a Parquet file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum BadTable {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is not what the format asks for.
    #[error("the Parquet file is broken: {0}")]
    Broken(String),
    /// The file is sound, and holds what is not taken; says what is.
    #[error("{0}")]
    Refused(String),
}

impl BadTable {
    fn broken(what: &(impl ToString + ?Sized)) -> Self {
        Self::Broken(what.to_string().chars().take(300).collect())
    }

    fn refused(what: impl Into<String>) -> Self {
        Self::Refused(what.into())
    }
}

/// The rows of a Parquet file, in their order.
///
/// Memory is a batch's and that of a page per column, whatever the length of the file and of its row
/// groups; everything that the file says about its own sizes is checked first.
pub struct ParquetRows {
    file: File,
    schema: SchemaRef,
    views: ArrowReaderMetadata,
    group: usize,
    open: Option<ParquetRecordBatchReader>,
    read: u64,
    total: u64,
}

impl ParquetRows {
    /// Opens a file, which must be one that can be read from any place.
    pub fn open(mut file: File) -> Result<Self, BadTable> {
        guard::footer(&mut file)?;
        // No page index: pages are read in order, and their headers are checked.
        let load = |schema: Option<SchemaRef>| {
            let options = ArrowReaderOptions::new();
            let options = schema.into_iter().fold(options, ArrowReaderOptions::with_schema);
            careful(|| ArrowReaderMetadata::load(&file, options))
        };
        let schema = load(None)?.schema().clone();
        if let Some(field) = schema.fields().iter().find(|field| has_long_text_inside(field.data_type())) {
            let message =
                format!("the column {} holds long text within a struct; leave it out", field.name());
            return Err(BadTable::refused(message));
        }
        // Text is read as views into the pages: a long value that a page repeats is in memory once.
        let views = load(Some(Arc::new(Schema::new_with_metadata(
            schema.fields().iter().map(viewed).collect::<Fields>(),
            schema.metadata().clone(),
        ))))?;
        guard::columns(views.metadata())?;
        let groups = views.metadata().row_groups().iter().map(|group| u64::try_from(group.num_rows()).ok());
        let sum = groups.sum::<Option<u64>>();
        let total = u64::try_from(views.metadata().file_metadata().num_rows()).ok();
        let total = total
            .filter(|_| sum == total)
            .ok_or_else(|| BadTable::broken("its row groups have another number of rows than the whole"))?;
        Ok(Self { file, schema, views, group: 0, open: None, read: 0, total })
    }

    /// The columns as the file has them.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The columns as batches have them: text as views.
    pub fn batch_schema(&self) -> &SchemaRef {
        self.views.schema()
    }

    /// How many rows the file has.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many rows were read.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// What the file says about itself beside its columns, for a copy of it.
    pub fn notes(&self) -> Vec<KeyValue> {
        let notes = self.views.metadata().file_metadata().key_value_metadata();
        notes.into_iter().flatten().filter(|note| note.key != "ARROW:schema").cloned().collect()
    }

    /// The next rows; `None` at the end.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>, BadTable> {
        loop {
            if let Some(open) = self.open.as_mut() {
                if let Some(batch) = careful(|| open.next().transpose())? {
                    self.read += batch.num_rows() as u64;
                    return Ok(Some(batch));
                }
                self.open = None;
            }
            if self.group == self.views.metadata().num_row_groups() {
                break;
            }
            guard::row_group(&mut self.file, self.views.metadata(), self.group)?;
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
                self.file.try_clone()?,
                self.views.clone(),
            );
            let builder = builder.with_row_groups(vec![self.group]).with_batch_size(BATCH);
            self.open = Some(careful(|| builder.build())?);
            self.group += 1;
        }
        if self.read == self.total {
            return Ok(None);
        }
        Err(BadTable::broken(&format!("it has {} rows and says {}", self.read, self.total)))
    }
}

/// Calls the reader. It panics on some broken files; that is a broken file and no more.
fn careful<T, E: ToString>(read: impl FnOnce() -> Result<T, E>) -> Result<T, BadTable> {
    let read = catch_unwind(AssertUnwindSafe(read));
    read.map_err(|_panic| BadTable::broken("a value cannot be read"))?.map_err(|e| BadTable::broken(&e))
}

/// Whether a struct holds text or bytes with long offsets. The writer takes no views within structs, so text there is
/// copied row by row; short offsets end that at two gigabytes, long ones would not.
fn has_long_text_inside(kind: &DataType) -> bool {
    let long = |kind: &DataType| matches!(kind, DataType::LargeUtf8 | DataType::LargeBinary);
    match kind {
        DataType::Struct(fields) => {
            fields.iter().any(|f| long(f.data_type()) || has_long_text_inside(f.data_type()))
        }
        _ => false,
    }
}

/// A field whose text and bytes are read as views.
fn viewed(field: &Arc<Field>) -> Arc<Field> {
    let kind = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        _ => return field.clone(),
    };
    Arc::new(field.as_ref().clone().with_data_type(kind))
}

#[cfg(test)]
mod tests;
