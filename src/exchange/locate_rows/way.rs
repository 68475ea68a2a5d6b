//! From rows of one format to answers in the same or another.

use super::batch::{self, Columns};
use super::csv::write_cell;
use super::values::{has_text, is_text, json, text};
use super::{ADDED, Block, Format, RowAnswer, RowError, Table, Tally};
use crate::geom::Point;
use crate::geom::crs::Crs;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};
use serde_json::{Map, Value};

/// Rows that are answered together.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Rows of text.
    Text(Block),
    /// Rows in columns, and the number of the first.
    Batch(RecordBatch, u64),
}

/// Answers, as they are written.
#[derive(Clone, Debug)]
pub enum Answers {
    /// Rows of text.
    Text(Vec<u8>),
    /// Rows in columns.
    Batch(RecordBatch),
}

/// How rows are read and their answers written.
///
/// Rows of text that are answered in their own format are repeated byte for byte. Between formats they go
/// through columns: a CSV's are text but for the coordinates; of an NDJSON line the id is kept.
#[derive(Clone, Debug)]
pub struct Way {
    reading: Read,
    schema: SchemaRef,
    to: Format,
}

#[derive(Clone, Debug)]
enum Read {
    Text(Table),
    Batch(Columns),
}

impl Way {
    /// For rows of text; takes the head out of the first block. What is to be written first comes back.
    pub fn of_text(
        from: Format,
        to: Format,
        crs: Option<Crs>,
        first: &mut Block,
    ) -> Result<(Self, Vec<u8>), RowError> {
        let (table, head) = Table::open(from, crs, first)?;
        let same = from == to;
        let schema = if same { table.schema().into() } else { batch::answered(&table.schema())? };
        let head = if same { head } else { Self::head(&schema, to)? };
        Ok((Self { reading: Read::Text(table), schema, to }, head))
    }

    /// For rows in columns.
    pub fn of_batches(crs: Crs, schema: &Schema, to: Format) -> Result<(Self, Vec<u8>), RowError> {
        let columns = Columns::open(crs, schema)?;
        let schema = columns.schema().clone();
        let head = Self::head(&schema, to)?;
        Ok((Self { reading: Read::Batch(columns), schema, to }, head))
    }

    /// The columns of the answers, when they are written as columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Answers rows, in their order. `locate` gets the points of all good rows at once and gives as many
    /// answers.
    pub fn answer<'a>(
        &self,
        piece: Piece,
        locate: impl FnOnce(&[Point]) -> Vec<RowAnswer<'a>>,
    ) -> Result<(Answers, Tally), RowError> {
        let (batch, tally) = match (&self.reading, piece) {
            (Read::Text(table), Piece::Text(block)) if self.to == table.format() => {
                let (bytes, tally) = table.answer(&block, locate);
                return Ok((Answers::Text(bytes), tally));
            }
            (Read::Text(table), Piece::Text(block)) => {
                batch::answer(&self.schema, table.columns(&block), locate)?
            }
            (Read::Batch(columns), Piece::Batch(batch, first)) => columns.answer(&batch, first, locate)?,
            _ => return Err(RowError::bad_row("text and columns cannot be mixed")),
        };
        let answers = match self.to {
            Format::Parquet => Answers::Batch(batch),
            Format::Csv => Answers::Text(csv(&batch)),
            Format::Ndjson => Answers::Text(ndjson(&batch)),
        };
        Ok((answers, tally))
    }

    fn head(schema: &Schema, to: Format) -> Result<Vec<u8>, RowError> {
        if to == Format::Parquet {
            return Ok(Vec::new());
        }
        if let Some(field) = schema.fields().iter().find(|field| !has_text(field.data_type())) {
            let kind = batch::brief(field.data_type());
            let detail = format!(
                "the column {} holds {kind}, which is no plain value; write Parquet, or leave the column out",
                field.name()
            );
            return Err(RowError::bad_row(detail));
        }
        let mut head = Vec::new();
        if to == Format::Csv {
            cells(&mut head, schema.fields().iter().map(|field| (Some(field.name().clone()), true)));
        }
        Ok(head)
    }
}

fn cells(out: &mut Vec<u8>, cells: impl Iterator<Item = (Option<String>, bool)>) {
    for (i, (cell, is_text)) in cells.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        let cell = cell.unwrap_or_default();
        if is_text {
            write_cell(out, &cell);
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.push(b'\n');
}

fn csv(batch: &RecordBatch) -> Vec<u8> {
    let mut out = Vec::new();
    for row in 0..batch.num_rows() {
        let cell = |column: &ArrayRef| (text(column, row), is_text(column.data_type()));
        cells(&mut out, batch.columns().iter().map(cell));
    }
    out
}

fn ndjson(batch: &RecordBatch) -> Vec<u8> {
    let mut out = Vec::new();
    for row in 0..batch.num_rows() {
        let schema = batch.schema_ref();
        let values = schema.fields().iter().zip(batch.columns()).filter_map(|(field, column)| {
            let value = json(column, row);
            let absent = value.is_null() && field.name() == ADDED[5];
            (!absent).then(|| (field.name().clone(), value))
        });
        let line = Value::Object(values.collect::<Map<_, _>>());
        out.extend_from_slice(line.to_string().as_bytes());
        out.push(b'\n');
    }
    out
}
