//! `reshape`: a line drawn across grids; the strips between it and the target's border become the target's.

use super::{Proposal, Refused, defect, grid};
use crate::coverage::DefectKind;
use crate::edit::change::LayerChange;
use crate::edit::draw::{Faces, Sheet, check_path, places};
use crate::edit::side::{Place, Side};
use crate::edit::state::LayerView;
use crate::geom::{Bbox, Point};
use crate::unit::Code;
use std::collections::{BTreeMap, BTreeSet};

/// A set of faces, and twice its area.
type Strip = (i128, BTreeSet<u32>);

/// The readings of a drawn line: each strip the smaller one first, then the other where there are two.
///
/// A strip is ground on one side of the line that only the line and the target's border bound, whatever borders
/// run through it. What of the line runs inside the target bounds nothing and is forgotten.
pub(super) fn reshape(
    view: &LayerView,
    path: &[Point],
    target: &Code,
    parts: bool,
) -> Result<Vec<Proposal>, Refused> {
    let own = Side::Unit(grid(view, target)?);
    let path = check_path(path).map_err(|d| vec![d])?;
    let mut sheet = on_sheet(view, &path, own);
    sheet.draw(&path).map_err(|d| vec![d])?;
    let faces = Faces::of(&sheet);
    let strips = strips(&sheet, &faces, own);
    if strips.is_empty() {
        let detail = format!(
            "the path must enclose ground with the border of unit {target}: both ends on it or inside"
        );
        return Err(vec![defect(DefectKind::BadPath, Some(path[0]), [own], detail)]);
    }
    let mut readings = Vec::new();
    for second in [false, true] {
        if second && strips.iter().all(|s| s.len() < 2) {
            break;
        }
        let chosen = strips.iter().filter_map(|s| s.get(usize::from(second)).or(s.first()));
        let heirs: BTreeMap<u32, Side> =
            chosen.flat_map(|(_, faces)| faces).map(|&face| (face, own)).collect();
        let mut sheet = sheet.clone();
        faces.give(&mut sheet, &heirs);
        let change = LayerChange { borders: sheet.difference(), ..LayerChange::default() };
        readings.push(Proposal { parts, ..Proposal::of(&view.layer().name, change) });
    }
    Ok(readings)
}

/// All units near the path or the target: a strip cannot reach beyond both.
fn on_sheet(view: &LayerView, path: &[Point], own: Side) -> Sheet {
    let border = view.beside(&BTreeSet::from([own]));
    let around = Bbox::of(border.keys().flat_map(|&(a, b)| [a, b]));
    let units: Vec<Side> = around.map(|bbox| view.around(bbox)).unwrap_or_default().into_iter().collect();
    Sheet::around(view, &[path.to_vec()], &units)
}

/// For each stretch of the path outside the target the strips beside it, the smaller first; at most two.
fn strips(sheet: &Sheet, faces: &Faces, own: Side) -> Vec<Vec<Strip>> {
    let mut walls: BTreeSet<Place> = places(&sheet.drawn);
    let target = |sides: &(Side, Side)| sides.0 == own || sides.1 == own;
    walls.extend(sheet.segments.iter().filter(|(_, sides)| target(sides)).map(|(place, _)| *place));
    let areas = faces.twice_areas();
    let mut found: Vec<Vec<Strip>> = Vec::new();
    let mut known: BTreeSet<BTreeSet<u32>> = BTreeSet::new();
    for &way in &sheet.drawn {
        let [left, right] = faces.beside(way);
        if left == right || faces.label(left) == own || faces.label(right) == own {
            continue;
        }
        let reached =
            [left, right].map(|face| faces.reached(&BTreeSet::from([face]), |place| walls.contains(&place)));
        if reached[0] == reached[1] || reached.iter().all(|r| known.contains(r)) {
            continue;
        }
        let bounded = |strip: &&BTreeSet<u32>| {
            strip.iter().all(|&face| face != 0 && faces.label(face) != Side::Outside)
        };
        let area = |strip: &BTreeSet<u32>| strip.iter().map(|face| areas[face]).sum::<i128>();
        let mut pair: Vec<Strip> = reached.iter().filter(bounded).map(|s| (area(s), s.clone())).collect();
        pair.sort();
        known.extend(reached);
        if !pair.is_empty() {
            found.push(pair);
        }
    }
    found
}
