//! How an overlap is shown.

use super::query::Asked;
use crate::app::{CommonRow, Mismatch, Overlap, Summary};
use crate::unit::Unit;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The measures of a whole, or of a part of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MeasuresView {
    /// Square metres of the units of `a`.
    area_m2: f64,
    /// Square metres of units of `b` that `a` does not cover; 0 in a part.
    outside_a_m2: f64,
    /// Square metres of units of `a` that `b` does not cover.
    outside_b_m2: f64,
    /// Units of `a`.
    units: u32,
    /// Those with a piece that is no sliver in two units of `b` or more.
    split_units: u32,
    /// Pieces that are slivers.
    slivers: u32,
    /// Pieces off the majority of their unit, no slivers.
    mismatches: u32,
    /// `1 − Σ_a max_b M_ab / A`: the share of the ground that is not with the majority of its unit.
    mismatch_share: f64,
    /// `1 − H(B|A)/H(B)`: 1 when the unit of `a` tells that of `b`, 0 when it tells nothing.
    nesting_index: f64,
    /// Which share of the inner borders of `b` runs within so many metres of one of `a`.
    boundary_alignment: BTreeMap<String, f64>,
    /// Households off the majority, as if those of a unit lived evenly spread over it; null when nobody said.
    #[schema(required = true)]
    households: Option<f64>,
    /// Reports off the majority; null unless `reports_since` asks for them.
    #[schema(required = true)]
    reports: Option<u64>,
}

/// The measures of one unit's part.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct PartMeasuresView {
    /// The unit's code.
    code: String,
    /// Its name.
    name: String,
    #[serde(flatten)]
    measures: MeasuresView,
}

/// Two layers over each other, measured.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct OverlapSummaryView {
    /// The level whose units are the rows.
    a: String,
    /// The level that lies over them.
    b: String,
    /// The revision.
    revision: u64,
    #[serde(flatten)]
    measures: MeasuresView,
    /// The same by unit of the level that was asked for, by code; empty when none was.
    parts: Vec<PartMeasuresView>,
}

/// What a unit of `a` and one of `b` have in common.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct CommonView {
    /// The code of the unit of `a`; null for ground outside of all.
    #[schema(required = true)]
    a: Option<String>,
    /// Its name.
    #[schema(required = true)]
    a_name: Option<String>,
    /// The code of the unit of `b`; null for ground outside of all.
    #[schema(required = true)]
    b: Option<String>,
    /// Its name.
    #[schema(required = true)]
    b_name: Option<String>,
    /// Square metres, slivers included.
    area_m2: f64,
    /// The share of `a` that it is, from 0 to 1.
    #[schema(required = true)]
    share_a: Option<f64>,
    /// The share of `b` that it is.
    #[schema(required = true)]
    share_b: Option<f64>,
    /// `real`, or `sliver` when all pieces are.
    class: &'static str,
    /// Connected pieces that are no slivers.
    pieces: u32,
    /// Those that are.
    slivers: u32,
    /// Households of `a` by its share, an estimate; null when nobody said.
    #[schema(required = true)]
    households: Option<f64>,
    /// Reports that lie on it; null unless `reports_since` asks for them.
    #[schema(required = true)]
    reports: Option<u64>,
}

/// A piece of a unit of `a` that is not with the unit of `b` that has most of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct MismatchView {
    /// The code of the unit of `a`.
    a: String,
    /// Its name.
    a_name: String,
    /// The unit of `b` that has the piece; null for ground outside of all.
    #[schema(required = true)]
    b: Option<String>,
    /// Its name.
    #[schema(required = true)]
    b_name: Option<String>,
    /// The unit of `b` that has most of `a`; null when none has any.
    #[schema(required = true)]
    majority: Option<String>,
    /// Its name.
    #[schema(required = true)]
    majority_name: Option<String>,
    /// Square metres.
    area_m2: f64,
    /// The share of `a` that it is, from 0 to 1.
    share_a: f64,
    /// Mean width in metres, `2 · area / perimeter`.
    width_m: f64,
    /// `real` or `sliver`.
    class: &'static str,
    /// Households of `a` by its share, an estimate; null when nobody said.
    #[schema(required = true)]
    households: Option<f64>,
    /// The box around the piece: west, south, east, north in degrees.
    bbox: [f64; 4],
}

impl MeasuresView {
    fn of(summary: &Summary) -> Self {
        let measures = &summary.measures;
        Self {
            area_m2: measures.area_m2,
            outside_a_m2: summary.outside_a_m2,
            outside_b_m2: summary.outside_b_m2,
            units: measures.units,
            split_units: measures.split,
            slivers: summary.slivers,
            mismatches: summary.mismatches,
            mismatch_share: measures.mismatch,
            nesting_index: measures.nesting,
            boundary_alignment: summary
                .alignment()
                .map(|(metres, share)| (metres.to_string(), share))
                .collect(),
            households: summary.households,
            reports: summary.reports,
        }
    }
}

impl OverlapSummaryView {
    pub(super) fn of(asked: &Asked, parts: &[(&Unit, Summary)]) -> Self {
        let overlap: &Overlap = &asked.overlap;
        let part = |(unit, summary): &(&Unit, Summary)| PartMeasuresView {
            code: unit.code.to_string(),
            name: unit.name.clone(),
            measures: MeasuresView::of(summary),
        };
        Self {
            a: overlap.name(0).to_owned(),
            b: overlap.name(1).to_owned(),
            revision: overlap.published.revision().number,
            measures: MeasuresView::of(&overlap.summary(&asked.crosswalk, &asked.scope)),
            parts: parts.iter().map(part).collect(),
        }
    }
}

fn code(unit: Option<&Unit>) -> Option<String> {
    unit.map(|unit| unit.code.to_string())
}

fn name(unit: Option<&Unit>) -> Option<String> {
    unit.map(|unit| unit.name.clone())
}

impl CommonView {
    pub(super) fn of(row: &CommonRow<'_>) -> Self {
        Self {
            a: code(row.a),
            a_name: name(row.a),
            b: code(row.b),
            b_name: name(row.b),
            area_m2: row.area_m2,
            share_a: row.share_a,
            share_b: row.share_b,
            class: row.class(),
            pieces: row.pieces,
            slivers: row.slivers,
            households: row.households,
            reports: row.reports,
        }
    }
}

impl MismatchView {
    pub(super) fn of(piece: &Mismatch<'_>) -> Self {
        Self {
            a: piece.a.code.to_string(),
            a_name: piece.a.name.clone(),
            b: code(piece.b),
            b_name: name(piece.b),
            majority: code(piece.majority),
            majority_name: name(piece.majority),
            area_m2: piece.area_m2,
            share_a: piece.share_a,
            width_m: piece.width_m,
            class: piece.class(),
            households: piece.households,
            bbox: piece.bbox,
        }
    }
}
