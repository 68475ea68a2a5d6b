//! What lies under the grids: nothing, raster tiles from an address, or a `PMTiles` archive.

use serde::Serialize;
use std::path::PathBuf;

/// A basemap as the page is told of it, `metadata["wangge:basemap"]` of a style.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Basemap {
    /// Paper only; the river, seats, labels and a scale bar still orient.
    #[default]
    None,
    /// Raster tiles at an address with `{z}`, `{x}` and `{y}`.
    Xyz {
        /// The address.
        url: String,
        /// `wgs84`, `cgcs2000` or `gcj02`.
        crs: String,
        /// Whose it is; shown on the map.
        attribution: String,
    },
    /// A `PMTiles` archive of raster tiles.
    Pmtiles {
        /// The address; `/basemap.pmtiles` for a file of this machine.
        url: String,
        /// `wgs84`, `cgcs2000` or `gcj02`.
        crs: String,
        /// Whose it is; shown on the map.
        attribution: String,
        /// The file that `/basemap.pmtiles` gives out.
        #[serde(skip)]
        file: Option<PathBuf>,
    },
}

/// Why a basemap cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasemapError {
    /// Neither an address nor a file.
    #[error(
        "the basemap must be none, an http(s) address with {{z}}, {{x}} and {{y}}, or a .pmtiles file or address, got {0:?}"
    )]
    Unreadable(String),
    /// A system that raster tiles do not come in.
    #[error("the basemap's crs must be wgs84, cgcs2000 or gcj02, got {0:?}")]
    Crs(String),
}

/// Where a local archive is given out.
pub const LOCAL_PMTILES: &str = "/basemap.pmtiles";

impl Basemap {
    /// Reads what stands on the command line.
    pub fn read(source: &str, crs: &str, attribution: &str) -> Result<Self, BasemapError> {
        if source == "none" {
            return Ok(Self::None);
        }
        if !["wgs84", "cgcs2000", "gcj02"].contains(&crs) {
            return Err(BasemapError::Crs(crs.into()));
        }
        let (crs, attribution) = (crs.to_owned(), attribution.to_owned());
        let remote = origin(source).is_some();
        let archive = source.split('?').next().is_some_and(|path| path.ends_with(".pmtiles"));
        if remote && archive {
            return Ok(Self::Pmtiles { url: source.into(), crs, attribution, file: None });
        }
        if remote && ["{z}", "{x}", "{y}"].iter().all(|part| source.contains(part)) {
            return Ok(Self::Xyz { url: source.into(), crs, attribution });
        }
        if archive && !source.contains("://") {
            let file = Some(PathBuf::from(source));
            return Ok(Self::Pmtiles { url: LOCAL_PMTILES.into(), crs, attribution, file });
        }
        Err(BasemapError::Unreadable(source.into()))
    }

    /// The foreign origin that the page must be allowed to load from.
    pub fn origin(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Xyz { url, .. } | Self::Pmtiles { url, .. } => origin(url),
        }
    }

    /// The file that is given out as [`LOCAL_PMTILES`].
    pub fn file(&self) -> Option<&PathBuf> {
        match self {
            Self::Pmtiles { file, .. } => file.as_ref(),
            _ => None,
        }
    }
}

/// Scheme, name and port of an http(s) address, if these are plain. `{s}` in a name stands for any.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://").filter(|(s, _)| matches!(*s, "http" | "https"))?;
    let name = rest.split(['/', '?', '#']).next()?.replace("{s}", "*");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '*' | '[' | ']');
    (!name.is_empty() && name.chars().all(plain)).then(|| format!("{scheme}://{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basemap_is_an_address_a_file_or_none() {
        let read = |source| Basemap::read(source, "wgs84", "x");
        assert_eq!(read("none"), Ok(Basemap::None));
        let xyz = read("https://t{s}.example:8443/w/{z}/{x}/{y}?tk=1").unwrap();
        assert_eq!(xyz.origin().unwrap(), "https://t*.example:8443");
        assert_eq!(read("guilin.pmtiles").unwrap().file().unwrap().to_str(), Some("guilin.pmtiles"));
        assert_eq!(read("guilin.pmtiles").unwrap().origin(), None);
        assert_eq!(read("https://a.example/b.pmtiles").unwrap().file(), None);
        for bad in
            ["", "https://a.example/{z}", "ftp://a/{z}/{x}/{y}", "https://a b;/{z}/{x}/{y}", "x.mbtiles"]
        {
            assert!(matches!(read(bad), Err(BasemapError::Unreadable(_))), "{bad}");
        }
        assert!(matches!(Basemap::read("a.pmtiles", "bd09", ""), Err(BasemapError::Crs(_))));
    }
}
