//! What commands share: the store they work on, a runtime to wait in, a sign of life.

use super::Failure;
use crate::app::Published;
use crate::snapshot::LayerSource;
use crate::store::{Loaded, Location, LocationError, Store, StoreError};
use crate::unit::Layer;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Duration;

/// Which store a command works on.
#[derive(Debug, clap::Args)]
pub(super) struct Database {
    /// The store: a file, or the postgres:// address of a PostGIS database.
    #[arg(
        long,
        default_value = super::DEFAULT_FILE,
        value_name = "STORE",
        env = DATABASE,
        hide_env_values = true
    )]
    database: PathBuf,
}

/// Which store a command works on that is named by its first word or by `--database`.
#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// The store file [default: data/wangge.gpkg].
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The postgres:// address of a PostGIS database, instead of a file [env: `WANGGE_DATABASE`].
    #[arg(long, value_name = "URL", conflicts_with = "file")]
    database: Option<PathBuf>,
}

/// The variable that names the store when the command line does not. Never shown: it may hold a password.
const DATABASE: &str = "WANGGE_DATABASE";

impl Database {
    /// Where the store is.
    pub(super) fn place(&self) -> Result<Location, Failure> {
        Ok(Location::parse(&self.database)?)
    }
}

impl Named {
    /// Where the store is.
    pub(super) fn place(&self) -> Result<Location, Failure> {
        let named = self.file.clone().or_else(|| self.database.clone());
        let named = named.or_else(|| std::env::var_os(DATABASE).map(Into::into));
        Ok(Location::parse(named.unwrap_or_else(|| super::DEFAULT_FILE.into()))?)
    }
}

/// Refuses a place where something is, before long work is done for it. A store without a revision in a
/// database is nothing yet.
pub(super) async fn refuse_taken(place: &Location) -> Result<(), Failure> {
    let taken = match place {
        Location::File(path) => path.exists(),
        Location::Database(_) => {
            Store::exists(place).await? && Store::open(place).await?.head().await?.is_some()
        }
    };
    if !taken {
        return Ok(());
    }
    Err(Failure::Usage(match place {
        Location::File(_) => format!("{place} exists already; remove it first"),
        Location::Database(_) => format!("{place} has a revision already; use another database"),
    }))
}

/// Waits for a command to end.
pub(super) fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::environment("starting", e))?;
    runtime.block_on(work)
}

/// Opens a store that must be there, to write; refused while another program writes a file or serves it.
pub(super) async fn to_write(place: &Location) -> Result<Store, Failure> {
    Ok(Store::open(place).await?)
}

/// Opens a store that must be there, to read; also while it is served.
pub(super) async fn to_read(place: &Location) -> Result<Store, Failure> {
    Ok(Store::open_to_read(place).await?)
}

/// The newest revision of a store that must be there and not empty.
pub(super) async fn head(place: &Location) -> Result<Loaded, Failure> {
    let store = to_read(place).await?;
    let loaded = store.load_head().await;
    store.close().await;
    Ok(loaded?)
}

/// The newest revision, ready for lookups.
pub(super) async fn published(database: &Database) -> Result<Published, Failure> {
    let place = database.place()?;
    let loaded = head(&place).await?;
    Published::new(loaded).map_err(|e| Failure::environment(place, e))
}

/// The layer of a name: one that the store has, or one of those that wangge knows.
pub(super) fn layer(name: &str, stored: &[LayerSource]) -> Result<Layer, Failure> {
    let stored = stored.iter().map(|s| s.layer.clone());
    let mut layers: Vec<Layer> = stored.chain(Layer::all()).collect();
    let Some(place) = layers.iter().position(|l| l.name == name) else {
        let names: Vec<&str> = layers.iter().map(|l| l.name.as_str()).collect();
        return Err(Failure::Usage(format!("expected a layer among {}, got {name}", names.join(", "))));
    };
    Ok(layers.swap_remove(place))
}

/// A line that shows that something is being done; silent where nobody watches.
pub(super) fn spinner(doing: impl Into<String>) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}").expect("the template is ours");
    let bar = ProgressBar::new_spinner().with_style(style).with_message(doing.into());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

impl From<LocationError> for Failure {
    fn from(error: LocationError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(_) | StoreError::Damaged(_) => Self::Refused(error.to_string()),
            StoreError::Unsupported { .. } => Self::Usage(error.to_string()),
            other => Self::Environment(other.into()),
        }
    }
}
