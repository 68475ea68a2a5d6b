//! The ground that changes hands, piece by piece.
//!
//! [`crate::edit::LayerChange::swept`] says exactly of one point whether it changes hands; that is what decides. The pieces
//! here are to be shown and measured: where an old and a new border cross, the corner of a piece lies on no lattice
//! point, so they are floating-point polygons, cut from exact shapes on a grid that is some thousand times finer than
//! the lattice.

use super::change::LayerChange;
use super::side::Side;
use super::state::{State, shapes};
use crate::geom::area::Sum;
use crate::geom::{Bbox, LATTICE_PER_DEGREE, Point, Ring, Shape};
use geo::{BooleanOps, Coord, LineString, MapCoords, MultiPolygon, Polygon, unary_union};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What is smaller comes from cutting, in m².
const LEAST_M2: f64 = 0.01;

/// Ground that has one holder before and another one after.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// Who held it.
    pub from: Side,
    /// Who holds it.
    pub to: Side,
    /// In square metres on the ellipsoid.
    pub area_m2: f64,
    /// The ground: longitude and latitude in degrees.
    pub ground: MultiPolygon<f64>,
}

/// The ground of a layer that changes hands between two states, by holders; `change` leads from one to the other. Costs
/// a cut for each two units that lie near each other.
pub fn moved(before: &State, after: &State, layer: &str, change: &LayerChange) -> Vec<Moved> {
    let (Some(was), Some(is), Some(bbox)) = (before.layer(layer), after.layer(layer), change.bbox()) else {
        return Vec::new();
    };
    let sides = change.sides();
    let inner: BTreeSet<Side> = sides.iter().copied().filter(|side| *side != Side::Outside).collect();
    let (was, is) = (shapes(&was, &inner), shapes(&is, &inner));
    let origin = bbox.min;
    let mut cuts: Vec<(Side, Side, MultiPolygon<f64>)> = pairs(&was, &is)
        .into_par_iter()
        .map(|(from, to)| (from, to, local(&was[&from], origin).intersection(&local(&is[&to], origin))))
        .collect();
    if sides.contains(&Side::Outside) {
        let whole = |shapes: &BTreeMap<Side, Shape>| {
            let polygons: Vec<Polygon<f64>> = shapes.values().flat_map(|s| local(s, origin).0).collect();
            unary_union(&polygons)
        };
        let (all_before, all_after) = (whole(&was), whole(&is));
        cuts.extend(
            was.iter().map(|(s, shape)| (*s, Side::Outside, local(shape, origin).difference(&all_after))),
        );
        cuts.extend(
            is.iter().map(|(s, shape)| (Side::Outside, *s, local(shape, origin).difference(&all_before))),
        );
    }
    let piece = |(from, to, cut): (Side, Side, MultiPolygon<f64>)| {
        let ground = degrees(&cut, origin);
        let area_m2 = ground.iter().map(polygon_m2).sum();
        (area_m2 >= LEAST_M2).then_some(Moved { from, to, area_m2, ground })
    };
    cuts.into_iter().filter_map(piece).collect()
}

/// The ground of several pieces as one.
pub fn together(pieces: &[Moved]) -> MultiPolygon<f64> {
    let polygons: Vec<&Polygon<f64>> = pieces.iter().flat_map(|piece| &piece.ground).collect();
    unary_union(polygons)
}

/// Whoever may have taken ground of whom: the boxes meet.
fn pairs(was: &BTreeMap<Side, Shape>, is: &BTreeMap<Side, Shape>) -> Vec<(Side, Side)> {
    let boxed = |shapes: &BTreeMap<Side, Shape>| -> Vec<(Side, Bbox)> {
        shapes.iter().filter_map(|(side, shape)| Some((*side, shape.bbox()?))).collect()
    };
    let (was_boxed, is_boxed) = (boxed(was), boxed(is));
    let mut pairs = Vec::new();
    for (from, a) in was_boxed.iter().filter(|(side, _)| is.get(side) != was.get(side)) {
        let near = is_boxed.iter().filter(|(to, b)| to != from && a.intersects(b));
        pairs.extend(near.filter(|(to, _)| was.get(to) != is.get(to)).map(|(to, _)| (*from, *to)));
    }
    pairs
}

/// A shape in lattice units from an origin nearby, so that its integers stay exact.
fn local(shape: &Shape, origin: Point) -> MultiPolygon<f64> {
    let coord = |p: &Point| Coord {
        x: f64::from(p.x) - f64::from(origin.x),
        y: f64::from(p.y) - f64::from(origin.y),
    };
    let ring = |ring: &Ring| LineString::new(ring.points().iter().map(coord).collect());
    let polygon = |p: &crate::geom::Polygon| Polygon::new(ring(&p.outer), p.holes.iter().map(ring).collect());
    MultiPolygon::new(shape.polygons().iter().map(polygon).collect())
}

fn degrees(ground: &MultiPolygon<f64>, origin: Point) -> MultiPolygon<f64> {
    let per_degree = LATTICE_PER_DEGREE;
    ground.map_coords(|c| Coord {
        x: (f64::from(origin.x) + c.x) / per_degree,
        y: (f64::from(origin.y) + c.y) / per_degree,
    })
}

fn polygon_m2(polygon: &Polygon<f64>) -> f64 {
    let ring = |ring: &LineString<f64>| {
        let mut sum = Sum::about(ring.0.first().map_or(0.0, |c| c.y));
        ring.lines().for_each(|line| sum.edge((line.start.x, line.start.y), (line.end.x, line.end.y)));
        sum.square_metres().abs()
    };
    ring(polygon.exterior()) - polygon.interiors().iter().map(ring).sum::<f64>()
}
