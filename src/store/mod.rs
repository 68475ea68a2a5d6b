//! The stored truth: revisions with their layers and units; posts, accounts and the audit beside them.
//!
//! [`Store`] is an enum of two backends: a GeoPackage file (see `sqlite`) and a PostGIS database (see
//! `postgis`). A file here per noun: [`Loaded`] and [`Publication`] for revisions, [`Draft`] for drafts, posts
//! and accounts for people, beside them their sessions, tokens and the audit, [`Event`] for what happened; [`Drawings`] for other tile servers. Each backend answers the same
//! calls, and one contract test runs against each. What is the same on both, such as the rules of a publication
//! and the rows of a version, stands here and knows no SQL.

mod archive;
mod audit;
mod copy;
mod drafts;
mod drawings;
mod error;
mod events;
mod filing;
mod local;
mod location;
mod people;
mod postgis;
mod posts;
mod pulse;
mod references;
mod reports;
mod revisions;
mod rows;
mod rules;
mod schema;
mod sessions;
mod sqlite;
mod tokens;
mod unit_ids;
mod verify;
mod versions;
mod webhooks;

pub use audit::{Act, Entry};
pub use copy::{Copied, copy};
pub use drafts::{
    Claim, Draft, DraftEvent, DraftOperation, DraftStanding, DraftWrite, NewDraft, Part, WholeDraft,
};
pub use drawings::{Drawings, Sitter, Sitting};
pub use error::StoreError;
pub use events::Event;
pub use filing::{Filing, NewReport, Receipt};
pub use local::{ArcFile, ArcFolder, Kept, Local, LocalError};
pub use location::{Location, LocationError};
pub use people::Roster;
pub use postgis::Address;
pub use posts::POSTS_CHANGED;
pub use pulse::{Hints, Pulse};
pub use references::REFERENCES_CHANGED;
pub use reports::{After, Cells, Counted, Heaped, OpenPlace, Order, Relocation, ReportWrite, Wish};
pub use revisions::{Ahead, Differing, Loaded, Publication};
pub use sessions::Session;
pub use tokens::Token;
pub use versions::UnitVersion;
pub use webhooks::{DeadLetter, Standing, Webhook};

use postgis::PostGis;
use sqlite::Sqlite;
use std::path::Path;

/// An open store. Cheap to clone; all clones share their connections.
#[derive(Clone, Debug)]
pub enum Store {
    /// One GeoPackage file.
    Sqlite(Sqlite),
    /// A PostGIS database.
    PostGis(PostGis),
}

impl Store {
    /// Opens a store that exists, to write and to read; one of an older schema is brought forward, a file
    /// after it was backed up.
    ///
    /// One program at a time has a file open so, from here until the last clone is dropped; for the others
    /// it is [`StoreError::InUse`]. A database may be open in any number of programs. Errors also when there
    /// is none, when something else is there, when a newer wangge wrote it, or when the database does not
    /// keep what is asked of it (durable commits, foreign keys).
    pub async fn open(place: impl Into<Location>) -> Result<Self, StoreError> {
        match place.into() {
            Location::File(path) => Sqlite::open(&path).await.map(Self::Sqlite),
            Location::Database(address) => PostGis::open(*address).await.map(Self::PostGis),
        }
    }

    /// Opens a store that exists, to read only: a file also while another program has it open, and also
    /// from a medium that takes no writes. Whatever would write to a file is [`StoreError::OnlyRead`].
    ///
    /// Errors as [`Store::open`] does. A file of an older schema is brought forward, for which nobody else
    /// may have it open to write.
    pub async fn open_to_read(place: impl Into<Location>) -> Result<Self, StoreError> {
        match place.into() {
            Location::File(path) => Sqlite::open_to_read(&path).await.map(Self::Sqlite),
            Location::Database(address) => PostGis::open(*address).await.map(Self::PostGis),
        }
    }

    /// The same without a look at a database: it is opened at its first use, and every use until then fails as
    /// [`Store::open`] would. For whoever can go on without it for a while. A file is opened at once.
    pub async fn open_later(place: impl Into<Location>) -> Result<Self, StoreError> {
        match place.into() {
            Location::Database(address) => Ok(Self::PostGis(PostGis::open_later(*address))),
            file @ Location::File(_) => Self::open(file).await,
        }
    }

    /// Whether something is at that place: any file, or a store in that database.
    pub async fn exists(place: &Location) -> Result<bool, StoreError> {
        match place {
            Location::File(path) => Ok(path.exists()),
            Location::Database(address) => postgis::exists(address).await,
        }
    }

    /// Creates an empty store, without a revision. Errors when something is there.
    ///
    /// It appears whole or not at all, see [`Self::build`].
    pub async fn create(place: impl Into<Location>) -> Result<Self, StoreError> {
        let place = place.into();
        Self::build(&place, async |_empty: &Self| Ok::<(), StoreError>(())).await?;
        Self::open(place).await
    }

    /// Creates a store and fills it; it appears only when `fill` has succeeded.
    ///
    /// Whatever happens before, a power cut included, leaves nothing there. A file is made under a name
    /// that ends in `.partial`, a database's tables in a schema `wangge_partial`; what is left of them is
    /// removed by the next try. Errors when something is there, except an empty store in a database.
    pub async fn build<E, F>(place: impl Into<Location>, fill: F) -> Result<(), E>
    where
        E: From<StoreError>,
        F: AsyncFnOnce(&Self) -> Result<(), E>,
    {
        match place.into() {
            Location::File(path) => Self::build_file(&path, fill).await,
            Location::Database(address) => Self::build_schema(&address, fill).await,
        }
    }

    async fn build_file<E, F>(path: &Path, fill: F) -> Result<(), E>
    where
        E: From<StoreError>,
        F: AsyncFnOnce(&Self) -> Result<(), E>,
    {
        let new = sqlite::NewFile::begin(path).await?;
        let store = Self::Sqlite(new.open().await?);
        let filled = fill(&store).await;
        store.close().await;
        match filled {
            Ok(()) => Ok(new.finish()?),
            Err(error) => {
                new.discard()?;
                Err(error)
            }
        }
    }

    async fn build_schema<E, F>(address: &Address, fill: F) -> Result<(), E>
    where
        E: From<StoreError>,
        F: AsyncFnOnce(&Self) -> Result<(), E>,
    {
        let building = postgis::Building::begin(address).await?;
        let store = Self::PostGis(building.store());
        let filled = fill(&store).await;
        store.close().await;
        match filled {
            Ok(()) => Ok(building.finish().await?),
            Err(error) => {
                building.discard().await?;
                Err(error)
            }
        }
    }

    /// Where the store is.
    pub fn place(&self) -> Location {
        match self {
            Self::Sqlite(sqlite) => sqlite.path().into(),
            Self::PostGis(postgis) => postgis.place(),
        }
    }

    /// Writes a consistent copy to a new file while the store stays in use; of a database, a GeoPackage
    /// with its whole history.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => sqlite.backup(to).await,
            Self::PostGis(_) => copy(self, to, &mut |_| ()).await.map(|_| ()),
        }
    }

    /// Closes all connections; a file's log is folded into it.
    pub async fn close(self) {
        match self {
            Self::Sqlite(sqlite) => sqlite.close().await,
            Self::PostGis(postgis) => postgis.close(),
        }
    }

    /// Puts a backup in the place of a store file, which must not be open anywhere.
    ///
    /// The backup is checked first (schema, pages, hashes). What was at `to` is kept beside it under the
    /// name that is returned.
    pub async fn restore(backup: &Path, to: &Path) -> Result<Option<std::path::PathBuf>, StoreError> {
        sqlite::restore(backup, to).await
    }
}
