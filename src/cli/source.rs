//! A file that is to become a layer: how it is read, what is wrong with it. Shared by import and check.

use super::{Failure, open};
use crate::coverage::{Built, Defect};
use crate::exchange::import::{self, Mapping, Stored};
use crate::exchange::read::{self, ReadError, ReadOptions};
use crate::geom::crs::Crs;
use crate::snapshot::LayerSource;
use std::path::PathBuf;

/// A file and how to read it.
#[derive(Debug, clap::Args)]
pub(super) struct Source {
    /// A GeoJSON or GeoPackage file.
    pub file: Option<PathBuf>,
    /// The layer that it holds: land, water or police.
    #[arg(long)]
    pub layer: Option<String>,
    /// The system of its coordinates: wgs84, cgcs2000, gcj02, bd09 or an EPSG number. Without it, the
    /// file's own word is taken; GeoJSON that says nothing is WGS84.
    #[arg(long)]
    pub crs: Option<Crs>,
    /// The column of a field: code, name, level, parent, or the code (county=…) or name (`county_name`=…)
    /// of the unit above at a level. May be given several times.
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    pub maps: Vec<String>,
    /// Consent to move borders by up to so many metres, so that misfits close.
    #[arg(long, value_name = "METRES", value_parser = metres)]
    pub snap: Option<f64>,
    /// The table of a GeoPackage that has several.
    #[arg(long)]
    pub table: Option<String>,
}

/// A layer read from a file, with all that is wrong with it.
pub(super) struct Examined {
    /// The layer; with built shapes when there was no error.
    pub source: LayerSource,
    /// Errors and warnings.
    pub defects: Vec<Defect>,
    /// The ground, when it fits.
    pub built: Option<Built>,
    /// What was assumed, for a person.
    pub notices: Vec<String>,
}

fn metres(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(m) if m > 0.0 && m <= 100.0 => Ok(m),
        _ => Err("expected metres above 0, up to 100".into()),
    }
}

impl Source {
    /// Reads the file and builds its ground.
    pub async fn examine(&self, stored: Stored<'_>) -> Result<Examined, Failure> {
        let file = self.file.as_deref().ok_or_else(|| Failure::Usage("a file is needed".into()))?;
        let name = self.layer.as_deref();
        let name = name.ok_or_else(|| Failure::Usage("--layer is needed: land, water or police".into()))?;
        let layer = open::layer(name, stored.layers)?;
        let mapping = Mapping::parse(self.maps.iter().map(String::as_str));
        let mapping = mapping.map_err(|e| Failure::Usage(format!("--map: {e}")))?;
        let levels = layer.levels.clone();
        let options = ReadOptions { crs: self.crs, table: self.table.clone(), levels };
        let bar = open::spinner(format!("reading {}", file.display()));
        let features = read::read(file, &options).await.map_err(|error| match error {
            ReadError::Crs(message) => Failure::Usage(message),
            ReadError::Malformed(message) => Failure::Refused(format!("{}: {message}", file.display())),
            other => Failure::environment(format!("reading {}", file.display()), other),
        })?;
        let notices = features.notices.clone();
        bar.set_message(format!("checking {} features", features.features.len()));
        let draft = import::draft(&layer, features, &mapping, stored)
            .map_err(|e| Failure::Usage(format!("{}: {e}", file.display())))?;
        let (source, mut defects) = (draft.source, draft.defects);
        let built = match import::build(&source, stored, self.snap) {
            Ok(built) => {
                defects.extend(built.warnings.iter().cloned());
                Some(built)
            }
            Err(found) => {
                defects.extend(found);
                None
            }
        };
        bar.finish_and_clear();
        Ok(Examined { source, defects, built, notices })
    }
}
