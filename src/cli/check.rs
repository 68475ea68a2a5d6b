//! `wangge check`: the quality report of a file or of a store.

use super::source::Source;
use super::{Failure, open};
use crate::coverage::{Defect, Ledger};
use crate::exchange::import::{self, Stored};
use crate::exchange::read::is_geopackage;
use crate::exchange::report::Report;
use crate::snapshot::LayerSource;
use crate::store::{Location, Store, StoreError};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Report everything that is wrong with a file or a store: exit code 1 if anything is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A file is read as import would read it; nothing is written. Slivers and empty units are warnings.

Examples:
  wangge check grids.geojson --layer land
  wangge check grids.geojson --layer land --geojson defects.geojson     look at them in QGIS
  wangge check grids.geojson --layer land --snap 0.5                    what snapping would mend
  wangge check police.gpkg --layer police --database data/wangge.gpkg   against land's outline
  wangge check data/wangge.gpkg                                         all layers of a store
  wangge check --database postgres://wangge@db.example/city             the same of a database")]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
    /// A store whose layers the file is held against; without a file, the store that is checked.
    #[arg(long, value_name = "STORE")]
    database: Option<PathBuf>,
    /// Write the report as JSON.
    #[arg(long)]
    json: bool,
    /// Write each defect as a feature of this GeoJSON file.
    #[arg(long, value_name = "FILE")]
    geojson: Option<PathBuf>,
}

/// One layer and what was found.
struct Finding {
    source: LayerSource,
    defects: Vec<Defect>,
    ledger: Option<Ledger>,
}

impl Finding {
    fn report(&self) -> Report<'_> {
        Report::new(&self.source, &self.defects, self.ledger.as_ref())
    }
}

/// Writes the report.
pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let findings = open::wait(examine(args))?;
    let reports: Vec<Report<'_>> = findings.iter().map(Finding::report).collect();
    let mut out = std::io::stdout().lock();
    if args.json {
        let layers: Vec<Value> = reports.iter().map(Report::json).collect();
        writeln!(out, "{:#}", json!({"layers": layers}))?;
    } else {
        for report in &reports {
            write!(out, "{}", report.text())?;
        }
    }
    if let Some(path) = &args.geojson {
        let features: Vec<Value> = reports.iter().flat_map(Report::features).collect();
        let collection = json!({"type": "FeatureCollection", "name": "defects", "features": features});
        std::fs::write(path, collection.to_string())
            .map_err(|e| Failure::environment(format!("writing {}", path.display()), e))?;
    }
    match reports.iter().map(Report::errors).sum::<usize>() {
        0 => Ok(()),
        errors => Err(Failure::Refused(format!("{errors} errors"))),
    }
}

async fn examine(args: &Args) -> Result<Vec<Finding>, Failure> {
    let database = args.database.as_ref().map(Location::parse).transpose()?;
    if let Some(path) = args.source.file.as_deref().filter(|_| args.source.layer.is_none())
        && let Some(findings) = file_findings(path).await?
    {
        return Ok(findings);
    }
    let layers = match &database {
        Some(place) if args.source.file.is_none() => return Ok(findings(&open::head(place).await?.layers)),
        Some(place) => open::head(place).await?.layers,
        None => Vec::new(),
    };
    let examined = args.source.examine(Stored { layers: &layers, taken: 0 }).await?;
    for notice in &examined.notices {
        eprintln!("note: {notice}");
    }
    let ledger = examined.built.map(|b| b.ledger);
    Ok(vec![Finding { source: examined.source, defects: examined.defects, ledger }])
}

/// All layers of a store file; `None` when the file is no store.
async fn file_findings(path: &Path) -> Result<Option<Vec<Finding>>, Failure> {
    let here =
        is_geopackage(path).map_err(|e| Failure::environment(format!("reading {}", path.display()), e))?;
    if !here {
        return Ok(None);
    }
    let store = match Store::open_to_read(path).await {
        Err(StoreError::NotAStore { .. }) => return Ok(None),
        other => other?,
    };
    let loaded = store.load_head().await?;
    store.close().await;
    Ok(Some(findings(&loaded.layers)))
}

fn findings(layers: &[LayerSource]) -> Vec<Finding> {
    let finding = |source: &LayerSource| {
        let built = import::build(source, Stored { layers, taken: 0 }, None);
        let (defects, ledger) = match built {
            Ok(built) => (built.warnings, Some(built.ledger)),
            Err(defects) => (defects, None),
        };
        Finding { source: source.clone(), defects, ledger }
    };
    layers.iter().map(finding).collect()
}
