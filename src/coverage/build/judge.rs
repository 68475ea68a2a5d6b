//! Misfits that stay are defects: one for each rule broken and set of units, with all its places.

use super::edges::Edges;
use super::repairs::Repairs;
use super::settle::{Misfit, Settled};
use crate::coverage::arcs::Face;
use crate::coverage::assemble::Segment;
use crate::coverage::{Coverage, Defect, DefectKind};
use crate::geom::{Point, Polygon, Ring, Shape, area};
use crate::unit::UnitId;
use std::collections::{BTreeMap, BTreeSet};

/// A rule and the faces that break it together.
type Charge = (DefectKind, Vec<Face>);

/// All defects, ordered by kind and place.
pub(super) fn defects(edges: &Edges, settled: &Settled, units: &[UnitId], repairs: &Repairs) -> Vec<Defect> {
    let places = edges.places();
    let mut ground: BTreeMap<Charge, Vec<u32>> = BTreeMap::new();
    let mut windings: BTreeMap<Charge, Vec<u32>> = BTreeMap::new();
    for (face, halves) in &settled.misfits {
        let misfit =
            Misfit { places: &places, ground: &settled.ground, owners: &settled.owners, face: *face, halves };
        if let Some(charge) = held_wrongly(&misfit) {
            ground.entry(charge).or_default().push(*face);
        }
        if let Some(charge) = wound_wrongly(&misfit) {
            windings.entry(charge).or_default().push(*face);
        }
    }
    let mut defects = Vec::new();
    for charges in [ground, windings] {
        let shapes = shapes(&places, settled, &charges);
        defects.extend(charges.into_keys().zip(shapes).map(|(c, shape)| defect(c, shape, units, repairs)));
    }
    defects.sort_by(|s, t| (s.kind, s.at, &s.units).cmp(&(t.kind, t.at, &t.units)));
    defects
}

/// Ground with no owner, with several, or beyond the outline.
fn held_wrongly(misfit: &Misfit) -> Option<Charge> {
    let on_it: Vec<Face> = misfit.ground.cover(misfit.face).iter().map(|c| c.0).collect();
    match on_it.as_slice() {
        [] => {
            let beyond = misfit.halves.iter().map(|&h| misfit.ground.face_of[h as usize ^ 1]);
            let covers = beyond.flat_map(|face| misfit.ground.cover(face)).map(|c| c.0);
            let around: BTreeSet<Face> = covers.filter(|&f| f != Face::OUTSIDE).collect();
            Some((DefectKind::Gap, around.into_iter().collect()))
        }
        [_] => None,
        [Face::OUTSIDE, inside @ ..] => Some((DefectKind::OutsideOutline, inside.to_vec())),
        _ => Some((DefectKind::Overlap, on_it)),
    }
}

/// Ground that a unit's own border does not go round once: it crosses or doubles itself.
fn wound_wrongly(misfit: &Misfit) -> Option<Charge> {
    let cover = misfit.ground.cover(misfit.face);
    let wrong: Vec<Face> = cover.iter().filter(|c| c.0 != Face::OUTSIDE && c.1 != 1).map(|c| c.0).collect();
    (!wrong.is_empty()).then_some((DefectKind::SelfCrossing, wrong))
}

/// The ground of each charge, as a coverage of the charges: adjoining faces of one become one part.
fn shapes(places: &[(Point, Point)], settled: &Settled, charges: &BTreeMap<Charge, Vec<u32>>) -> Vec<Shape> {
    let mut charge_of = vec![Face::OUTSIDE; settled.owners.len()];
    for (i, faces) in charges.values().enumerate() {
        for &face in faces {
            charge_of[face as usize] = Face(i as u32 + 1);
        }
    }
    let side = |half: usize| charge_of[settled.ground.face_of[half] as usize];
    let segments: Vec<Segment> = places
        .iter()
        .enumerate()
        .map(|(i, &(a, b))| Segment { a, b, left: side(2 * i), right: side(2 * i + 1) })
        .filter(|s| s.left != s.right)
        .collect();
    let numbers = (1..=charges.len() as u64).filter_map(|n| UnitId::try_from(n).ok()).collect();
    let coverage = Coverage::from_segments(numbers, &segments);
    coverage.faces().map(|face| coverage.shape(face)).collect()
}

fn defect((kind, faces): Charge, shape: Shape, units: &[UnitId], repairs: &Repairs) -> Defect {
    let units: Vec<UnitId> = faces.iter().map(|f| units[f.0 as usize - 1]).collect();
    let area_m2 = area::shape_m2(&shape);
    let at = place(kind, &faces, &shape, repairs);
    let detail = detail(kind, &units, shape.polygons().len(), area_m2);
    Defect { kind, at, units, area_m2: Some(area_m2), shape: Some(shape), detail }
}

/// A crossing of the border with itself, if one stands on the ground; else a vertex of its largest part.
fn place(kind: DefectKind, faces: &[Face], shape: &Shape, repairs: &Repairs) -> Option<Point> {
    let largest = shape.polygons().iter().reduce(|p, q| if q.twice_area() > p.twice_area() { q } else { p });
    let crossing = |p: &Point| faces.iter().any(|&f| repairs.crosses_itself(f, *p));
    let mut vertices = shape.rings().flat_map(|r| r.points().iter().copied());
    let own = if kind == DefectKind::SelfCrossing { vertices.find(crossing) } else { None };
    own.or_else(|| largest.map(|p| p.outer.points()[0]))
}

fn detail(kind: DefectKind, units: &[UnitId], parts: usize, area_m2: f64) -> String {
    let places = if parts == 1 { String::new() } else { format!(" in {parts} places") };
    let who = listed(units);
    let held = if units.len() == 1 { "unit" } else { "units" };
    match kind {
        DefectKind::Gap if units.is_empty() => {
            format!("{area_m2:.3} m² inside the outline lie in no unit{places}")
        }
        DefectKind::Gap => format!("{area_m2:.3} m² at {held} {who} lie in no unit{places}"),
        DefectKind::OutsideOutline => {
            format!("{area_m2:.3} m² of {held} {who} lie outside the outline{places}")
        }
        DefectKind::SelfCrossing => {
            format!("the border of {held} {who} crosses or doubles itself around {area_m2:.3} m²{places}")
        }
        _ => format!("{area_m2:.3} m² lie in units {who} at once{places}"),
    }
}

/// `3 and 7`; `3, 7 and 9`; with more than six, the first five and a count.
fn listed(units: &[UnitId]) -> String {
    let names: Vec<String> = units.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] if names.len() <= 6 => format!("{} and {last}", most.join(", ")),
        _ => format!("{} and {} others", names[..5].join(", "), names.len() - 5),
    }
}

/// A unit that had a shape and has no ground.
pub(super) fn vanished(unit: UnitId, shape: &Shape) -> Defect {
    let at = shape.rings().next().and_then(|r| r.points().first().copied());
    let detail = format!("unit {unit} holds no ground: its rings enclose nothing");
    Defect {
        kind: DefectKind::DegenerateRing,
        at,
        units: vec![unit],
        area_m2: Some(0.0),
        shape: None,
        detail,
    }
}

/// Borders that cross each other too often to be told one by one.
pub(super) fn tangled(at: Option<Point>) -> Defect {
    let detail = "the borders cross each other in millions of places: these shapes are no layer".into();
    Defect { kind: DefectKind::SelfCrossing, at, units: Vec::new(), area_m2: None, shape: None, detail }
}

/// Parts of units that are narrower than 5 m on average (2·area/perimeter) or under 50 m².
pub(super) fn slivers(coverage: &Coverage) -> Vec<Defect> {
    let mut found = Vec::new();
    for face in coverage.faces() {
        for polygon in coverage.shape(face).0 {
            let (area_m2, width_m) = measures(&polygon);
            if area_m2 >= SLIVER_M2 && width_m >= SLIVER_WIDTH_M {
                continue;
            }
            let unit = coverage.units()[face.0 as usize - 1];
            let detail =
                format!("a part of unit {unit} has {area_m2:.1} m² and is {width_m:.2} m wide on average");
            found.push(Defect {
                kind: DefectKind::Sliver,
                at: Some(polygon.outer.points()[0]),
                units: vec![unit],
                area_m2: Some(area_m2),
                shape: Some(Shape(vec![polygon])),
                detail,
            });
        }
    }
    found
}

/// A part under so many m² is a sliver.
const SLIVER_M2: f64 = 50.0;
/// So is one narrower than this on average, in metres.
const SLIVER_WIDTH_M: f64 = 5.0;

/// The area in m² and twice that by the perimeter, the mean width in metres.
fn measures(polygon: &Polygon) -> (f64, f64) {
    let perimeter: f64 =
        polygon.rings().flat_map(Ring::segments).map(|(a, b)| super::reach::distance_m(a, b)).sum();
    let area_m2 = area::shape_m2(&Shape(vec![polygon.clone()]));
    (area_m2, 2.0 * area_m2 / perimeter)
}
