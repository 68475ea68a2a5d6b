//! Operations as they come in: read strictly, positions rounded once.

use crate::edit::Operation;
use crate::http::extract;
use crate::http::problem::{Code, Problem};
use serde_json::{Map, Value};

/// The most positions of an operation.
const MOST_POINTS: usize = 10_000;

/// What each kind of operation takes, beside `layer` and `kind`.
const FIELDS: [(&str, &[&str]); 12] = [
    ("replace_path", &["path", "also", "reading"]),
    ("reshape", &["path", "target", "reading", "parts"]),
    ("split", &["unit", "path", "new", "keep"]),
    ("merge", &["keep", "drop", "parts"]),
    ("transfer", &["from", "to", "area", "parts"]),
    ("move_node", &["at", "to"]),
    ("create", &["area", "new", "parent", "parts"]),
    ("retire", &["unit"]),
    ("move_outline", &["path", "reading"]),
    ("reassign_parent", &["units", "parent"]),
    ("set_attributes", &["unit", "set"]),
    ("replace_units", &["units", "retire"]),
];

/// Reads an operation. The draft's layer is its layer when it names none. A stored change is put back by undo and revert
/// only, so `restore` is not taken.
pub(super) fn read(sent: Value, layer: &str) -> Result<Operation, Problem> {
    let Value::Object(mut fields) = sent else {
        return Err(Problem::new(Code::BadJson, "an operation is an object")
            .at("body")
            .expecting("an object"));
    };
    let kinds = || FIELDS.map(|f| f.0).join(", ");
    let kind = fields.get("kind").ok_or_else(|| Problem::missing("kind", kinds()))?;
    let known = FIELDS.iter().find(|f| kind.as_str() == Some(f.0));
    let &(_, known) = known.ok_or_else(|| Problem::bad_value("kind", format!("one of {}", kinds()), kind))?;
    let own = |name: &String| name == "kind" || name == "layer" || known.contains(&name.as_str());
    if let Some(unknown) = fields.keys().find(|name| !own(name)) {
        let unknown: String = unknown.chars().take(80).collect();
        let detail = format!("{unknown} is not a field of this operation");
        return Err(Problem::new(Code::BadJson, detail).at(unknown).expecting(known.join(", ")));
    }
    let points = fields.values().map(positions).sum::<usize>();
    if points > MOST_POINTS {
        let detail = format!("the operation has {points} positions");
        let expected = format!("at most {MOST_POINTS} positions");
        return Err(Problem::new(Code::TooManyPoints, detail).at("path").expecting(expected));
    }
    fields.entry("layer").or_insert_with(|| layer.into());
    parse(fields)
}

fn parse(fields: Map<String, Value>) -> Result<Operation, Problem> {
    let bytes = serde_json::to_vec(&Value::Object(fields)).expect("JSON is written as it was read");
    extract::from_slice(&bytes)
}

/// How many pairs of numbers are in a value.
fn positions(value: &Value) -> usize {
    match value {
        Value::Array(items) if items.len() == 2 && items.iter().all(Value::is_number) => 1,
        Value::Array(items) => items.iter().map(positions).sum(),
        Value::Object(fields) => fields.values().map(positions).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_operation_is_read_strictly() {
        let move_node = json!({"kind": "move_node", "at": [110.1, 25.2], "to": [110.2, 25.2]});
        assert_eq!(read(move_node, "land").unwrap().layer, "land");
        let table = [
            (json!([]), Code::BadJson, "body"),
            (json!({}), Code::Missing, "kind"),
            (json!({"kind": 7}), Code::BadValue, "kind"),
            (json!({"kind": "explode"}), Code::BadValue, "kind"),
            (json!({"kind": "restore", "change": {"layers": {}}}), Code::BadValue, "kind"),
            (json!({"kind": "retire", "unit": "g1", "colour": 1}), Code::BadJson, "colour"),
            (json!({"kind": "retire"}), Code::BadJson, "unit"),
            (json!({"kind": "retire", "unit": ["g1"]}), Code::BadJson, "body"),
            (json!({"kind": "move_node", "at": [110.1, 95.0], "to": [110.2, 25.2]}), Code::BadJson, "body"),
            (json!({"kind": "move_node", "at": [110.1], "to": [110.2, 25.2]}), Code::BadJson, "body"),
            (json!({"kind": "replace_path", "path": vec![[1, 2]; 10_001]}), Code::TooManyPoints, "path"),
        ];
        for (sent, code, field) in table {
            let problem = read(sent.clone(), "land").unwrap_err();
            assert_eq!((problem.code, problem.field.as_deref()), (code, Some(field)), "{sent}");
        }
    }
}
