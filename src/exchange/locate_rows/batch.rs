//! Rows as columns of a batch, from Arrow and Parquet and towards them.

use super::values::{coordinates, holds_coordinates};
use super::{ADDED, RowAnswer, RowCode, RowError, Tally};
use crate::geom::Point;
use crate::geom::crs::Crs;
use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::collections::HashSet;
use std::sync::Arc;

/// Where the coordinates of a table stand, and what its answers look like.
#[derive(Clone, Debug)]
pub struct Columns {
    crs: Crs,
    east: usize,
    north: usize,
    schema: SchemaRef,
}

/// Rows that were read: the columns that are kept, and a point or what is wrong, with its number, for each.
pub(super) struct Reading {
    pub columns: Vec<ArrayRef>,
    pub rows: Vec<(u64, Result<Point, RowError>)>,
}

impl Columns {
    /// Finds the coordinates among the columns of a table: `lon` and `lat`, or `x` and `y` in a projected
    /// system, in any case. The answers' columns must not be there yet, and no name may stand twice.
    pub fn open(crs: Crs, schema: &Schema) -> Result<Self, RowError> {
        let (east, north) = crs.axes();
        let place = |name: &'static str| {
            let is = |field: &Arc<Field>| field.name().trim().eq_ignore_ascii_case(name);
            let place = schema.fields().iter().position(is).ok_or_else(|| {
                let detail = format!("the table must have the column {name}, as {crs} takes it");
                RowError { code: RowCode::Missing, field: Some(name), detail }
            })?;
            let kind = schema.field(place).data_type();
            if holds_coordinates(kind) {
                return Ok(place);
            }
            let detail = format!("the column {name} must hold numbers, got {}", brief(kind));
            Err(RowError { code: RowCode::BadValue, field: Some(name), detail })
        };
        Ok(Self { crs, east: place(east)?, north: place(north)?, schema: answered(schema)? })
    }

    /// The columns of the answers: those that came, and the added ones.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Answers the rows of a batch, in their order; `first` is the number of its first row. `locate` gets
    /// the points of all good rows at once and gives as many answers.
    pub fn answer<'a>(
        &self,
        batch: &RecordBatch,
        first: u64,
        locate: impl FnOnce(&[Point]) -> Vec<RowAnswer<'a>>,
    ) -> Result<(RecordBatch, Tally), RowError> {
        answer(&self.schema, self.read(batch, first), locate)
    }

    fn read(&self, batch: &RecordBatch, first: u64) -> Reading {
        let (east, north) = self.crs.axes();
        let east = coordinates(east, batch.column(self.east));
        let north = coordinates(north, batch.column(self.north));
        let point =
            |(east, north): (Result<f64, _>, Result<f64, _>)| Ok(self.crs.to_lattice(east?, north?)?);
        let rows = (first..).zip(east.into_iter().zip(north).map(point)).collect();
        Reading { columns: batch.columns().to_vec(), rows }
    }
}

/// The columns of a table with those of its answers.
pub fn answered(schema: &Schema) -> Result<SchemaRef, RowError> {
    let mut seen = HashSet::new();
    for name in schema.fields().iter().map(|field| field.name()) {
        let shown: String = name.chars().take(80).collect();
        if ADDED.contains(&name.as_str()) {
            return Err(RowError::bad_row(format!(
                "the column {shown} is one of the answer's; drop or rename it"
            )));
        }
        if !seen.insert(name) {
            return Err(RowError::bad_row(format!("the column {shown:?} stands twice")));
        }
    }
    let added = ADDED.map(|name| Arc::new(Field::new(name, DataType::Utf8, name != "outcome")));
    let fields: Vec<Arc<Field>> = schema.fields().iter().cloned().chain(added).collect();
    Ok(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())))
}

/// Looks up what was read, and puts the answers behind it.
pub(super) fn answer<'a>(
    schema: &SchemaRef,
    reading: Reading,
    locate: impl FnOnce(&[Point]) -> Vec<RowAnswer<'a>>,
) -> Result<(RecordBatch, Tally), RowError> {
    let points: Vec<Point> = reading.rows.iter().filter_map(|(_, p)| p.as_ref().ok().copied()).collect();
    let mut answers = locate(&points).into_iter();
    let count = reading.rows.len();
    let mut added: [StringBuilder; 6] =
        std::array::from_fn(|_| StringBuilder::with_capacity(count, count * 4));
    let mut tally = Tally::default();
    for (number, point) in &reading.rows {
        let cells = match point {
            Ok(_) => {
                let a = answers.next().expect("as many answers as points");
                tally.good(a.outcome);
                [Some(a.outcome), a.land, a.water, a.police, a.responsible, None]
            }
            Err(error) => {
                tally.bad(*number);
                [Some("error"), None, None, None, None, Some(error.detail.as_str())]
            }
        };
        added.iter_mut().zip(cells).for_each(|(column, cell)| column.append_option(cell));
    }
    let mut columns = reading.columns;
    columns.extend(added.map(|mut column| Arc::new(column.finish()) as ArrayRef));
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    let batch = RecordBatch::try_new_with_options(schema.clone(), columns, &options);
    Ok((batch.map_err(|error| RowError::bad_row(error.to_string()))?, tally))
}

/// A type's name, not longer than a line.
pub(super) fn brief(kind: &DataType) -> String {
    kind.to_string().chars().take(80).collect()
}
