//! What a careful program without an index of its own does: an R-tree of boxes (rstar), then an exact
//! point-in-polygon test (geo).

use geo::{Contains, Coord, LineString, MultiPolygon, Polygon};
use rstar::{AABB, RTree, RTreeObject};
use wangge::coverage::{Coverage, Face};
use wangge::geom::{Point, Ring, Shape};
use wangge::unit::UnitId;

pub struct Peer(RTree<Unit>);

/// A part of a unit with its box, which is computed once.
struct Unit {
    bbox: AABB<[f64; 2]>,
    ground: MultiPolygon<f64>,
    face: Face,
}

impl RTreeObject for Unit {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.bbox
    }
}

impl Peer {
    pub fn new(shapes: &[(UnitId, Shape)], coverage: &Coverage) -> Self {
        let unit = |(id, _): &(UnitId, Shape)| {
            let face = coverage.face(*id)?;
            let shape = coverage.shape(face);
            let [west, south, east, north] = shape.bbox()?.degrees();
            let bbox = AABB::from_corners([west, south], [east, north]);
            Some(Unit { bbox, ground: ground(&shape), face })
        };
        Self(RTree::bulk_load(shapes.iter().filter_map(unit).collect()))
    }

    pub fn place(p: Point) -> geo::Point<f64> {
        geo::Point::new(p.lon(), p.lat())
    }

    pub fn owner(&self, p: &geo::Point<f64>) -> Face {
        let at = AABB::from_point([p.x(), p.y()]);
        let mut near = self.0.locate_in_envelope_intersecting(&at);
        near.find(|unit| unit.ground.contains(p)).map_or(Face::OUTSIDE, |unit| unit.face)
    }
}

fn ground(shape: &Shape) -> MultiPolygon<f64> {
    let line = |ring: &Ring| -> LineString<f64> {
        ring.points().iter().map(|p| Coord { x: p.lon(), y: p.lat() }).collect::<Vec<_>>().into()
    };
    let polygon =
        |p: &wangge::geom::Polygon| Polygon::new(line(&p.outer), p.holes.iter().map(line).collect());
    MultiPolygon::new(shape.polygons().iter().map(polygon).collect())
}
