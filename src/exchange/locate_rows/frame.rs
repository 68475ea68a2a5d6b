//! Cutting a stream of bytes into records.

use super::Format;

/// The most bytes of one record, its line end not counted.
pub const LONGEST_RECORD: usize = 64 * 1024;

/// One record of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record<'a> {
    /// All its bytes, without the line end.
    Whole(&'a [u8]),
    /// It had more than [`LONGEST_RECORD`] bytes and was let go.
    TooLong,
}

/// Whole records, one after another.
#[derive(Clone, Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    /// Where each record ends; `None` for one that was too long.
    records: Vec<Option<usize>>,
}

impl Block {
    /// How many records are in it.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many bytes its records have.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The records, in order.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut start = 0;
        self.records.iter().map(move |record| match *record {
            None => Record::TooLong,
            Some(end) => Record::Whole(&self.bytes[std::mem::replace(&mut start, end)..end]),
        })
    }
}

/// Cuts chunks of bytes into records; holds at most one unfinished record.
///
/// A line ends with LF or CR LF; blank lines are passed over. In CSV a line end between quotes belongs to
/// the record. A record over the limit is let go up to the next line end, where reading starts afresh, so
/// that one stray quote cannot swallow the rest.
#[derive(Clone, Debug)]
pub struct Framer {
    format: Format,
    open: Vec<u8>,
    quoted: bool,
    skipping: bool,
    begun: bool,
}

impl Framer {
    /// A framer at the start of a stream; a byte order mark there is passed over.
    pub fn new(format: Format) -> Self {
        Self { format, open: Vec::new(), quoted: false, skipping: false, begun: false }
    }

    /// Takes a chunk; records that it completes are added to `block`.
    pub fn push(&mut self, mut chunk: &[u8], block: &mut Block) {
        while let Some(length) = chunk.iter().position(|&b| b == b'\n') {
            self.take(&chunk[..length]);
            chunk = &chunk[length + 1..];
            if self.quoted && !self.skipping {
                self.take(b"\n");
                if !self.skipping {
                    continue;
                }
            }
            self.close(block);
        }
        self.take(chunk);
    }

    /// Takes the end of the stream: what is left is the last record.
    pub fn finish(mut self, block: &mut Block) {
        self.close(block);
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.skipping {
            return;
        }
        if self.open.len() + bytes.len() > LONGEST_RECORD + 1 {
            self.open.clear();
            self.skipping = true;
            return;
        }
        if self.format == Format::Csv {
            self.quoted = bytes.iter().fold(self.quoted, |quoted, &b| quoted ^ (b == b'"'));
        }
        self.open.extend_from_slice(bytes);
    }

    fn close(&mut self, block: &mut Block) {
        if self.skipping {
            block.records.push(None);
        } else {
            let mut record = self.open.strip_suffix(b"\r").unwrap_or(&self.open);
            if !self.begun {
                record = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record);
            }
            if record.len() > LONGEST_RECORD {
                block.records.push(None);
            } else if !record.trim_ascii().is_empty() {
                block.bytes.extend_from_slice(record);
                block.records.push(Some(block.bytes.len()));
            }
        }
        self.begun = true;
        self.open.clear();
        (self.quoted, self.skipping) = (false, false);
    }
}
