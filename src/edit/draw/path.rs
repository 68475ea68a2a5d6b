//! What a drawn path must be, whatever it is drawn on.

use crate::coverage::{Defect, DefectKind, pairs};
use crate::edit::resolve::defect;
use crate::geom::{Bbox, Point, predicate};

/// A path of at least two points that meets itself nowhere; repeated neighbours are dropped. A closed one (the
/// last point is the first) has at least three different points.
pub fn check_path(path: &[Point]) -> Result<Vec<Point>, Defect> {
    let mut points = path.to_vec();
    points.dedup();
    let closed = points.len() > 1 && points.first() == points.last();
    let least = if closed { 4 } else { 2 };
    if points.len() < least {
        let detail = format!("a path must have at least {} different points", if closed { 3 } else { 2 });
        return Err(defect(DefectKind::BadPath, points.first().copied(), [], detail));
    }
    let segments: Vec<(Point, Point)> = points.windows(2).map(|w| (w[0], w[1])).collect();
    let boxes: Vec<Bbox> = segments.iter().map(|&(a, b)| Bbox::between(a, b)).collect();
    let last = segments.len() as u32 - 1;
    let mut met = pairs(&boxes, |i, j| {
        let ((a, b), (c, d)) = (segments[i as usize], segments[j as usize]);
        let next = j == i + 1 || (closed && i == 0 && j == last && last > 1);
        let shared = |p: Point| next && ((p == b && j == i + 1) || (p == a && j == last));
        let touch = |p: Point, (a, b): (Point, Point)| !shared(p) && predicate::on_segment(p, a, b);
        let touching = [c, d].into_iter().find(|&p| touch(p, (a, b)));
        let touching = touching.or_else(|| [a, b].into_iter().find(|&p| touch(p, (c, d))));
        touching.or_else(|| predicate::cross_properly(a, b, c, d).then_some(c))
    });
    met.sort_unstable();
    match met.first() {
        None => Ok(points),
        Some(&at) => Err(defect(DefectKind::BadPath, Some(at), [], "the path meets itself".into())),
    }
}
