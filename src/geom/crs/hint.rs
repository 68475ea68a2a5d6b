//! What is wrong with a position or a system's name, and what it probably is.

use super::{Crs, Projected};

/// A position that cannot be in its system.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{axis} must be a finite number from {} to {}, got {value}{}", least, most, tail(.hint.as_ref()))]
pub struct CrsError {
    /// `lon`, `lat`, `x` or `y`.
    pub axis: &'static str,
    /// The least that is legal, in degrees or metres.
    pub least: f64,
    /// The most that is legal, in degrees or metres.
    pub most: f64,
    /// What came in.
    pub value: f64,
    /// What it probably is.
    pub hint: Option<Hint>,
}

/// What a refused position probably is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Hint {
    /// The two coordinates would be legal the other way round.
    #[error("the axes look swapped: the order is east, north ({east}, then {north})")]
    SwappedAxes {
        /// The name of the first coordinate.
        east: &'static str,
        /// The name of the second coordinate.
        north: &'static str,
    },
    /// The system writes a zone number before its eastings, and this one has none.
    #[error(
        "eastings of EPSG:{crs} start with the zone number {zone}; without it this looks like EPSG:{looks_like}"
    )]
    MissingZone {
        /// The system asked for.
        crs: u16,
        /// Its zone.
        zone: u16,
        /// The same zone without a number before it.
        looks_like: u16,
    },
    /// The easting starts with the number of another zone, or with one where the system has none.
    #[error("the easting starts with the zone number {zone}; this looks like EPSG:{looks_like}")]
    ForeignZone {
        /// The zone that was written.
        zone: u16,
        /// The system that writes it so.
        looks_like: u16,
    },
    /// Metres where degrees were announced.
    #[error("these look like metres; name a projected crs such as EPSG:4546 and give x, y")]
    Metres,
    /// Degrees where metres were announced.
    #[error("these look like degrees; name a geographic crs such as wgs84 and give lon, lat")]
    Degrees,
}

impl CrsError {
    /// A coordinate outside `(least, most)`, without a hint.
    pub fn out_of_range(axis: &'static str, value: f64, (least, most): (f64, f64)) -> Self {
        Self { axis, least, most, value, hint: None }
    }

    /// What would have been legal, for a reader: `a finite number from -90 to 90`.
    pub fn expected(&self) -> String {
        format!("a finite number from {} to {}", self.least, self.most)
    }
}

/// A name that is no system of wangge's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("crs must be {}, got {got:?}", Self::EXPECTED)]
pub struct UnknownCrs {
    /// What came in, cut to 80 characters.
    pub got: String,
}

impl UnknownCrs {
    /// What is accepted, for a reader.
    pub const EXPECTED: &'static str = "wgs84, cgcs2000, gcj02, bd09, or the EPSG number 4326, 4490, 4546, 4525, \
         4508, 4497 (any CGCS2000 / Gauss-Kruger zone from 4491 to 4554), 3857 or 32649, as in 4546 or EPSG:4546";

    pub(super) fn new(got: &str) -> Self {
        Self { got: got.chars().take(80).collect() }
    }
}

fn tail(hint: Option<&Hint>) -> String {
    hint.map_or_else(String::new, |hint| format!("; {hint}"))
}

/// Refuses a position that cannot be in its system.
pub(super) fn check(crs: Crs, east: f64, north: f64) -> Result<(), CrsError> {
    let Some((axis, value, range)) = misfit(crs, east, north) else { return Ok(()) };
    let hint = hint(crs, east, north).filter(|_| east.is_finite() && north.is_finite());
    Err(CrsError { hint, ..CrsError::out_of_range(axis, value, range) })
}

type Misfit = (&'static str, f64, (f64, f64));

/// The first coordinate that its system cannot hold.
fn misfit(crs: Crs, east: f64, north: f64) -> Option<Misfit> {
    let (extent, axes) = (crs.extent(), crs.axes());
    [(axes.0, east, extent.east), (axes.1, north, extent.north)]
        .into_iter()
        .find(|(_, value, (least, most))| !(*value >= *least && *value <= *most))
}

fn fits(crs: Crs, east: f64, north: f64) -> bool {
    misfit(crs, east, north).is_none()
}

fn hint(crs: Crs, east: f64, north: f64) -> Option<Hint> {
    let degrees = fits(Crs::Wgs84, east, north) || fits(Crs::Wgs84, north, east);
    let swapped = || {
        let (first, second) = crs.axes();
        fits(crs, north, east).then_some(Hint::SwappedAxes { east: first, north: second })
    };
    match crs {
        Crs::Projected(_) if degrees => Some(Hint::Degrees),
        Crs::Projected(system) => {
            swapped().or_else(|| zone_hint(system, east)).or_else(|| zone_hint(system, north))
        }
        _ => swapped().or_else(|| (east.abs() > 1e4 && north.abs() > 1e4).then_some(Hint::Metres)),
    }
}

/// What an easting's number before it says, or its lack of one.
fn zone_hint(system: Projected, east: f64) -> Option<Hint> {
    let written = if (1e6..1e8).contains(&east) { Projected::of_zone((east / 1e6) as u16) } else { None };
    match (written, system.zone()) {
        (Some(other), _) if other != system && system.epsg() != 3857 => {
            Some(Hint::ForeignZone { zone: other.zone()?, looks_like: other.epsg() })
        }
        (None, Some(zone)) if (1e5..1e6).contains(&east) => {
            Some(Hint::MissingZone { crs: system.epsg(), zone, looks_like: system.twin()?.epsg() })
        }
        _ => None,
    }
}
