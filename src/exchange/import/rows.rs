//! Features as rows of units, before anybody knows their parents.

use super::super::read::{Broken, Feature, Features, Ground};
use super::defect;
use super::mapping::{Columns, Mapping, MappingError};
use crate::coverage::{Defect, DefectKind};
use crate::geom::Shape;
use crate::unit::{Attributes, Code, Layer, Level};
use serde_json::Value;

/// A unit as the file has it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub code: Code,
    pub name: String,
    pub level: Level,
    pub parent: Option<Code>,
    /// Per level above this one, top first: the code and the name in the mapped columns.
    pub above: Vec<Option<(Code, Option<String>)>>,
    pub attributes: Attributes,
    pub shape: Option<Shape>,
    /// A geometry that is none, to be told once the unit has an id.
    pub broken: Option<Broken>,
}

/// Reads all rows; those that cannot be read at all are defects.
pub(super) fn read(
    layer: &Layer,
    features: Features,
    mapping: &Mapping,
) -> Result<(Vec<Row>, Vec<Defect>), MappingError> {
    let columns = mapping.columns(layer, &features)?;
    let mut rows = Vec::with_capacity(features.features.len());
    let mut defects = Vec::new();
    for feature in features.features {
        let number = feature.number;
        match row(layer, &columns, feature) {
            Ok(row) => rows.push(row),
            Err(detail) => {
                let detail = format!("feature {number}: {detail}");
                defects.push(defect(DefectKind::BadValue, [], detail));
            }
        }
    }
    Ok((rows, defects))
}

fn row(layer: &Layer, columns: &Columns, feature: Feature) -> Result<Row, String> {
    let cell = |column: &str| feature.properties.get(column).filter(|v| !is_blank(v));
    let level = match (&feature.level, columns.level.as_deref().and_then(cell)) {
        (Some(name), _) => name.clone(),
        (None, Some(value)) => text(value),
        (None, None) => layer.level_name(layer.grid_level()).to_owned(),
    };
    let known = || format!("expected a level among {}, got {level:?}", layer.levels.join(", "));
    let level = layer.level(&level).ok_or_else(known)?;
    let code = code(&columns.code, cell(&columns.code))?
        .ok_or_else(|| format!("expected a code in {}, got none", columns.code))?;
    let name = columns.name.as_deref().and_then(cell).map_or_else(|| code.as_str().to_owned(), text);
    let above = columns.above[..usize::from(level.0)]
        .iter()
        .map(|(column, name)| {
            let Some(column) = column else { return Ok(None) };
            let name = name.as_deref().and_then(cell).map(text);
            Ok(self::code(column, cell(column))?.map(|code| (code, name)))
        })
        .collect::<Result<Vec<_>, String>>()?;
    let own = columns.parent.as_deref().map(|column| self::code(column, cell(column))).transpose()?.flatten();
    let parent = own.or_else(|| above.last().cloned().flatten().map(|(code, _)| code));
    let (shape, broken) = match feature.ground {
        Ground::None => (None, None),
        Ground::Shape(shape) => (Some(shape), None),
        Ground::Broken(broken) => (None, Some(broken)),
    };
    let mut attributes = feature.properties;
    attributes.retain(|column, _| !columns.knows(column));
    Ok(Row { code, name, level, parent, above, attributes, shape, broken })
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|s| s.trim().is_empty())
}

/// A cell as text: a number without its point when it is whole, because many programs turn codes into
/// numbers.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => match number.as_f64() {
            Some(v) if v.fract() == 0.0 && v.abs() < 9_007_199_254_740_992.0 => format!("{v:.0}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

fn code(column: &str, value: Option<&Value>) -> Result<Option<Code>, String> {
    let read = |value: &Value| Code::try_from(text(value)).map_err(|e| format!("{column}: {e}"));
    value.map(read).transpose()
}
