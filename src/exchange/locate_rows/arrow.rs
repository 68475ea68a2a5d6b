//! Arrow's streaming format, in and out, a batch at a time.
//!
//! A stream is a schema and then batches, each a message that says how long it is. Bytes are gathered until
//! a message is whole; what it says of its own size is held against limits before the arrow crate sees it.

use super::batch::brief;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::writer::StreamEncoder;
use arrow_ipc::{Endianness, Message, RecordBatch as BatchHead, root_as_message};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The most rows of a batch.
const BATCH_ROWS: i64 = 128 * 1024;
/// The most bytes of a batch, as it comes and unpacked, and of all dictionaries together.
const BATCH_BYTES: i64 = 16 << 20;
/// The most bytes of a message's head, the schema's too.
const HEAD_BYTES: usize = 1 << 20;
/// The most columns, those within columns counted.
const COLUMNS: usize = 1_000;
/// The deepest that columns lie within columns.
const DEPTH: usize = 8;
/// What may stand before a message's length.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// Why a stream is not read on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadStream {
    /// It is not what the format asks for.
    #[error("the Arrow stream is broken: {0}")]
    Broken(String),
    /// It holds what is not taken.
    #[error("{0}")]
    Refused(String),
    /// A batch or its head is too large.
    #[error("{0}")]
    TooLarge(String),
}

impl BadStream {
    fn broken(what: &(impl ToString + ?Sized)) -> Self {
        Self::Broken(what.to_string().chars().take(300).collect())
    }

    fn refused(what: impl Into<String>) -> Self {
        Self::Refused(what.into())
    }
}

/// A stream that comes in. In memory are at most a batch, what has come after it, and the dictionaries.
#[derive(Default)]
pub struct ArrowIn {
    pending: Vec<u8>,
    /// The head's place in the message that is first, and the message's end.
    whole: Option<(usize, usize, usize)>,
    schema: Option<SchemaRef>,
    dictionaries: HashMap<i64, ArrayRef>,
    /// The bytes of each dictionary.
    sizes: HashMap<i64, i64>,
    ended: bool,
}

impl ArrowIn {
    /// Takes bytes as they come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The columns, once they have come.
    pub fn schema(&self) -> Option<SchemaRef> {
        self.schema.clone()
    }

    /// Whether a whole message is there.
    pub fn is_ready(&mut self) -> Result<bool, BadStream> {
        if self.whole.is_none() {
            self.whole = self.frame()?;
        }
        Ok(self.whole.is_some_and(|(_, _, end)| self.pending.len() >= end))
    }

    /// Reads the message that is there; a batch, when it is one.
    pub fn read(&mut self) -> Result<Option<RecordBatch>, BadStream> {
        if !self.is_ready()? {
            return Ok(None);
        }
        let Some((from, to, end)) = self.whole.take() else { return Ok(None) };
        let rest = self.pending.split_off(end);
        let bytes = Buffer::from_vec(std::mem::replace(&mut self.pending, rest));
        let (head, body) = (bytes.slice_with_length(from, to - from), bytes.slice(to));
        let head = root_as_message(&head).map_err(|e| BadStream::broken(&e))?;
        // The decoder panics on some heads that name buffers which are not there: a broken stream, no more.
        let read = catch_unwind(AssertUnwindSafe(|| self.message(&head, &body)));
        read.map_err(|_panic| BadStream::broken("a message cannot be read"))?
    }

    /// Whether the stream has come to a proper end.
    pub fn finish(&self) -> Result<(), BadStream> {
        match (&self.pending[..], &self.schema) {
            ([], Some(_)) => Ok(()),
            ([], None) => Err(BadStream::broken("it has no schema")),
            _ => Err(BadStream::broken("it ends inside a message")),
        }
    }

    /// Where the first message's head begins and ends, and where the message ends.
    fn frame(&mut self) -> Result<Option<(usize, usize, usize)>, BadStream> {
        if self.ended && !self.pending.is_empty() {
            return Err(BadStream::broken("it goes on after its end"));
        }
        let from = if self.pending.starts_with(&CONTINUATION) { 8 } else { 4 };
        let Some(length) = self.pending.get(from - 4..from) else { return Ok(None) };
        let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
        if length == 0 {
            self.ended = true;
            self.pending.drain(..from);
            return self.frame();
        }
        if length > HEAD_BYTES {
            return Err(BadStream::TooLarge(format!("a message's head has more than {HEAD_BYTES} bytes")));
        }
        let Some(head) = self.pending.get(from..from + length) else { return Ok(None) };
        let body = root_as_message(head).map_err(|e| BadStream::broken(&e))?.bodyLength();
        match body {
            0..=BATCH_BYTES => Ok(Some((from, from + length, from + length + body as usize))),
            ..0 => Err(BadStream::broken("a message has a negative length")),
            _ => Err(BadStream::TooLarge(format!("a batch has more than {BATCH_BYTES} bytes"))),
        }
    }

    fn message(&mut self, head: &Message<'_>, body: &Buffer) -> Result<Option<RecordBatch>, BadStream> {
        let Some(schema) = self.schema.clone() else {
            let schema = head.header_as_schema();
            let schema = schema.ok_or_else(|| BadStream::broken("it does not begin with a schema"))?;
            if schema.endianness() != Endianness::Little {
                return Err(BadStream::refused("numbers must be little-endian"));
            }
            let schema = fb_to_schema(schema);
            modest(&schema)?;
            self.schema = Some(schema.into());
            return Ok(None);
        };
        let version = head.version();
        if let Some(batch) = head.header_as_record_batch() {
            rows(&batch, body)?;
            let batch = read_record_batch(body, batch, schema, &self.dictionaries, None, &version);
            return batch.map(Some).map_err(|e| BadStream::broken(&e));
        }
        let dictionary = head.header_as_dictionary_batch();
        let dictionary = dictionary.ok_or_else(|| BadStream::broken("it has a message of another kind"))?;
        if dictionary.isDelta() {
            return Err(BadStream::refused("dictionaries must come whole, not as deltas"));
        }
        let batch = dictionary.data().ok_or_else(|| BadStream::broken("a dictionary has no values"))?;
        self.sizes.insert(dictionary.id(), rows(&batch, body)?);
        if self.sizes.values().sum::<i64>() > BATCH_BYTES {
            return Err(BadStream::TooLarge(format!("the dictionaries have more than {BATCH_BYTES} bytes")));
        }
        let read = read_dictionary(body, dictionary, &schema, &mut self.dictionaries, &version);
        read.map(|()| None).map_err(|e| BadStream::broken(&e))
    }
}

/// Checks the rows of a batch and its size; gives its bytes, unpacked.
fn rows(batch: &BatchHead<'_>, body: &[u8]) -> Result<i64, BadStream> {
    if batch.length() < 0 {
        return Err(BadStream::broken("a batch has a negative number of rows"));
    }
    if batch.length() > BATCH_ROWS {
        let message = format!("a batch has {} rows; expected at most {BATCH_ROWS}", batch.length());
        return Err(BadStream::TooLarge(message));
    }
    let packed = batch.compression().is_some();
    let mut bytes = 0_i64;
    for buffer in batch.buffers().into_iter().flatten() {
        let end = buffer.offset().checked_add(buffer.length());
        let inside = end.is_some_and(|end| (0..=body.len() as i64).contains(&end));
        if buffer.offset() < 0 || buffer.length() < 0 || !inside {
            return Err(BadStream::broken("a buffer lies outside its message"));
        }
        // A packed buffer begins with its length when unpacked; -1 when it is not packed after all.
        let at = usize::try_from(buffer.offset()).ok().filter(|_| packed && buffer.length() >= 8);
        let stated = at.and_then(|at| body.get(at..)?.first_chunk()).map(|&bytes| i64::from_le_bytes(bytes));
        bytes = bytes.saturating_add(stated.unwrap_or(0).max(buffer.length()));
        if bytes > BATCH_BYTES {
            return Err(BadStream::TooLarge(format!("a batch has more than {BATCH_BYTES} bytes unpacked")));
        }
    }
    Ok(bytes)
}

/// Checks the number and the depth of columns, and that all are of a kind that is taken.
fn modest(schema: &Schema) -> Result<(), BadStream> {
    fn count(field: &Field, depth: usize) -> Result<usize, BadStream> {
        if depth > DEPTH {
            return Err(BadStream::refused(format!("columns lie deeper than {DEPTH} within others")));
        }
        let children: Vec<&Field> = match field.data_type() {
            DataType::Struct(fields) => fields.iter().map(AsRef::as_ref).collect(),
            DataType::List(child) | DataType::LargeList(child) => vec![child],
            DataType::FixedSizeList(..)
            | DataType::Map(..)
            | DataType::Union(..)
            | DataType::RunEndEncoded(..)
            | DataType::ListView(_)
            | DataType::LargeListView(_) => {
                let message =
                    format!("the column {} holds {}; leave it out", field.name(), brief(field.data_type()));
                return Err(BadStream::refused(message));
            }
            _ => Vec::new(),
        };
        children.into_iter().try_fold(1, |sum, child| Ok(sum + count(child, depth + 1)?))
    }
    let counted = schema.fields().iter().try_fold(0, |sum, field| Ok(sum + count(field, 1)?))?;
    if counted > COLUMNS {
        return Err(BadStream::refused(format!(
            "the stream has {counted} columns; expected at most {COLUMNS}"
        )));
    }
    Ok(())
}

/// A stream that goes out.
pub struct ArrowOut(StreamEncoder);

impl ArrowOut {
    /// Begins a stream with these columns.
    pub fn new(schema: &Schema) -> Result<Self, BadStream> {
        StreamEncoder::try_new(schema).map(Self).map_err(|e| BadStream::broken(&e))
    }

    /// The bytes of a batch, behind those of the schema when it is the first.
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<Vec<u8>, BadStream> {
        self.0.encode(batch).map(|buffers| joined(&buffers)).map_err(|e| BadStream::broken(&e))
    }

    /// The last bytes, without which the stream has not ended.
    pub fn finish(self) -> Result<Vec<u8>, BadStream> {
        self.0.finish().map(|buffers| joined(&buffers)).map_err(|e| BadStream::broken(&e))
    }
}

fn joined(buffers: &[Buffer]) -> Vec<u8> {
    buffers.iter().map(Buffer::as_slice).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests;
