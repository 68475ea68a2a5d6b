//! `wangge dev-publish`: a small valid change, published. For proofs of what happens around a publication.

use super::{Failure, draw, open};
use crate::app::Published;
use crate::edit::{Field, Ground, Kind, Operation, Setting, State, Terms, resolve};
use crate::snapshot::{Revision, StateHash};
use crate::store::{Publication, Store, StoreError};
use crate::unit::{Attributes, UnitId};
use chrono::{TimeDelta, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// The attribute that changes.
const FIELD: &str = "dev_publish";
/// How long we wait before a refused publication is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// Publish a small change: an attribute of the first grid counts the publications.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Prints the number and the state hash of each revision that the store acknowledged, one a line.

Examples:
  wangge dev-publish --database postgres://wangge@db.example/city
  wangge dev-publish --database postgres://wangge@db.example/city --count 1000 --patience 30")]
pub(super) struct Args {
    #[command(flatten)]
    database: open::Database,
    /// How many revisions to publish, one after another.
    #[arg(long, default_value_t = 1)]
    count: u32,
    /// For how many seconds in all to try again what the store could not take.
    #[arg(long, default_value_t = 0)]
    patience: u64,
}

/// Publishes.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    open::wait(async {
        let store = open::to_write(&args.database.place()?).await?;
        let done = publish_all(args, &store).await;
        if done.is_ok() {
            draw::head(&store).await?;
        }
        store.close().await;
        done
    })
}

async fn publish_all(args: &Args, store: &Store) -> Result<(), Failure> {
    let until = Instant::now() + Duration::from_secs(args.patience);
    let mut done = 0;
    while done < args.count {
        match publish(store).await {
            Ok((revision, hash)) => {
                writeln!(io::stdout(), "{} {hash}", revision.number)?;
                done += 1;
            }
            Err(error) if error.is_passing() && Instant::now() < until => {
                eprintln!("wangge: {error}");
                tokio::time::sleep(AGAIN).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn publish(store: &Store) -> Result<(Revision, StateHash), StoreError> {
    let loaded = store.load_head().await?;
    let (note, before) = (loaded.note.clone(), loaded.revision);
    let published = Published::new(loaded).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let layers = published.base.layers().iter();
    let grounds = layers.map(|l| Ground {
        layer: &l.layer,
        outline: l.outline.as_ref(),
        units: &l.units,
        coverage: &l.coverage,
    });
    let state = State::new(grounds.collect());
    let operation = operation(&published)
        .ok_or_else(|| StoreError::Refused(vec!["there is no grid to change".into()]))?;
    let terms = Terms { ids: Vec::<UnitId>::new(), min_area_m2: 0.0 };
    let refused = |all: Vec<_>| StoreError::Refused(all.iter().map(ToString::to_string).collect());
    let resolved = resolve(&state, &operation, &terms).map_err(refused)?;
    let after = state.after(&resolved.change).expect("resolving went through the same gate");
    let later = before.effective_from + TimeDelta::microseconds(1);
    let publication = Publication {
        prev: Some(before.number),
        effective_from: Utc::now().max(later),
        note,
        attributes: Attributes::new(),
        layers: &after.sources(),
    };
    store.publish(&publication).await
}

/// One more in the attribute of the first grid.
fn operation(published: &Published) -> Option<Operation> {
    let mut layers = published.base.layers().iter();
    let (layer, unit) = layers.find_map(|l| {
        let grid = l.layer.grid_level();
        Some((l, l.units.all().iter().find(|unit| unit.level == grid)?))
    })?;
    let old = unit.attributes.get(FIELD).cloned().unwrap_or_default();
    let new = Value::from(old.as_u64().unwrap_or(0) + 1);
    let set = BTreeMap::from([(Field::Attribute(FIELD.into()), Setting { old, new })]);
    let kind = Kind::SetAttributes { unit: unit.code.clone(), set };
    Some(Operation { layer: layer.layer.name.clone(), kind })
}
