//! A node's local snapshot: one revision in one flat file, to start from while the database is away.
//!
//! The file is ours alone: `WANGGESN`, a version, the length and the SHA-256 of the body, then the body, all
//! numbers little-endian (see `encode`). It is written beside its place, synced and renamed, so that what is
//! there is always whole. A reader trusts nothing: length and SHA-256 first, then a bounded reader, then the
//! state hash, computed again. It holds the telephones of posts, so only its owner may read it.

mod arcs;
mod cursor;
mod decode;
mod encode;
mod people;
#[cfg(test)]
mod tests;

pub use arcs::{ArcFile, ArcFolder};

use super::sqlite::Lock;
use super::{Location, Roster, StoreError};
use crate::snapshot::{LayerSource, Revision, StateHash};
use crate::unit::Post;
use cursor::Misread;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const MAGIC: [u8; 8] = *b"WANGGESN";
/// One more whenever the body is written in another way.
const VERSION: u32 = 2;
/// Magic, version, length, SHA-256.
const HEAD: usize = 8 + 4 + 8 + 32;
/// The largest body that is read: twenty provinces.
const MAX_BODY: u64 = 4 << 30;

/// What a snapshot holds: all that is served of a revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// All revisions up to this one, oldest first; it is the last.
    pub revisions: Vec<Revision>,
    /// The layers, in the order in which they are drawn and listed.
    pub layers: Vec<LayerSource>,
    /// The posts on file when it was loaded.
    pub posts: Vec<Post>,
    /// Who there was: a node without its database still knows whose token a program sends.
    pub people: Roster,
    /// The hash of the state.
    pub state_hash: StateHash,
    /// The note shown with everything drawn from it.
    pub note: Option<String>,
}

/// The place of a node's snapshot, kept from other programs until this is dropped.
#[derive(Debug)]
pub struct Local {
    path: PathBuf,
    /// Which database it is of.
    database: String,
    _lock: Lock,
}

/// Why there is no snapshot to start from.
#[derive(Debug, thiserror::Error)]
#[error("the snapshot {path}: {why}")]
pub struct LocalError {
    path: PathBuf,
    why: Unfit,
}

/// What is wrong with a snapshot.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error("expected a snapshot of wangge, got {0}")]
    Foreign(&'static str),
    #[error("expected version {VERSION}, got {0}")]
    Version(u32),
    #[error("expected {expected} bytes, got {got}")]
    Length { expected: u64, got: u64 },
    #[error("it is damaged: its SHA-256 is another")]
    Corrupted,
    #[error("expected one of the database {expected}, got one of {got}")]
    OfAnother { expected: String, got: String },
    #[error("it is damaged: {0}")]
    Misread(#[from] Misread),
    #[error("it is damaged: expected the state hash {expected}, got {got}")]
    State { expected: StateHash, got: StateHash },
}

impl LocalError {
    /// Whether nothing is there, as before a node's first start.
    pub fn is_missing(&self) -> bool {
        matches!(&self.why, Unfit::File(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl Local {
    /// Takes the place, whether or not a snapshot is there; `None` for a store that needs none, because it is
    /// a local file itself. Each node needs its own: [`StoreError::InUse`] when another one has it.
    pub fn take(path: &Path, of: &Location) -> Result<Option<Self>, StoreError> {
        let Location::Database(address) = of else { return Ok(None) };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(StoreError::file("making", folder))?;
        }
        let lock = Lock::take(path)?;
        Ok(Some(Self { path: path.to_owned(), database: address.database().into(), _lock: lock }))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the snapshot; an error unless it is whole, of this database and has its state hash. Costs a read
    /// of the file and two hashes over it.
    pub fn read(&self) -> Result<Kept, LocalError> {
        read(&self.path, &self.database).map_err(|why| LocalError { path: self.path.clone(), why })
    }

    /// Puts a snapshot in the place of the one before, whole or not at all.
    pub fn write(&self, kept: &Kept) -> Result<(), LocalError> {
        write(&self.path, &self.database, kept).map_err(|why| LocalError { path: self.path.clone(), why })
    }
}

fn read(path: &Path, database: &str) -> Result<Kept, Unfit> {
    // Before it is opened: a pipe would wait for its other end.
    if !std::fs::metadata(path)?.is_file() {
        return Err(Unfit::Foreign("no file"));
    }
    let mut file = File::open(path)?;
    let there = file.metadata()?.len();
    if there < HEAD as u64 {
        return Err(Unfit::Length { expected: HEAD as u64, got: there });
    }
    let mut head = [0; HEAD];
    file.read_exact(&mut head)?;
    let (length, checksum) = head_of(&head)?;
    if length > MAX_BODY || there != HEAD as u64 + length {
        return Err(Unfit::Length { expected: (HEAD as u64).saturating_add(length), got: there });
    }
    let mut body = Vec::new();
    file.take(length).read_to_end(&mut body)?;
    if Sha256::digest(&body).as_slice() != checksum {
        return Err(Unfit::Corrupted);
    }
    open(&body, database)
}

/// The length and the SHA-256 that a head promises.
fn head_of(head: &[u8; HEAD]) -> Result<(u64, &[u8]), Unfit> {
    let (magic, rest) = head.split_at(8);
    let (version, rest) = rest.split_at(4);
    let (length, checksum) = rest.split_at(8);
    if magic != MAGIC {
        return Err(Unfit::Foreign("another file"));
    }
    match u32::from_le_bytes(version.try_into().expect("four bytes")) {
        VERSION => Ok((u64::from_le_bytes(length.try_into().expect("eight bytes")), checksum)),
        other => Err(Unfit::Version(other)),
    }
}

/// Takes a body apart and computes its state hash again.
fn open(body: &[u8], database: &str) -> Result<Kept, Unfit> {
    let (of, kept) = decode::body(body)?;
    if of != database {
        return Err(Unfit::OfAnother { expected: database.into(), got: of });
    }
    let got = StateHash::of(&kept.layers);
    if got == kept.state_hash { Ok(kept) } else { Err(Unfit::State { expected: kept.state_hash, got }) }
}

fn write(path: &Path, database: &str, kept: &Kept) -> Result<(), Unfit> {
    let got = StateHash::of(&kept.layers);
    if got != kept.state_hash {
        return Err(Unfit::State { expected: kept.state_hash, got });
    }
    let body = encode::body(database, kept);
    let partial = super::sqlite::beside(path, ".partial");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
    file.write_all(&MAGIC)?;
    file.write_all(&VERSION.to_le_bytes())?;
    file.write_all(&(body.len() as u64).to_le_bytes())?;
    file.write_all(&Sha256::digest(&body))?;
    file.write_all(&body)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}
