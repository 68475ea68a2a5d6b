//! Points of arcs in a file, read where they are asked for: what lets a province be served without holding them.
//!
//! The file belongs to one state of one process: it is written when the state is built, checked once, and has no
//! name from then on, so it ends with whoever reads it, and none is ever taken for another's.

use crate::coverage::{KeepPoints, ReadPoints};
use crate::geom::Point;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, remove_file};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Points in a page: 8 kB, of which a lookup's few arcs touch one or two.
const PAGE: usize = 1024;
/// Bytes of a point: longitude and latitude as little-endian `i32`.
const BYTES: usize = 8;
/// How many pages are kept in memory at most: 8 MB.
const KEPT: u64 = 1024;
/// From this many points on a run is read past the pages: whoever reads so much reads all of it once.
const LONG: usize = 4 * PAGE;

/// A folder for files of points, for whoever serves more than memory should hold.
#[derive(Debug)]
pub struct ArcFolder {
    folder: PathBuf,
    /// How many were made: each gets a name of its own for the moment that it has one.
    made: AtomicU64,
}

impl ArcFolder {
    /// A folder, made if need be.
    pub fn at(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { folder, made: AtomicU64::new(0) })
    }
}

impl KeepPoints for ArcFolder {
    fn keep(&self, layer: &str, points: &[Point]) -> Option<Arc<dyn ReadPoints>> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!(".{layer}.{}.{number}.arcs", std::process::id()));
        // What a process of this number left behind when it was killed between two steps.
        let _ = remove_file(&path);
        match ArcFile::keep(&path, points) {
            Ok(file) => Some(Arc::new(file)),
            Err(error) => {
                tracing::warn!(layer, path = %path.display(), %error, "its arcs stay in memory");
                None
            }
        }
    }
}

/// An open file of points.
#[derive(Debug)]
pub struct ArcFile {
    file: File,
    len: usize,
    pages: moka::sync::Cache<usize, Arc<[Point]>>,
}

impl ArcFile {
    /// Puts points into a new file, reads it back and compares, and takes its name away. Nothing may be at `path`.
    pub fn keep(path: &Path, points: &[Point]) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
        let filled = fill(&file, points);
        remove_file(path)?;
        filled?;
        Ok(Self { file, len: points.len(), pages: moka::sync::Cache::new(KEPT) })
    }

    fn read_at(&self, first: usize, into: &mut [Point]) -> io::Result<()> {
        let mut bytes = vec![0; into.len() * BYTES];
        self.file.read_exact_at(&mut bytes, (first * BYTES) as u64)?;
        for (point, bytes) in into.iter_mut().zip(bytes.as_chunks::<BYTES>().0) {
            let [a, b, c, d, e, f, g, h] = *bytes;
            *point = Point::new(i32::from_le_bytes([a, b, c, d]), i32::from_le_bytes([e, f, g, h]));
        }
        Ok(())
    }

    fn page(&self, page: usize) -> Arc<[Point]> {
        self.pages.get_with(page, || {
            let first = page * PAGE;
            let mut points = vec![Point::default(); PAGE.min(self.len - first)];
            self.read_at(first, &mut points).expect("a disk reads what it read before");
            points.into()
        })
    }
}

impl ReadPoints for ArcFile {
    fn read(&self, first: u32, into: &mut [Point]) {
        let first = first as usize;
        if into.len() >= LONG {
            return self.read_at(first, into).expect("a disk reads what it read before");
        }
        let mut done = 0;
        while done < into.len() {
            let at = first + done;
            let page = self.page(at / PAGE);
            let rest = &page[at % PAGE..];
            let count = rest.len().min(into.len() - done);
            into[done..done + count].copy_from_slice(&rest[..count]);
            done += count;
        }
    }
}

/// Writes the points, and reads them back once.
fn fill(file: &File, points: &[Point]) -> io::Result<()> {
    let mut written = Sha256::new();
    let mut out = BufWriter::with_capacity(1 << 16, file);
    for point in points {
        let bytes: Vec<u8> = [point.x, point.y].iter().flat_map(|n| n.to_le_bytes()).collect();
        written.update(&bytes);
        out.write_all(&bytes)?;
    }
    out.flush()?;
    drop(out);
    let mut read = Sha256::new();
    let mut bytes = vec![0; 1 << 16];
    let (mut at, end) = (0, points.len() * BYTES);
    while at < end {
        let part = &mut bytes[..(1 << 16).min(end - at)];
        file.read_exact_at(part, at as u64)?;
        read.update(&*part);
        at += part.len();
    }
    if written.finalize() == read.finalize() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "the file does not hold what was written to it"))
}
