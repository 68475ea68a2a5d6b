//! From raw shapes to a coverage: round, node, validate.
//!
//! Shapes from outside fit only nearly: a vertex that one neighbour has and the other lacks, a crossing
//! that rounding made. What is of the size of rounding is mended and written into a [`Ledger`]; all that
//! is wider is a [`Defect`], and then nothing is built.

mod ledger;

pub use ledger::{AreaChange, Ledger, Repair, RepairKind};

use super::{Coverage, Defect};
use crate::geom::Shape;
use crate::unit::UnitId;

/// What a layer asks of its shapes.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// Whether ground that units enclose and none holds is a gap.
    pub gap_free: bool,
    /// The ground to fill, exactly, when it is given by another layer; implies `gap_free`. Without it a
    /// gap-free layer bounds itself.
    pub outline: Option<Shape>,
    /// Consent to move borders by up to so many metres, so that misfits close. `None` mends what rounding
    /// made and nothing else.
    pub snap_m: Option<f64>,
    /// In a layer that bounds itself: whether enclosed ground without a unit is a hole of the outline, and
    /// not a gap.
    pub keep_holes: bool,
}

/// A coverage with the account of how it came to be.
#[derive(Clone, Debug)]
pub struct Built {
    /// The coverage.
    pub coverage: Coverage,
    /// The ground of all units together, for a gap-free layer: what to store as its outline.
    pub outline: Option<Shape>,
    /// What was changed on the way.
    pub ledger: Ledger,
    /// What was found and let through: slivers.
    pub warnings: Vec<Defect>,
}

impl Coverage {
    /// Builds a coverage from shapes on the lattice, or tells everything that is wrong with them.
    ///
    /// Shapes with one id are one unit; the order of shapes does not matter. A shape that is empty is
    /// passed over. What already is a coverage comes out as it went in, vertex for vertex.
    pub fn build(shapes: &[(UnitId, Shape)], options: &BuildOptions) -> Result<Built, Vec<Defect>> {
        let coverage = Self::assemble(shapes)?;
        let gap_free = options.gap_free || options.outline.is_some();
        let outline = gap_free.then(|| coverage.outline());
        Ok(Built { coverage, outline, ledger: Ledger::default(), warnings: Vec::new() })
    }

    /// The ground of all units together. Costs the border with the outside.
    pub fn outline(&self) -> Shape {
        let Some(&one) = self.units().first() else { return Shape::default() };
        let whole = self.dissolve(|_| Some(one));
        whole.faces().next().map(|face| whole.shape(face)).unwrap_or_default()
    }
}
