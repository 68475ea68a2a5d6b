//! Notes of what is mended, taken while it is mended.

use super::edges::Edges;
use super::ledger::{Ledger, Repair, RepairKind};
use super::reach::distance_m;
use crate::coverage::arcs::Face;
use crate::geom::metric::Metric;
use crate::geom::{Point, predicate};
use crate::unit::UnitId;
use std::collections::{HashMap, HashSet};

/// One note: faces instead of units, and several for one place.
#[derive(Clone, Debug)]
struct Note {
    kind: RepairKind,
    at: Point,
    faces: Vec<Face>,
    area_m2: f64,
    move_m: f64,
}

/// The notes of one attempt at building.
#[derive(Clone, Debug, Default)]
pub(super) struct Repairs {
    notes: Vec<Note>,
    /// Where a unit's border crosses itself: (face, place).
    own_crossings: HashSet<(Face, Point)>,
}

impl Repairs {
    /// Notes ground that changed hands, or a vertex that moved.
    pub fn add(&mut self, kind: RepairKind, at: Point, faces: Vec<Face>, area_m2: f64, move_m: f64) {
        self.notes.push(Note { kind, at, faces, area_m2, move_m });
    }

    /// Notes where units cross themselves.
    pub fn own_crossings(&mut self, crossings: impl IntoIterator<Item = (Face, Point)>) {
        self.own_crossings.extend(crossings);
    }

    /// Whether the border of a face crosses itself there.
    pub fn crosses_itself(&self, face: Face, at: Point) -> bool {
        self.own_crossings.contains(&(face, at))
    }

    /// Notes the points that edges were bent through. A point on its edge moved nothing: it is a vertex
    /// that was missing there.
    pub fn chains(&mut self, kind: RepairKind, edges: &Edges, chains: &[(usize, Vec<Point>)]) {
        for (edge, chain) in chains {
            let (a, b) = edges.ends(*edge);
            let faces: Vec<Face> = edges.claims(*edge).iter().map(|c| c.face).collect();
            for w in chain.windows(3) {
                let metric = Metric::at(w[1]);
                let area_m2 = predicate::cross(w[0], w[1], w[2]).unsigned_abs() as f64 / 2.0
                    * metric.east_m
                    * metric.north_m;
                let off = predicate::cross(a, b, w[1]) != 0;
                let kind = if off { kind } else { RepairKind::Inserted };
                let move_m = if off { metric.distance_to_segment(w[1], a, b) } else { 0.0 };
                self.add(kind, w[1], faces.clone(), area_m2, move_m);
            }
        }
    }

    /// Notes borders that folded away.
    pub fn folds(&mut self, folded: &[(Point, Point, Face)]) {
        for &(a, _, face) in folded {
            self.add(RepairKind::Folded, a, vec![face], 0.0, 0.0);
        }
    }

    /// Notes a vertex that was moved.
    pub fn snapped(&mut self, from: Point, to: Point, faces: Vec<Face>) {
        self.add(RepairKind::Snapped, from, faces, 0.0, distance_m(from, to));
    }

    /// The ledger: notes of one kind and place made one, in the order of kinds and places.
    pub fn into_ledger(self, units: &[UnitId]) -> Ledger {
        let mut places: HashMap<(RepairKind, Point), usize> = HashMap::new();
        let mut notes: Vec<Note> = Vec::new();
        for note in self.notes {
            let place = *places.entry((note.kind, note.at)).or_insert(notes.len());
            match notes.get_mut(place) {
                None => notes.push(note),
                Some(first) => {
                    first.faces.extend(note.faces);
                    first.area_m2 += note.area_m2;
                    first.move_m = first.move_m.max(note.move_m);
                }
            }
        }
        notes.sort_by_key(|n| (n.kind, n.at));
        let repairs = notes.into_iter().map(|note| {
            let mut faces = note.faces;
            faces.sort_unstable();
            faces.dedup();
            let units = faces.iter().filter_map(|f| units.get((f.0 as usize).checked_sub(1)?)).copied();
            let units = units.collect();
            Repair { kind: note.kind, at: note.at, units, area_m2: note.area_m2, move_m: note.move_m }
        });
        Ledger { repairs: repairs.collect(), areas: Vec::new() }
    }
}
