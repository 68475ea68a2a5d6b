//! Where a feature lies: rings of positions onto the lattice.

use crate::geom::crs::Crs;
use crate::geom::{Point, Polygon, Ring, Shape, wkb};

/// Where a feature lies.
#[derive(Clone, Debug, PartialEq)]
pub enum Ground {
    /// It says nothing of it.
    None,
    /// An area on the lattice.
    Shape(Shape),
    /// It says something that is no area.
    Broken(Broken),
}

/// Why a geometry is no area.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// A position near the trouble.
    pub at: Option<Point>,
    /// Whether a ring collapsed, rather than a value being unreadable.
    pub collapsed: bool,
    /// What was expected and what stands there.
    pub detail: String,
}

impl Broken {
    /// A geometry that cannot be read.
    pub(super) fn new(detail: impl Into<String>) -> Self {
        Self { at: None, collapsed: false, detail: detail.into() }
    }
}

impl Ground {
    /// From the polygons of a file: each a list of rings, each a closed list of positions east first.
    pub(super) fn of_polygons(polygons: &[Vec<Vec<(f64, f64)>>], crs: Crs) -> Self {
        let shape: Result<Vec<Option<Polygon>>, Broken> =
            polygons.iter().map(|rings| polygon(rings, crs)).collect();
        match shape {
            Ok(polygons) => Self::Shape(Shape(polygons.into_iter().flatten().collect())),
            Err(broken) => Self::Broken(broken),
        }
    }

    /// From the blob of a GeoPackage.
    pub(super) fn of_blob(blob: &[u8], crs: Crs) -> Self {
        let read = wkb::Blob::parse(blob).and_then(|b| wkb::read(b.wkb, |x, y| crs.to_lattice(x, y)));
        match read {
            Ok(shape) => Self::Shape(shape),
            Err(error) => {
                let collapsed = matches!(error, wkb::WkbError::Collapsed { .. });
                Self::Broken(Broken { collapsed, ..Broken::new(error.to_string()) })
            }
        }
    }
}

fn polygon(rings: &[Vec<(f64, f64)>], crs: Crs) -> Result<Option<Polygon>, Broken> {
    let mut rings = rings.iter().map(|positions| ring(positions, crs));
    let Some(outer) = rings.next() else { return Ok(None) };
    Ok(Some(Polygon { outer: outer?, holes: rings.collect::<Result<_, _>>()? }))
}

fn ring(positions: &[(f64, f64)], crs: Crs) -> Result<Ring, Broken> {
    let lattice = |&(east, north): &(f64, f64)| {
        crs.to_lattice(east, north).map_err(|error| Broken::new(error.to_string()))
    };
    let points = positions.iter().map(lattice).collect::<Result<Vec<Point>, Broken>>()?;
    let at = points.first().copied();
    if points.first() != points.last() {
        let detail = "expected a ring to end where it starts";
        return Err(Broken { at, ..Broken::new(detail) });
    }
    let detail =
        format!("expected a ring of at least three different points, got {} positions", points.len());
    Ring::new(points).ok_or(Broken { at, collapsed: true, detail })
}
