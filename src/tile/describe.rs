//! TileJSON 3.0: what a tileset holds, for programs.

use super::key::Tileset;
use super::overlap::OVERLAP_FROM;
use crate::geom::Bbox;
use crate::snapshot::drawn::{FIRST_ZOOM, LAST_ZOOM, LevelZoom, Zooms};
use serde_json::{Map, Value, json};

/// A tileset that has a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Described {
    /// One that is of a revision.
    Drawn(Tileset),
    /// Reports.
    Report,
}

impl Described {
    /// The name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drawn(tileset) => tileset.name(),
            Self::Report => "report",
        }
    }
}

/// What a description says that is not the same for all.
#[derive(Clone, Debug)]
pub struct Description<'a> {
    /// Of which tileset.
    pub tileset: Described,
    /// The address of a tile, with `{z}`, `{x}` and `{y}`.
    pub tiles: &'a str,
    /// The box around the ground; `None` for none yet.
    pub bounds: Option<Bbox>,
    /// From which zoom each level is drawn.
    pub zooms: &'a Zooms,
    /// Whose data it is; shown on the map.
    pub attribution: &'a str,
}

/// The TileJSON 3.0 of a tileset.
pub fn describe(description: &Description<'_>) -> Value {
    let (first_zoom, layers) = match description.tileset {
        Described::Drawn(Tileset::Grid) => (FIRST_ZOOM, vector_layers(description.zooms)),
        Described::Drawn(Tileset::Overlap) => (OVERLAP_FROM, overlap_layers()),
        Described::Report => (FIRST_ZOOM, report_layers()),
    };
    let mut value = json!({
        "tilejson": "3.0.0",
        "name": description.tileset.name(),
        "scheme": "xyz",
        "tiles": [description.tiles],
        "minzoom": first_zoom,
        "maxzoom": LAST_ZOOM,
        "vector_layers": layers,
    });
    if let Some(bounds) = description.bounds {
        let [west, south, east, north] = bounds.degrees();
        let middle = [f64::midpoint(west, east), f64::midpoint(south, north)];
        value["bounds"] = json!([west, south, east, north]);
        value["center"] = json!([middle[0], middle[1], 8]);
    }
    if !description.attribution.is_empty() {
        value["attribution"] = json!(description.attribution);
    }
    value
}

fn layer(id: &str, from: u8, fields: &[(&str, &str)]) -> Value {
    let fields: Map<String, Value> = fields.iter().map(|(k, v)| ((*k).into(), json!(v))).collect();
    json!({ "id": id, "minzoom": from, "maxzoom": LAST_ZOOM, "fields": fields })
}

fn overlap_layers() -> Vec<Value> {
    let patch = [
        ("a", "String"),
        ("b", "String"),
        ("majority", "String"),
        ("area_m2", "Number"),
        ("class", "String"),
    ];
    vec![layer("mismatch", OVERLAP_FROM, &patch), layer("border_class", OVERLAP_FROM, &[("class", "String")])]
}

fn report_layers() -> Vec<Value> {
    let heap = [("count", "Number"), ("late", "Number"), ("stage", "String")];
    vec![layer("report", FIRST_ZOOM, &heap), layer("heat", FIRST_ZOOM, &heap[..1])]
}

fn vector_layers(zooms: &Zooms) -> Vec<Value> {
    let unit = [("code", "String"), ("name", "String"), ("parent", "String")];
    let border = [("layer", "String"), ("level", "String"), ("left", "Number"), ("right", "Number")];
    let label = [("code", "String"), ("name", "String"), ("rank", "Number")];
    let tinted = [&unit[..], &[("tint", "Number")]].concat();
    let fields = |row: &LevelZoom| if row.tinted { tinted.as_slice() } else { &unit };
    let mut layers: Vec<Value> = zooms.0.iter().map(|row| layer(&row.level, row.from, fields(row))).collect();
    layers.push(layer("border", FIRST_ZOOM, &border));
    layers.extend(zooms.0.iter().map(|row| layer(&format!("{}_label", row.level), row.labels_from, &label)));
    layers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Point;

    #[test]
    fn a_description_lists_the_layers_of_the_contract() {
        let bounds =
            Bbox { min: Point::new(1_096_000_000, 242_500_000), max: Point::new(1_115_000_000, 263_000_000) };
        let described = describe(&Description {
            tileset: Described::Drawn(Tileset::Grid),
            tiles: "/tiles/grid/{z}/{x}/{y}.mvt",
            bounds: Some(bounds),
            zooms: &Zooms::default(),
            attribution: "示例",
        });
        let ids: Vec<&str> = described["vector_layers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l["id"].as_str().unwrap())
            .collect();
        let levels = ["county", "township", "village", "grid", "water", "station", "police"];
        let labels = levels.map(|level| format!("{level}_label"));
        let want: Vec<&str> =
            levels.into_iter().chain(["border"]).chain(labels.iter().map(String::as_str)).collect();
        assert_eq!(ids, want);
        assert_eq!(described["bounds"][3], 26.3);
        let tinted = |i: usize| described["vector_layers"][i]["fields"].get("tint").is_some();
        assert_eq!([tinted(0), tinted(2), tinted(3), tinted(4)], [true, true, false, false]);
    }
}
