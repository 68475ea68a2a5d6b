//! What commands share: the store they work on, a runtime to wait in, a sign of life.

use super::Failure;
use crate::app::Published;
use crate::snapshot::LayerSource;
use crate::store::{Loaded, Store, StoreError};
use crate::unit::Layer;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which store a command works on.
#[derive(Debug, clap::Args)]
pub(super) struct Database {
    /// The store file.
    #[arg(long, default_value = super::DEFAULT_FILE, value_name = "FILE", env = "WANGGE_DATABASE")]
    pub database: PathBuf,
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

/// Opens a store that must be there, to write; refused while another program writes it or serves it.
pub(super) async fn to_write(path: &Path) -> Result<Store, Failure> {
    Ok(Store::open(path).await?)
}

/// Opens a store that must be there, to read; also while it is served.
pub(super) async fn to_read(path: &Path) -> Result<Store, Failure> {
    Ok(Store::open_to_read(path).await?)
}

/// The newest revision of a store that must be there and not empty.
pub(super) async fn head(path: &Path) -> Result<Loaded, Failure> {
    let store = to_read(path).await?;
    let loaded = store.load_head().await;
    store.close().await;
    Ok(loaded?)
}

/// The newest revision, ready for lookups.
pub(super) async fn published(path: &Path) -> Result<Published, Failure> {
    let loaded = head(path).await?;
    Published::new(loaded).map_err(|e| Failure::environment(path.display(), e))
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

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(_) | StoreError::Damaged(_) => Self::Refused(error.to_string()),
            other => Self::Environment(other.into()),
        }
    }
}
