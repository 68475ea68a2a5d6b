//! The demo city: a deterministic Guilin of real facts and invented borders.
//!
//! Real grid borders are not public. From the official units, areas, seats and the river this module
//! makes a city that looks and behaves like a real one: [`counties`] (or given borders) → [`fences`] →
//! a fine [`mesh`], dense where people live ([`terrain`], [`scatter`]) → [`land`] divides it by
//! [`partition`] → [`border`] draws the shapes. The same seed gives the same city on every machine.

mod border;
mod counties;
mod course;
mod facts;
mod fences;
mod land;
mod mesh;
mod partition;
mod plane;
mod police;
mod posts;
mod random;
mod reports;
mod scatter;
mod share;
mod terrain;
mod units;
mod water;

pub use facts::{County, Facts, FactsError, Township, Village, Waypoint};
pub use mesh::MeshError;
pub use reports::{DemoReport, reports};

use crate::coverage::{BuildOptions, Coverage, Defect};
use crate::geom::Shape;
use crate::snapshot::LayerSource;
use crate::unit::{Layer, Post, UnitId};
use border::Pen;
use course::Course;
use fences::Fences;
use land::Land;
use mesh::Mesh;
use police::Police;
use random::Dice;
use scatter::Scatter;
use terrain::Terrain;
use units::{Ids, Tree};

/// What the demo is made with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Another city of the same facts.
    pub seed: u64,
    /// Edge-matched county borders in the order of the facts' counties; drawn when `None`.
    pub counties: Option<Vec<Shape>>,
}

/// How far the work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done now.
    pub step: &'static str,
    /// Steps done.
    pub done: u32,
    /// All steps.
    pub of: u32,
}

/// The demo city.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    /// Its layers: `land`, `water`, `police`.
    pub layers: Vec<LayerSource>,
    /// Who answers for its units; all holders are invented.
    pub posts: Vec<Post>,
}

/// Why there is no demo city.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The borders that were given do not fit the facts.
    #[error("county borders must be given for all {expected} counties, got {got}")]
    Counties {
        /// Counties in the facts.
        expected: usize,
        /// Shapes given.
        got: usize,
    },
    /// The borders that were given overlap, cross or are no borders.
    #[error("county borders must fit each other: {}", list(.0))]
    Borders(Vec<Defect>),
    /// The borders that were given cannot be meshed.
    #[error(transparent)]
    Mesh(#[from] MeshError),
}

fn list(defects: &[Defect]) -> String {
    let lines: Vec<String> = defects.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

/// Steps that [`city`] reports.
const STEPS: [&str; 5] = ["counties", "mesh", "grids", "police", "borders"];

/// Makes the demo city. Takes a few seconds; `progress` is told before each step.
pub fn city(facts: &Facts, options: &Options, progress: &mut dyn FnMut(Progress)) -> Result<City, DemoError> {
    let seed = options.seed;
    let mut step = |i: usize| progress(Progress { step: STEPS[i], done: i as u32, of: STEPS.len() as u32 });
    step(0);
    let course = Course::new(&facts.river, seed);
    let shapes = match &options.counties {
        Some(shapes) => fitted(facts, shapes)?,
        None => counties::counties(facts, &course, seed)?,
    };
    step(1);
    let terrain = Terrain::new(facts, &shapes, seed);
    let mesh = mesh(facts, &shapes, &terrain, seed)?;
    step(2);
    let ground = land::ground(&mesh, &terrain, &course, seed);
    let land = land::divide(facts, &mesh, &ground, seed);
    step(3);
    let police = police::divide(facts, &land, &ground, &mut Dice::new(seed, 21));
    step(4);
    Ok(drawn(facts, &mesh, &course, (&land, &police), seed))
}

/// Draws the borders of all layers and names their units.
fn drawn(facts: &Facts, mesh: &Mesh, course: &Course, (land, police): (&Land, &Police), seed: u64) -> City {
    // Both layers fill one outline, so both take a vertex where either meets a fence.
    let mut met = border::met(mesh, &land.labels);
    met.extend(border::met(mesh, &police.labels));
    let pen = Pen { mesh, met: &met, finest: &land.labels, seed };
    let outline = pen.shapes(&vec![0; mesh.atoms.len()], 1).pop();
    let mut ids = Ids::new();
    let land_tree = units::land(facts, land, &mut ids, &mut Dice::new(seed, 20));
    let water = water::grids(&facts.river, course, seed);
    let water_tree = units::water(&water, &mut ids);
    let police_tree = units::police(facts, police, &mut ids);
    let posts = posts::posts(facts, (land, &land_tree), &water_tree, (police, &police_tree));
    let water = water.into_iter().map(|w| w.shape).collect();
    let layers = vec![
        source(Layer::land(), outline, land_tree, pen.shapes(&land.labels, land.grids.len())),
        source(Layer::water(), None, water_tree, water),
        source(Layer::police(), None, police_tree, pen.shapes(&police.labels, police.grids.len())),
    ];
    City { layers, posts }
}

fn source(layer: Layer, outline: Option<Shape>, tree: Tree, shapes: Vec<Shape>) -> LayerSource {
    let shapes = tree.grids.into_iter().zip(shapes).collect();
    LayerSource { layer, outline, units: tree.units, shapes }
}

/// Given county borders as a coverage: what rounding parted is joined, what does not fit is refused.
fn fitted(facts: &Facts, shapes: &[Shape]) -> Result<Vec<Shape>, DemoError> {
    let (expected, got) = (facts.counties.len(), shapes.len());
    if expected != got {
        return Err(DemoError::Counties { expected, got });
    }
    let id = |n: usize| UnitId::try_from(n as u64 + 1).expect("counties are few");
    let named: Vec<(UnitId, Shape)> = shapes.iter().cloned().enumerate().map(|(i, s)| (id(i), s)).collect();
    let coverage = Coverage::build(&named, &BuildOptions::default()).map_err(DemoError::Borders)?.coverage;
    let shape = |n| coverage.face(id(n)).map(|face| coverage.shape(face)).unwrap_or_default();
    Ok((0..expected).map(shape).collect())
}

/// The mesh of the counties' ground.
fn mesh(facts: &Facts, shapes: &[Shape], terrain: &Terrain, seed: u64) -> Result<Mesh, MeshError> {
    let spacing = |at| terrain.spacing(at);
    let Fences { points, pieces } = fences::fences(shapes, &spacing);
    let boxes = shapes.iter().filter_map(Shape::bbox).reduce(crate::geom::Bbox::union);
    let (low, high) =
        boxes.map_or(((0.0, 0.0), (0.0, 0.0)), |b| (plane::metres(b.min), plane::metres(b.max)));
    let mut scatter = Scatter::new(low, high);
    for &point in &points {
        scatter.put(point);
    }
    for county in facts.counties.iter().filter(|c| !points.contains(&c.seat)) {
        scatter.put(county.seat);
    }
    scatter.fill(&spacing, &mut Dice::new(seed, 13));
    Mesh::new(scatter.points, &pieces)
}
