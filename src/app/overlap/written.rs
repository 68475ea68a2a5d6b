//! An overlap as files: sheets and features.

use super::rows::rounded;
use super::{CommonRow, Mismatch, Overlap, Summary};
use crate::exchange::sheet::{Cell, Column, Sheet};
use crate::overlay::Position;
use crate::unit::Unit;
use serde_json::{Value, json};

const ROWS: &[Column] = &[
    ("a", "编码 · the code of the unit of the first layer; empty for ground outside of it"),
    ("a_name", "名称 · its name"),
    ("b", "编码 · the code of the unit of the second layer; empty for ground outside of it"),
    ("b_name", "名称 · its name"),
    (
        "area_m2",
        "共有面积(平方米)· square metres on the ellipsoid that the two have in common, slivers included",
    ),
    ("share_a", "占 a 的比例 · the share of a that it is, from 0 to 1"),
    ("share_b", "占 b 的比例 · the share of b that it is, from 0 to 1"),
    ("class", "real 实质重叠 · at least one piece is no sliver; sliver 碎片 · all pieces are"),
    ("pieces", "实质图斑数 · connected pieces that are no slivers"),
    ("slivers", "碎片数 · pieces narrower in the mean (2·area/perimeter) or smaller than the rule says"),
    ("households", "户数(估算)· households of a by its share, as if they lived evenly spread"),
    ("reports", "事件数 · reports that lie on it; empty unless they were asked for"),
];

const MISMATCHES: &[Column] = &[
    ("a", "编码 · the code of the unit of the first layer"),
    ("a_name", "名称 · its name"),
    ("b", "编码 · the unit of the second layer that has this piece; empty for ground outside of it"),
    ("b_name", "名称 · its name"),
    ("majority", "主属编码 · the unit of the second layer that has most of a"),
    ("majority_name", "名称 · its name"),
    ("area_m2", "图斑面积(平方米)· square metres of the piece"),
    ("share_a", "占 a 的比例 · the share of a that it is, from 0 to 1"),
    ("width_m", "平均宽度(米)· 2·area/perimeter"),
    ("class", "real 实质错位 · no sliver; sliver 碎片 · narrower or smaller than the rule says"),
    ("households", "户数(估算)· households of a by its share, as if they lived evenly spread"),
    ("lon", "经度 · the middle of the box around the piece"),
    ("lat", "纬度"),
];

const SUMMARY: &[Column] = &[
    ("code", "编码 · the unit that the row is about; empty for the whole"),
    ("name", "名称 · its name"),
    ("area_m2", "面积(平方米)· of the units of a"),
    ("units", "单元数 · units of a"),
    ("split_units", "被分割单元数 · units of a with a piece that is no sliver in two units of b or more"),
    (
        "mismatch_share",
        "错位比例 · 1 − Σ max M / A: the share of the ground that is not with the majority of its unit",
    ),
    (
        "nesting_index",
        "嵌套指数 · 1 − H(B|A)/H(B): 1 when the unit of a tells that of b, 0 when it tells nothing",
    ),
    ("aligned_0", "边界重合比例 · the share of inner borders of b that a has too"),
    ("aligned_5", "边界 5 米内比例 · the share within 5 m of one of a"),
    ("aligned_20", "边界 20 米内比例 · the share within 20 m of one of a"),
    ("mismatches", "错位图斑数 · pieces off the majority, no slivers"),
    ("slivers", "碎片数 · pieces narrower or smaller than the rule says"),
    ("households", "错位户数(估算)· households off the majority"),
    ("reports", "错位事件数 · reports off the majority; empty unless they were asked for"),
    ("outside_b_m2", "b 未覆盖面积(平方米)· of a, not covered by b"),
];

fn code(unit: Option<&Unit>) -> Cell<'_> {
    unit.map(|unit| unit.code.as_str()).into()
}

fn name(unit: Option<&Unit>) -> Cell<'_> {
    unit.map(|unit| unit.name.as_str()).into()
}

fn number(value: Option<f64>, decimals: usize) -> Cell<'static> {
    value.map_or(Cell::Empty, |value| Cell::Number(value, decimals))
}

impl CommonRow<'_> {
    /// `real` or `sliver`.
    pub fn class(&self) -> &'static str {
        if self.pieces > 0 { "real" } else { "sliver" }
    }
}

impl Mismatch<'_> {
    /// `real` or `sliver`.
    pub fn class(&self) -> &'static str {
        if self.is_sliver { "sliver" } else { "real" }
    }

    /// The middle of the box around it, longitude and latitude in degrees.
    pub fn middle(&self) -> [f64; 2] {
        let [west, south, east, north] = self.bbox;
        rounded((0.5 * (west + east), 0.5 * (south + north)))
    }
}

impl Overlap {
    fn notes(&self) -> Vec<String> {
        let revision = self.published.revision();
        let about = format!(
            "a = {}, b = {}, revision {} ({})",
            self.name(0),
            self.name(1),
            revision.number,
            revision.effective_from.format("%Y-%m-%d %H:%M:%SZ")
        );
        std::iter::once(about).chain(self.published.note.clone()).collect()
    }

    /// The cells as a table.
    pub fn rows_sheet<'a>(&self, rows: &[CommonRow<'a>]) -> Sheet<'a> {
        let row = |row: &CommonRow<'a>| {
            vec![
                code(row.a),
                name(row.a),
                code(row.b),
                name(row.b),
                Cell::Number(row.area_m2, 2),
                number(row.share_a, 6),
                number(row.share_b, 6),
                row.class().into(),
                Cell::Number(f64::from(row.pieces), 0),
                Cell::Number(f64::from(row.slivers), 0),
                number(row.households, 1),
                number(row.reports.map(|n| n as f64), 0),
            ]
        };
        Sheet {
            title: "重叠 overlap",
            columns: ROWS,
            rows: rows.iter().map(row).collect(),
            notes: self.notes(),
        }
    }

    /// The pieces off the majority as a table.
    pub fn mismatch_sheet<'a>(&self, found: &[Mismatch<'a>]) -> Sheet<'a> {
        let row = |piece: &Mismatch<'a>| {
            let [lon, lat] = piece.middle();
            vec![
                code(Some(piece.a)),
                name(Some(piece.a)),
                code(piece.b),
                name(piece.b),
                code(piece.majority),
                name(piece.majority),
                Cell::Number(piece.area_m2, 2),
                Cell::Number(piece.share_a, 6),
                Cell::Number(piece.width_m, 2),
                piece.class().into(),
                number(piece.households, 1),
                Cell::Number(lon, 7),
                Cell::Number(lat, 7),
            ]
        };
        let rows = found.iter().map(row).collect();
        Sheet { title: "错位 mismatch", columns: MISMATCHES, rows, notes: self.notes() }
    }

    /// The measures as a table: the whole first, then its parts.
    pub fn summary_sheet<'a>(&self, whole: &Summary, parts: &[(&'a Unit, Summary)]) -> Sheet<'a> {
        let row = |unit: Option<&'a Unit>, summary: &Summary| {
            let measures = &summary.measures;
            let mut cells = vec![
                code(unit),
                name(unit),
                Cell::Number(measures.area_m2, 2),
                Cell::Number(f64::from(measures.units), 0),
                Cell::Number(f64::from(measures.split), 0),
                Cell::Number(measures.mismatch, 6),
                Cell::Number(measures.nesting, 6),
            ];
            cells.extend(summary.alignment().map(|(_, share)| Cell::Number(share, 6)));
            cells.extend([
                Cell::Number(f64::from(summary.mismatches), 0),
                Cell::Number(f64::from(summary.slivers), 0),
                number(summary.households, 1),
                number(summary.reports.map(|n| n as f64), 0),
                Cell::Number(summary.outside_b_m2, 2),
            ]);
            cells
        };
        let parts = parts.iter().map(|(unit, summary)| row(Some(unit), summary));
        let rows = std::iter::once(row(None, whole)).chain(parts).collect();
        Sheet { title: "指标 summary", columns: SUMMARY, rows, notes: self.notes() }
    }

    /// The pieces off the majority as GeoJSON, coordinates WGS 84.
    pub fn mismatch_features(&self, found: &[Mismatch<'_>]) -> Value {
        let code = |unit: Option<&Unit>| unit.map(|unit| unit.code.as_str().to_owned());
        let name = |unit: Option<&Unit>| unit.map(|unit| unit.name.clone());
        let feature = |piece: &Mismatch<'_>| {
            json!({
                "type": "Feature",
                "properties": {
                    "a": piece.a.code.as_str(), "a_name": piece.a.name,
                    "b": code(piece.b), "b_name": name(piece.b),
                    "majority": code(piece.majority), "majority_name": name(piece.majority),
                    "area_m2": piece.area_m2, "share_a": piece.share_a, "width_m": piece.width_m,
                    "class": piece.class(), "households": piece.households,
                },
                "bbox": piece.bbox,
                "geometry": { "type": "Polygon", "coordinates": rings(&piece.outline) },
            })
        };
        let features: Vec<Value> = found.iter().map(feature).collect();
        let mut collection = json!({ "type": "FeatureCollection", "features": features });
        if let Some(note) = &self.published.note {
            collection["note"] = json!(note);
        }
        collection
    }
}

/// Rings as GeoJSON has them.
fn rings(outline: &[Vec<Position>]) -> Vec<Vec<[f64; 2]>> {
    outline.iter().map(|ring| ring.iter().map(|&position| rounded(position)).collect()).collect()
}
