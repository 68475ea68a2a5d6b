//! Runs of border between two points.

use super::Refused;
use super::defect;
use crate::coverage::DefectKind;
use crate::edit::draw::Sheet;
use crate::edit::side::{Sides, placed};
use crate::geom::Point;

/// A run of border: its points, and what lies left and right on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BorderRun {
    pub points: Vec<Point>,
    pub sides: Sides,
}

/// The runs of one border from `p` to `q`, both vertices of it: one, or two where the border is closed or two
/// borders join the same nodes.
pub(super) fn runs_between(sheet: &Sheet, p: Point, q: Point) -> Vec<BorderRun> {
    let from = sheet.at(p).into_iter().map(|((a, b), sides)| {
        let next = if a == p { b } else { a };
        (next, if a == p { sides } else { (sides.1, sides.0) })
    });
    from.filter_map(|(next, sides)| walk(sheet, p, next, q).map(|points| BorderRun { points, sides }))
        .collect()
}

/// Along a border from `p` over `next` to `q`; `None` when a node comes first.
fn walk(sheet: &Sheet, p: Point, next: Point, q: Point) -> Option<Vec<Point>> {
    let mut points = vec![p, next];
    while points[points.len() - 1] != q {
        let [.., before, here] = points[..] else { return None };
        let [one, other] = sheet.at(here)[..] else { return None };
        let ends = |((a, b), _): (_, Sides)| if a == here { b } else { a };
        let (one, other) = (ends(one), ends(other));
        let onward = if one == before { other } else { one };
        if onward == p {
            return None;
        }
        points.push(onward);
    }
    Some(points)
}

/// Takes a run out of the borders and puts another in its place, with the same on its sides.
pub(super) fn replaced(sheet: &Sheet, run: &BorderRun, path: &[Point]) -> Result<Sheet, Refused> {
    let mut sheet = sheet.clone();
    for w in run.points.windows(2) {
        sheet.segments.remove(&placed(w[0], w[1], run.sides).0);
    }
    for w in path.windows(2) {
        let (place, sides) = placed(w[0], w[1], run.sides);
        if let Some((left, right)) = sheet.segments.insert(place, sides) {
            let detail = "the path runs along another border".into();
            return Err(vec![defect(DefectKind::Crossing, Some(w[0]), [left, right], detail)]);
        }
    }
    Ok(sheet)
}
