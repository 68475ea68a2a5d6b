//! The quality report of a layer: its defects as text, JSON and GeoJSON.

use super::write::coordinates;
use crate::coverage::{Defect, Ledger, RepairKind, Severity};
use crate::geom::crs::Crs;
use crate::snapshot::LayerSource;
use crate::unit::{Unit, UnitId};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write;

/// What was found out about a layer.
#[derive(Debug)]
pub struct Report<'a> {
    source: &'a LayerSource,
    units: HashMap<UnitId, &'a Unit>,
    defects: Vec<&'a Defect>,
    ledger: Option<&'a Ledger>,
}

impl<'a> Report<'a> {
    /// A report of a layer; defects by severity, kind and place. A ledger is there when the ground fits.
    pub fn new(source: &'a LayerSource, defects: &'a [Defect], ledger: Option<&'a Ledger>) -> Self {
        let mut defects: Vec<&Defect> = defects.iter().collect();
        defects.sort_by_key(|d| (d.kind.severity(), d.kind, d.at, d.units.first().copied()));
        let units = source.units.iter().map(|u| (u.id, u)).collect();
        Self { source, units, defects, ledger }
    }

    /// How many defects stop an import.
    pub fn errors(&self) -> usize {
        self.defects.iter().filter(|d| d.kind.severity() == Severity::Error).count()
    }

    /// How many do not.
    pub fn warnings(&self) -> usize {
        self.defects.len() - self.errors()
    }

    /// For a person: a line for the layer, a line per defect, a line for what was mended.
    pub fn text(&self) -> String {
        let grids = self.source.units.iter().filter(|u| u.level == self.source.layer.grid_level()).count();
        let above = self.source.units.len() - grids;
        let name = &self.source.layer.name;
        let (errors, warnings) = (self.errors(), self.warnings());
        let mut out =
            format!("{name}: {grids} grids, {above} units above; {errors} errors, {warnings} warnings\n");
        for defect in &self.defects {
            let mark = if defect.kind.severity() == Severity::Error { "error" } else { "warning" };
            let codes = self.codes(defect).join(", ");
            let codes = if codes.is_empty() { codes } else { format!(" [{codes}]") };
            let area = defect.area_m2.map(|a| format!(" ({a:.2} m²)")).unwrap_or_default();
            writeln!(out, "  {mark}: {defect}{area}{codes}").expect("text takes text");
        }
        if let Some(ledger) = self.ledger {
            out.push_str(&mended(ledger));
        }
        out
    }

    /// For a program.
    pub fn json(&self) -> Value {
        let defect = |d: &&Defect| {
            json!({
                "kind": d.kind,
                "severity": d.kind.severity(),
                "detail": d.detail,
                "at": d.at.map(|p| [p.lon(), p.lat()]),
                "units": self.codes(d),
                "area_m2": d.area_m2,
            })
        };
        json!({
            "layer": self.source.layer.name,
            "units": self.source.units.len(),
            "errors": self.errors(),
            "warnings": self.warnings(),
            "defects": self.defects.iter().map(defect).collect::<Vec<_>>(),
            "repairs": self.ledger.map(repairs),
        })
    }

    /// For a map: the features of a collection, one per defect. Its ground where that is known, else its
    /// place, else no geometry.
    pub fn features(&self) -> Vec<Value> {
        let feature = |d: &&Defect| {
            let properties = json!({
                "layer": self.source.layer.name,
                "kind": d.kind,
                "severity": d.kind.severity(),
                "detail": d.detail,
                "units": self.codes(d).join(","),
                "area_m2": d.area_m2,
            });
            json!({"type": "Feature", "properties": properties, "geometry": geometry(d)})
        };
        self.defects.iter().map(feature).collect()
    }

    fn codes(&self, defect: &Defect) -> Vec<&'a str> {
        defect.units.iter().filter_map(|id| self.units.get(id)).map(|u| u.code.as_str()).collect()
    }
}

fn geometry(defect: &Defect) -> Value {
    if let Some(shape) = &defect.shape {
        let mut bytes = Vec::new();
        coordinates(shape, Crs::Wgs84, &mut bytes).expect("memory takes bytes");
        let coordinates: Value = serde_json::from_slice(&bytes).expect("we wrote it as JSON");
        return json!({"type": "MultiPolygon", "coordinates": coordinates});
    }
    defect.at.map_or(Value::Null, |p| json!({"type": "Point", "coordinates": [p.lon(), p.lat()]}))
}

/// How many repairs of each kind, the largest move, and the unit whose area changed most.
fn mended(ledger: &Ledger) -> String {
    let mut out = String::new();
    for kind in RepairKind::ALL {
        let of = || ledger.repairs.iter().filter(|r| r.kind == kind);
        if of().next().is_some() {
            let move_m = of().map(|r| r.move_m).fold(0.0, f64::max);
            let area_m2: f64 = of().map(|r| r.area_m2).sum();
            let (name, count) = (kind.name(), of().count());
            writeln!(
                out,
                "  mended: {count} {name}, largest move {move_m:.3} m, {area_m2:.3} m² changed hands"
            )
            .expect("text takes text");
        }
    }
    let change = |c: &&crate::coverage::AreaChange| (c.after_m2 - c.before_m2).abs();
    let most = ledger.areas.iter().max_by(|a, b| change(a).total_cmp(&change(b)));
    if let Some(most) = most {
        let (count, by) = (ledger.areas.len(), most.after_m2 - most.before_m2);
        writeln!(out, "  mended: the area of {count} units changed, at most by {by:+.3} m²")
            .expect("text takes text");
    }
    out
}

fn repairs(ledger: &Ledger) -> Value {
    let repair = |r: &crate::coverage::Repair| json!({"kind": r.kind, "at": [r.at.lon(), r.at.lat()], "area_m2": r.area_m2, "move_m": r.move_m});
    ledger.repairs.iter().map(repair).collect()
}
