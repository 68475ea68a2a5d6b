//! Values of columns: as coordinates, and as text.

use super::{RowCode, RowError};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_schema::{DataType, TimeUnit};
use serde_json::{Number, Value};

/// Whether coordinates can stand in a column of this type.
pub(super) fn holds_coordinates(kind: &DataType) -> bool {
    use DataType::{
        Decimal128, Float32, Float64, Int8, Int16, Int32, Int64, LargeUtf8, UInt8, UInt16, UInt32, UInt64,
        Utf8, Utf8View,
    };
    matches!(
        kind,
        Float64
            | Float32
            | Int8
            | Int16
            | Int32
            | Int64
            | UInt8
            | UInt16
            | UInt32
            | UInt64
            | Decimal128(..)
            | Utf8
            | LargeUtf8
            | Utf8View
    )
}

/// The coordinates of a column. One that is null or no number is an error; whether a number is one that
/// the system can hold is for the system to say.
pub(super) fn coordinates(axis: &'static str, column: &dyn Array) -> Vec<Result<f64, RowError>> {
    match column.data_type() {
        DataType::Float64 => numbers::<Float64Type>(axis, column, |v| v),
        DataType::Float32 => numbers::<Float32Type>(axis, column, f64::from),
        DataType::Int8 => numbers::<Int8Type>(axis, column, f64::from),
        DataType::Int16 => numbers::<Int16Type>(axis, column, f64::from),
        DataType::Int32 => numbers::<Int32Type>(axis, column, f64::from),
        DataType::Int64 => numbers::<Int64Type>(axis, column, |v| v as f64),
        DataType::UInt8 => numbers::<UInt8Type>(axis, column, f64::from),
        DataType::UInt16 => numbers::<UInt16Type>(axis, column, f64::from),
        DataType::UInt32 => numbers::<UInt32Type>(axis, column, f64::from),
        DataType::UInt64 => numbers::<UInt64Type>(axis, column, |v| v as f64),
        _ => (0..column.len()).map(|row| written(axis, text(column, row).as_deref())).collect(),
    }
}

fn numbers<T: ArrowPrimitiveType>(
    axis: &'static str,
    column: &dyn Array,
    number: impl Fn(T::Native) -> f64,
) -> Vec<Result<f64, RowError>> {
    let read = |value: Option<T::Native>| value.map(&number).ok_or_else(|| RowError::missing(axis));
    column.as_primitive::<T>().iter().map(read).collect()
}

/// A number that is written as text.
pub(super) fn written(axis: &'static str, text: Option<&str>) -> Result<f64, RowError> {
    let text = text.ok_or_else(|| RowError::missing(axis))?.trim();
    text.parse().map_err(|_no_number| {
        let got: String = text.chars().take(40).collect();
        let detail = format!("{axis} must be a number, got {got:?}");
        RowError { code: RowCode::BadValue, field: Some(axis), detail }
    })
}

/// Whether a column of this type can be written as text: one plain value a row.
pub(super) fn has_text(kind: &DataType) -> bool {
    match kind {
        DataType::Null | DataType::Boolean | DataType::Date32 | DataType::Timestamp(..) => true,
        DataType::Dictionary(_, value) => has_text(value),
        other => holds_coordinates(other),
    }
}

/// Whether a column of this type is text already, so that a spreadsheet could take it for a formula.
pub(super) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, value) => is_text(value),
        other => matches!(other, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
    }
}

/// A value as text; `None` for null and for a time that no calendar has. The column's type is one that
/// [`has_text`].
pub(super) fn text(column: &dyn Array, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(column.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Some(column.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Some(column.as_string_view().value(row).to_owned()),
        DataType::Decimal128(..) => Some(column.as_primitive::<Decimal128Type>().value_as_string(row)),
        DataType::Date32 => column.as_primitive::<Date32Type>().value_as_date(row).map(|d| d.to_string()),
        DataType::Timestamp(unit, zone) => time(column, row, *unit, zone.is_some()),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let key = json(dictionary.keys(), row).as_u64()?;
            text(dictionary.values(), usize::try_from(key).ok()?)
        }
        _ => match json(column, row) {
            Value::Null => None,
            value => Some(value.to_string()),
        },
    }
}

fn time(column: &dyn Array, row: usize, unit: TimeUnit, has_zone: bool) -> Option<String> {
    let time = match unit {
        TimeUnit::Second => column.as_primitive::<TimestampSecondType>().value_as_datetime(row),
        TimeUnit::Millisecond => column.as_primitive::<TimestampMillisecondType>().value_as_datetime(row),
        TimeUnit::Microsecond => column.as_primitive::<TimestampMicrosecondType>().value_as_datetime(row),
        TimeUnit::Nanosecond => column.as_primitive::<TimestampNanosecondType>().value_as_datetime(row),
    }?;
    // With a zone the instant is kept in UTC; without one it is a clock's time that names none.
    Some(format!("{}{}", time.format("%Y-%m-%dT%H:%M:%S%.f"), if has_zone { "Z" } else { "" }))
}

/// A value as JSON: numbers and truth values as themselves, a number that is none as null, the rest as text.
pub(super) fn json(column: &dyn Array, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    let float = |value: f64| Number::from_f64(value).map_or(Value::Null, Value::Number);
    match column.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Float64 => float(column.as_primitive::<Float64Type>().value(row)),
        // By way of its own shortest text, so that 0.1 stays 0.1.
        DataType::Float32 => {
            float(column.as_primitive::<Float32Type>().value(row).to_string().parse().unwrap_or(f64::NAN))
        }
        DataType::Int8 => column.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => column.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => column.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => column.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => column.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => column.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => column.as_primitive::<UInt64Type>().value(row).into(),
        _ => text(column, row).map_or(Value::Null, Value::String),
    }
}
