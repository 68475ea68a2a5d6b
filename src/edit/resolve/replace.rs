//! `replace_path`, `move_outline`, `move_node`: borders that go another way between the same two sides.

use super::path::{BorderRun, replaced, runs_between};
use super::{Proposal, Refused, defect, refusal};
use crate::coverage::DefectKind;
use crate::edit::change::{Change, LayerChange};
use crate::edit::draw::{Sheet, check_path};
use crate::edit::runs::Borders;
use crate::edit::side::{Side, placed};
use crate::edit::state::{LayerView, State};
use crate::geom::Point;
use crate::unit::Outline;

/// What is to be redrawn.
pub(super) struct Asked<'a> {
    pub path: &'a [Point],
    pub also: &'a [String],
    /// Whether the outline is meant, and nothing else.
    pub outline: bool,
}

/// Redraws the run of border between the two ends of a path; two readings where two runs join them.
pub(super) fn replace_path(state: &State, view: &LayerView, asked: &Asked) -> Result<Vec<Proposal>, Refused> {
    let path = check_path(asked.path).map_err(|d| vec![d])?;
    let (from, to) = (path[0], path[path.len() - 1]);
    if from == to {
        let detail = "the path must begin and end at two different points of a border".into();
        return Err(vec![defect(DefectKind::BadPath, Some(from), [], detail)]);
    }
    let mut sheet = Sheet::around(view, std::slice::from_ref(&path), &[]);
    for end in [from, to] {
        if !sheet.pin(end) {
            return Err(vec![defect(
                DefectKind::BadPath,
                Some(end),
                [],
                "the path must end on a border".into(),
            )]);
        }
    }
    let mut runs = runs_between(&sheet, from, to);
    if runs.is_empty() {
        let sides = sheet.sides_at(from).into_iter().chain(sheet.sides_at(to));
        let detail = "both ends of the path must lie on one border between the same two units".into();
        return Err(vec![defect(DefectKind::BadPath, Some(to), sides, detail)]);
    }
    let meant = |run: &BorderRun| bounds(view, run) == asked.outline;
    if !runs.iter().any(meant) {
        return Err(vec![wrong_bounds(&runs[0], asked.outline)]);
    }
    runs.retain(meant);
    runs.sort_by_key(|run| swept(&run.points, &path));
    let mut readings = Vec::new();
    let mut refused = Vec::new();
    for run in runs {
        match reading(state, view, &sheet, &run, &path, asked) {
            Ok(change) => readings.push(Proposal { change, ..Proposal::default() }),
            Err(defects) => refused.push(defects),
        }
    }
    if readings.is_empty() { Err(refused.into_iter().next().unwrap_or_default()) } else { Ok(readings) }
}

/// Whether a run is a piece of an outline, which is moved in every layer that shares it.
fn bounds(view: &LayerView, run: &BorderRun) -> bool {
    let outside = run.sides.0 == Side::Outside || run.sides.1 == Side::Outside;
    outside && view.layer().outline != Outline::None
}

fn wrong_bounds(run: &BorderRun, outline: bool) -> crate::coverage::Defect {
    let detail = if outline {
        "this border is not the outline"
    } else {
        "this border is the outline: use move_outline"
    };
    defect(DefectKind::NotAllowed, Some(run.points[0]), [run.sides.0, run.sides.1], detail.into())
}

/// Twice the area between an old run and a new one: the likelier reading sweeps less.
fn swept(run: &[Point], path: &[Point]) -> i128 {
    let ring = run.iter().chain(path.iter().rev()).copied().collect();
    crate::geom::Ring::new(ring).map_or(0, |r| r.twice_area().abs())
}

fn reading(
    state: &State,
    view: &LayerView,
    sheet: &Sheet,
    run: &BorderRun,
    path: &[Point],
    asked: &Asked,
) -> Result<Change, Refused> {
    let mut change = Change::of(&view.layer().name, along(sheet, run, path)?);
    let shares = |outline: &Outline| matches!(outline, Outline::Of(name) if *name == view.layer().name);
    let sharing = state.grounds().iter().filter(|g| asked.outline && shares(&g.layer.outline));
    let sharing = sharing.map(|g| g.layer.name.as_str());
    for name in asked.also.iter().map(String::as_str).chain(sharing) {
        let Some(other) = state.layer(name).filter(|_| name != view.layer().name) else {
            return Err(vec![refusal(DefectKind::Unknown, format!("there is no other layer {name}"))]);
        };
        let mut sheet = Sheet::around(&other, &[run.points.clone(), path.to_vec()], &[]);
        let pinned = sheet.pin(path[0]) && sheet.pin(path[path.len() - 1]);
        let same = runs_between(&sheet, path[0], path[path.len() - 1]);
        let Some(same) = same.into_iter().filter(|_| pinned).find(|r| r.points == run.points) else {
            let detail = format!("the layer {name} has no border along this run");
            return Err(vec![defect(DefectKind::Unknown, Some(path[0]), [], detail)]);
        };
        if bounds(&other, &same) != asked.outline {
            return Err(vec![wrong_bounds(&same, asked.outline)]);
        }
        change.put(name, along(&sheet, &same, path)?);
    }
    Ok(change)
}

/// The change of one layer. The path may meet other borders at its ends only.
fn along(sheet: &Sheet, run: &BorderRun, path: &[Point]) -> Result<LayerChange, Refused> {
    let inner = |p: &&Point| !run.points.contains(p) && sheet.has_vertex(**p);
    if let Some(&at) = path[1..path.len() - 1].iter().find(inner) {
        let detail = "the path must touch other borders at its ends only".into();
        return Err(vec![defect(DefectKind::Crossing, Some(at), sheet.sides_at(at), detail)]);
    }
    Ok(LayerChange { borders: replaced(sheet, run, path)?.difference(), ..LayerChange::default() })
}

/// Moves a vertex with all borders that meet in it.
pub(super) fn move_node(view: &LayerView, at: Point, to: Point) -> Result<Proposal, Refused> {
    let mut sheet = Sheet::around(view, &[vec![at, to]], &[]);
    if !sheet.pin(at) {
        return Err(vec![defect(DefectKind::BadPath, Some(at), [], "there is no border here".into())]);
    }
    let sides = sheet.sides_at(at);
    if sides.contains(&Side::Outside) && view.layer().outline != Outline::None {
        let detail = "this vertex is on the outline: use move_outline".into();
        return Err(vec![defect(DefectKind::NotAllowed, Some(at), sides, detail)]);
    }
    if sheet.has_vertex(to) {
        let detail = "there is a vertex already where this one would go".into();
        return Err(vec![defect(DefectKind::Crossing, Some(to), sheet.sides_at(to), detail)]);
    }
    for ((a, b), sides) in sheet.at(at) {
        sheet.segments.remove(&(a, b));
        let (place, sides) = placed(if a == at { to } else { a }, if b == at { to } else { b }, sides);
        sheet.segments.insert(place, sides);
    }
    let borders: Borders = sheet.difference();
    Ok(Proposal::of(&view.layer().name, LayerChange { borders, ..LayerChange::default() }))
}
