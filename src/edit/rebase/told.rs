//! What does not fit, told by run: one sentence for a stretch of border, not one for each of its segments.

use crate::edit::side::Place;
use crate::geom::Point;
use std::collections::BTreeMap;

/// The most runs that are told.
const MOST: usize = 8;

/// Segments that hang together and of which the same is said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The segments; along the run where it is a line.
    pub places: Vec<Place>,
    /// What is said of them.
    pub detail: String,
}

/// Puts segments of which the same is said together where they share an end; by their first segment.
pub(super) fn by_run(found: Vec<(Place, String)>) -> Vec<Told> {
    let mut same: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for (place, detail) in found {
        same.entry(detail).or_default().push(place);
    }
    let runs = same.into_iter().flat_map(|(detail, places)| {
        let told = move |places| Told { places, detail: detail.clone() };
        runs(places).into_iter().map(told)
    });
    let mut runs: Vec<Told> = runs.collect();
    runs.sort_by_key(|run| run.places.iter().min().copied());
    runs.truncate(MOST);
    runs
}

fn runs(mut places: Vec<Place>) -> Vec<Vec<Place>> {
    places.sort_unstable();
    places.dedup();
    let mut at: BTreeMap<Point, Vec<usize>> = BTreeMap::new();
    for (i, (a, b)) in places.iter().enumerate() {
        at.entry(*a).or_default().push(i);
        at.entry(*b).or_default().push(i);
    }
    let ends = |i: &usize| [places[*i].0, places[*i].1];
    // From where a run ends; what is left after those are rings.
    let is_end = |i: &usize| ends(i).iter().any(|p| at[p].len() == 1);
    let order: Vec<usize> =
        (0..places.len()).filter(is_end).chain((0..places.len()).filter(|i| !is_end(i))).collect();
    let mut seen = vec![false; places.len()];
    let mut found = Vec::new();
    for start in order {
        let (mut open, mut run) = (vec![start], Vec::new());
        while let Some(i) = open.pop() {
            if !std::mem::replace(&mut seen[i], true) {
                run.push(places[i]);
                open.extend(ends(&i).iter().flat_map(|p| &at[p]));
            }
        }
        found.extend((!run.is_empty()).then_some(run));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(x: i32, y: i32) -> Place {
        (Point::new(x, y), Point::new(x + 1, y))
    }

    #[test]
    fn segments_in_a_row_are_told_once_and_those_apart_or_of_another_kind_by_themselves() {
        let moved = |x, y| (place(x, y), "moved".to_owned());
        let found = vec![moved(2, 0), moved(0, 0), (place(3, 0), "drawn".into()), moved(1, 0), moved(9, 9)];
        let told = |places: Vec<Place>, detail: &str| Told { places, detail: detail.into() };
        let row = vec![place(0, 0), place(1, 0), place(2, 0)];
        assert_eq!(
            by_run(found),
            [told(row, "moved"), told(vec![place(3, 0)], "drawn"), told(vec![place(9, 9)], "moved")]
        );
    }

    #[test]
    fn a_ring_is_one_run_and_no_more_are_told_than_a_person_reads() {
        let corners = [(0, 0), (4, 0), (4, 4), (0, 4)].map(|(x, y)| Point::new(x, y));
        let side = |i: usize| {
            let (p, q) = (corners[i], corners[(i + 1) % 4]);
            ((p.min(q), p.max(q)), "x".to_owned())
        };
        let [ring] = &by_run((0..4).map(side).collect())[..] else { panic!("one run") };
        assert_eq!(ring.places.len(), 4);
        let far = (0..20).map(|x| (place(10 * x, 0), "x".to_owned())).collect();
        assert_eq!(by_run(far).len(), MOST);
    }
}
