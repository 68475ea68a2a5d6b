//! A stream of bytes cut into blocks of whole rows.

use super::Format;

/// The most bytes of a row.
pub const ROW_BYTES: usize = 64 * 1024;

/// Whole rows, without their line ends.
#[derive(Clone, Debug, Default)]
pub struct Block {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    first_line: u64,
}

impl Block {
    /// How many bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The rows and their numbers in the whole input, the first being 1. A CSV row over several lines is
    /// one row.
    pub fn rows(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let spans = starts.zip(&self.ends);
        (self.first_line..).zip(spans.map(|(from, &to)| &self.bytes[from..to]))
    }

    /// Takes the first row out.
    pub(super) fn take_first(&mut self) -> Option<Vec<u8>> {
        let end = *self.ends.first()?;
        self.ends.remove(0);
        self.ends.iter_mut().for_each(|e| *e -= end);
        self.first_line += 1;
        Some(self.bytes.drain(..end).collect())
    }
}

/// Where in a CSV row a byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    CellStart,
    Plain,
    Quoted,
    /// Behind a quote inside quotes: it closed the cell, or the next one doubles it.
    Closed,
}

impl At {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Closed,
            (Self::CellStart | Self::Closed, b'"') | (Self::Quoted, _) => Self::Quoted,
            (_, b',') => Self::CellStart,
            _ => Self::Plain,
        }
    }
}

/// Whether a CSV row ends inside quotes.
pub(super) fn ends_quoted(row: &[u8]) -> bool {
    row.iter().fold(At::CellStart, |at, &byte| at.after(byte)) == At::Quoted
}

/// Cuts what comes in at line ends; in CSV, not inside quotes.
///
/// Of a row that is too long it keeps [`ROW_BYTES`] and one more, which marks it, and forgets the rest:
/// memory stays bounded whatever comes. A row that is too long ends with its line even inside quotes, so
/// that one stray quote does not swallow the rest.
#[derive(Debug)]
pub struct Cutter {
    csv: bool,
    at: At,
    kept: Vec<u8>,
    lines: u64,
}

impl Cutter {
    /// A cutter at the start of an input.
    pub fn new(format: Format) -> Self {
        Self { csv: format == Format::Csv, at: At::CellStart, kept: Vec::new(), lines: 0 }
    }

    /// Takes bytes and gives the rows that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Block {
        let mut block = Block { first_line: self.lines + 1, ..Block::default() };
        let mut rest = bytes;
        while let Some(end) = self.row_end(rest) {
            self.keep(&rest[..end]);
            self.end_row(&mut block);
            rest = &rest[end + 1..];
        }
        self.keep(rest);
        block
    }

    /// The last row, when it has no line end.
    pub fn finish(mut self) -> Block {
        let mut block = Block { first_line: self.lines + 1, ..Block::default() };
        if !self.kept.is_empty() {
            self.end_row(&mut block);
        }
        block
    }

    fn row_end(&mut self, bytes: &[u8]) -> Option<usize> {
        if !self.csv {
            return bytes.iter().position(|&b| b == b'\n');
        }
        let mut at = self.at;
        let mut length = self.kept.len();
        let end = bytes.iter().position(|&byte| {
            let ends = byte == b'\n' && (at != At::Quoted || length > ROW_BYTES);
            length += 1;
            at = if ends { At::CellStart } else { at.after(byte) };
            ends
        });
        self.at = at;
        end
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = (ROW_BYTES + 1).saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_row(&mut self, block: &mut Block) {
        if self.kept.last() == Some(&b'\r') {
            self.kept.pop();
        }
        block.bytes.append(&mut self.kept);
        block.ends.push(block.bytes.len());
        self.lines += 1;
    }
}
