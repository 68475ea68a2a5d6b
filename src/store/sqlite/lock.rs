//! Who may write a file: one program at a time. A node's local snapshot is kept so too.
//!
//! The right lies in a file beside the store, and not in the store itself: POSIX takes all of a process's
//! locks on a file away when it closes any handle of it, SQLite's too.

use super::StoreError;
use super::file::beside;
use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The right to write one store, from [`Lock::take`] until it is dropped, or its process ends in any way.
#[derive(Debug)]
pub(in crate::store) struct Lock {
    path: PathBuf,
    /// Holds the system's lock for as long as it is open.
    _file: File,
}

impl Lock {
    /// Takes the right to write the store at `store`, which need not be there yet. Never waits: whoever
    /// has it may keep it for days.
    pub(in crate::store) fn take(store: &Path) -> Result<Self, StoreError> {
        let path = beside(store, ".lock");
        loop {
            let file = open(&path).map_err(StoreError::file("locking", &path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(store.into())),
                Err(TryLockError::Error(error)) => return Err(StoreError::file("locking", &path)(error)),
            }
            // The one before may have removed the file between our two calls; that lock keeps nobody out.
            if is_at(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    /// Tidies up while the lock is still held. A file that stays, as after a power cut, locks nothing.
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn open(path: &Path) -> io::Result<File> {
    File::options().write(true).create(true).truncate(false).open(path)
}

fn is_at(file: &File, path: &Path) -> bool {
    let identity = |data: std::fs::Metadata| (data.dev(), data.ino());
    let (ours, there) = (file.metadata().map(identity), std::fs::metadata(path).map(identity));
    ours.is_ok_and(|ours| there.is_ok_and(|there| ours == there))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn a_store_is_locked_once_and_again_when_it_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("city.gpkg");
        let first = Lock::take(&store).unwrap();
        let place = store.display().to_string();
        assert!(matches!(Lock::take(&store), Err(StoreError::InUse(at)) if at.to_string() == place));
        drop(first);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
        std::fs::write(folder.path().join("city.gpkg.lock"), "left by a power cut").unwrap();
        assert!(Lock::take(&store).is_ok());
    }

    #[test]
    fn of_many_who_take_and_give_back_no_two_have_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("city.gpkg");
        let (inside, taken) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    for _ in 0..2_000 {
                        let Ok(lock) = Lock::take(&store) else { continue };
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two hold it");
                        taken.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert!(taken.into_inner() > 100);
    }
}
