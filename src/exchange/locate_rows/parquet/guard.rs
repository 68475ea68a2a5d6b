//! What a Parquet file says of itself, checked before the parquet crate reads it.
//!
//! Its readers believe sizes that a file states: of lists in the footer, of pages once they are inflated, of
//! dictionaries. Here each is held against what the file has and against a limit, so that no file can ask for
//! more memory than [`ROW_GROUP_BYTES`] and what a batch of plain rows takes.

use super::thrift::{Broken, I32, LIST, STRUCT, Walk};
use super::{BATCH, BadTable};
use parquet::basic::{Compression, Type};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// The most bytes of a footer.
const FOOTER_BYTES: u64 = 16 << 20;
/// The most elements of a schema, columns and what they stand in.
const SCHEMA: u64 = 2_000;
/// The deepest schema.
const SCHEMA_DEPTH: usize = 8;
/// The most bytes of a page's header: its statistics may hold long values.
const HEADER_BYTES: usize = 1 << 20;
/// The most bytes of a page, packed or not.
const PAGE_BYTES: i64 = 64 << 20;
/// The most bytes that the largest pages of a row group's columns have together, and the most of the pages
/// of one column that a batch touches.
const ROW_GROUP_BYTES: i64 = 512 << 20;
/// The most bytes of a value of fixed length.
const FIXED_BYTES: i32 = 1024;
/// An encoding, as the format numbers it.
const DELTA_BYTE_ARRAY: i64 = 7;

/// Checks the footer of a file, before it is read.
pub(super) fn footer(file: &mut File) -> Result<(), BadTable> {
    let size = file.seek(SeekFrom::End(0))?;
    let mut tail = [0; 8];
    if size < 12 {
        return Err(BadTable::broken("it is too short for a Parquet file"));
    }
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut tail)?;
    match &tail[4..] {
        b"PAR1" => {}
        b"PARE" => return Err(BadTable::refused("the file is encrypted; expected one that is not")),
        _ => return Err(BadTable::broken("it does not end as a Parquet file; it may be cut off")),
    }
    let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    if length > size - 12 {
        return Err(BadTable::broken("its footer would be longer than the file"));
    }
    if length > FOOTER_BYTES {
        return Err(BadTable::refused(format!("the footer has more than {FOOTER_BYTES} bytes")));
    }
    let mut bytes = vec![0; length as usize];
    file.seek(SeekFrom::Start(size - 8 - length))?;
    file.read_exact(&mut bytes)?;
    let mut walk = Walk::new(&bytes);
    let mut children = Vec::new();
    walk.fields(0, |walk, id, kind| {
        let is_schema = id == 2 && kind == LIST;
        if is_schema {
            children = schema(walk)?;
        }
        Ok(is_schema)
    })
    .map_err(|_broken| BadTable::broken("its footer cannot be read"))?;
    shallow(&children)
}

/// How many children each element of a schema has, in the order written: each before its children.
fn schema(walk: &mut Walk<'_>) -> Result<Vec<i64>, Broken> {
    let (kind, length) = walk.list()?;
    if kind != STRUCT {
        return Err(Broken::Malformed);
    }
    let mut counts = Vec::new();
    for _ in 0..length.min(SCHEMA + 1) {
        let mut count = 0;
        walk.fields(2, |walk, id, kind| {
            let is_count = id == 5 && kind == I32;
            if is_count {
                count = walk.number()?;
            }
            Ok(is_count)
        })?;
        counts.push(count);
    }
    if length > SCHEMA {
        // The rest is not walked: the count is too large already.
        counts.push(0);
        return if counts.len() as u64 > SCHEMA { Ok(counts) } else { Err(Broken::Malformed) };
    }
    Ok(counts)
}

fn shallow(children: &[i64]) -> Result<(), BadTable> {
    if children.len() as u64 > SCHEMA {
        return Err(BadTable::refused(format!("the file has more than {SCHEMA} columns")));
    }
    let mut open = Vec::new();
    for &count in children {
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        open.push(count);
        if open.len() > SCHEMA_DEPTH {
            return Err(BadTable::refused(format!("columns are nested deeper than {SCHEMA_DEPTH}")));
        }
        while open.last().is_some_and(|&left| left <= 0) {
            open.pop();
        }
    }
    Ok(())
}

/// Checks that all columns are of a kind that is taken.
pub(super) fn columns(metadata: &ParquetMetaData) -> Result<(), BadTable> {
    for column in metadata.file_metadata().schema_descr().columns() {
        let name = column.path().string();
        if column.max_rep_level() > 0 {
            let message = format!("the column {name} holds lists; expected one value a row, leave it out");
            return Err(BadTable::refused(message));
        }
        if column.physical_type() == Type::FIXED_LEN_BYTE_ARRAY
            && !(0..=FIXED_BYTES).contains(&column.type_length())
        {
            let message = format!("the column {name} holds values of more than {FIXED_BYTES} bytes each");
            return Err(BadTable::refused(message));
        }
    }
    Ok(())
}

/// Checks the pages of a row group, before they are read.
pub(super) fn row_group(file: &mut File, metadata: &ParquetMetaData, index: usize) -> Result<(), BadTable> {
    let size = file.seek(SeekFrom::End(0))?;
    let mut together = 0;
    for chunk in metadata.row_group(index).columns() {
        if !matches!(
            chunk.compression(),
            Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_)
        ) {
            let packing =
                chunk.compression().to_string().chars().take_while(|&c| c != '(').collect::<String>();
            let message = format!("the file is packed with {packing}; expected snappy, zstd or none");
            return Err(BadTable::refused(message));
        }
        together += pages(file, size, chunk)?;
        if together > ROW_GROUP_BYTES {
            let message = format!("a row group's largest pages have more than {ROW_GROUP_BYTES} bytes");
            return Err(BadTable::refused(message));
        }
    }
    Ok(())
}

/// The largest page of a column's chunk, packed and unpacked, in bytes.
fn pages(file: &mut File, size: u64, chunk: &ColumnChunkMetaData) -> Result<i64, BadTable> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let whole = |bytes: i64| u64::try_from(bytes).ok().filter(|&bytes| bytes <= size);
    let outside = || BadTable::broken("a column would lie outside the file");
    let mut at = whole(start).ok_or_else(outside)?;
    let end =
        whole(chunk.compressed_size()).and_then(|length| whole((at + length) as i64)).ok_or_else(outside)?;
    let mut largest = 0;
    let mut touched = Touched::default();
    while at < end {
        let (page, header) = header(file, at, end)?;
        let sound = (0..=(end - at - header) as i64).contains(&page.packed) && page.unpacked >= 0;
        if !sound {
            return Err(BadTable::broken("a page would be longer than its column"));
        }
        if page.packed.max(page.unpacked) > PAGE_BYTES {
            let message =
                format!("a page has more than {PAGE_BYTES} bytes; write the file with smaller pages");
            return Err(BadTable::refused(message));
        }
        page.check(chunk)?;
        if chunk.column_type() == Type::BYTE_ARRAY && !page.is_dictionary {
            touched.add(&page)?;
        }
        largest = largest.max(page.packed + page.unpacked);
        at += header + page.packed as u64;
    }
    Ok(largest)
}

/// What is read of a page's header.
#[derive(Debug, Default)]
struct Page {
    is_dictionary: bool,
    unpacked: i64,
    packed: i64,
    values: i64,
    encoding: i64,
}

impl Page {
    fn check(&self, chunk: &ColumnChunkMetaData) -> Result<(), BadTable> {
        let least = match chunk.column_type() {
            Type::FIXED_LEN_BYTE_ARRAY => i64::from(chunk.column_descr().type_length().max(1)),
            _ => 4,
        };
        if self.values < 0 || (self.is_dictionary && self.values > self.unpacked / least) {
            return Err(BadTable::broken("a page would have more values than bytes"));
        }
        // Each value may repeat all of the one before it: a few bytes become gigabytes.
        if !self.is_dictionary && self.encoding == DELTA_BYTE_ARRAY {
            return Err(BadTable::refused("the encoding DELTA_BYTE_ARRAY is not taken"));
        }
        Ok(())
    }
}

/// The header of the page at a place, and its length.
fn header(file: &mut File, at: u64, end: u64) -> Result<(Page, u64), BadTable> {
    let mut room = 512;
    loop {
        let length = room.min(end - at);
        let mut bytes = vec![0; length as usize];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut bytes)?;
        let mut walk = Walk::new(&bytes);
        match page(&mut walk) {
            Ok(page) => return Ok((page, walk.at() as u64)),
            Err(Broken::CutOff) if length == room && length < HEADER_BYTES as u64 => room *= 4,
            Err(_) => return Err(BadTable::broken("the header of a page cannot be read")),
        }
    }
}

fn page(walk: &mut Walk<'_>) -> Result<Page, Broken> {
    let mut page = Page::default();
    walk.fields(0, |walk, id, kind| {
        match (id, kind) {
            (1, I32) => page.is_dictionary = walk.number()? == 2,
            (2, I32) => page.unpacked = walk.number()?,
            (3, I32) => page.packed = walk.number()?,
            // The headers of data pages, of dictionaries, and of data pages of the second version: the
            // number of values is the first field of each, the encoding the second or the fourth.
            (5 | 7 | 8, STRUCT) => walk.fields(1, |walk, inner, kind| {
                match (inner, kind) {
                    (1, I32) => page.values = walk.number()?,
                    (2, I32) if id != 8 => page.encoding = walk.number()?,
                    (4, I32) if id == 8 => page.encoding = walk.number()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(page)
}

/// The pages that a batch can touch at once.
#[derive(Default)]
struct Touched {
    pages: VecDeque<(i64, i64)>,
    values: i64,
    bytes: i64,
}

impl Touched {
    fn add(&mut self, page: &Page) -> Result<(), BadTable> {
        self.pages.push_back((page.values, page.unpacked));
        self.values = self.values.saturating_add(page.values);
        self.bytes += page.unpacked;
        // A batch that ends in the newest page began at the oldest that this many rows reach back to.
        while let Some(&(values, bytes)) = self.pages.front()
            && self.values - values >= BATCH as i64 + page.values
        {
            self.pages.pop_front();
            self.values -= values;
            self.bytes -= bytes;
        }
        if self.bytes > ROW_GROUP_BYTES || self.pages.len() > 2 * BATCH {
            return Err(BadTable::refused(format!(
                "{BATCH} rows of a column have more than {ROW_GROUP_BYTES} bytes"
            )));
        }
        Ok(())
    }
}
