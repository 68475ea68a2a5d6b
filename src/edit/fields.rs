//! Units as fields, so that changes of two fields of one unit are two changes.

use crate::unit::{Code, Level, Unit, UnitId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// A field of a unit. Its text is the name in JSON: `code`, `name`, `level`, `parent`, and
/// `attributes.households` for an attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// The public code. Every unit has one: a unit whose code comes from nothing is created, one whose code
    /// goes is retired.
    Code,
    /// The name as shown.
    Name,
    /// The level, as its place in the layer's list.
    Level,
    /// The id of the unit one level up.
    Parent,
    /// An attribute by its key.
    Attribute(String),
}

/// A name that is no field of a unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a field must be code, name, level, parent or attributes.KEY, got {0:?}")]
pub struct FieldError(pub String);

/// A unit as its fields; an absent field is not there at all.
pub(super) type Row = BTreeMap<Field, Value>;

/// A field of a unit and its key in a [`super::Delta`].
pub type UnitField = (UnitId, Field);

impl TryFrom<String> for Field {
    type Error = FieldError;

    fn try_from(text: String) -> Result<Self, FieldError> {
        match text.as_str() {
            "code" => Ok(Self::Code),
            "name" => Ok(Self::Name),
            "level" => Ok(Self::Level),
            "parent" => Ok(Self::Parent),
            other => match other.strip_prefix("attributes.") {
                Some(key) if !key.is_empty() => Ok(Self::Attribute(key.into())),
                _ => Err(FieldError(text.chars().take(80).collect())),
            },
        }
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("code"),
            Self::Name => f.write_str("name"),
            Self::Level => f.write_str("level"),
            Self::Parent => f.write_str("parent"),
            Self::Attribute(key) => write!(f, "attributes.{key}"),
        }
    }
}

/// The fields of a unit.
pub(super) fn row(unit: &Unit) -> Row {
    let mut row = Row::from([
        (Field::Code, unit.code.as_str().into()),
        (Field::Name, unit.name.as_str().into()),
        (Field::Level, unit.level.0.into()),
    ]);
    row.extend(unit.parent.map(|parent| (Field::Parent, parent.get().into())));
    row.extend(unit.attributes.iter().map(|(k, v)| (Field::Attribute(k.clone()), v.clone())));
    row
}

/// The unit of a row. The error is the field that cannot be read, or that is missing.
pub(super) fn unit(id: UnitId, row: &Row) -> Result<Unit, Field> {
    let text = |field: Field| row.get(&field).and_then(Value::as_str).ok_or(field);
    let number = |field: Field| row.get(&field).and_then(Value::as_u64).ok_or(field);
    let code = Code::try_from(text(Field::Code)?).map_err(|_wrong| Field::Code)?;
    let level = u8::try_from(number(Field::Level)?).map_err(|_wrong| Field::Level)?;
    let parent = match row.get(&Field::Parent) {
        None => None,
        Some(_) => Some(UnitId::try_from(number(Field::Parent)?).map_err(|_wrong| Field::Parent)?),
    };
    let attribute = |(field, value): (&Field, &Value)| match field {
        Field::Attribute(key) => Some((key.clone(), value.clone())),
        _ => None,
    };
    let attributes = row.iter().filter_map(attribute).collect();
    Ok(Unit { id, code, name: text(Field::Name)?.into(), level: Level(level), parent, attributes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_unit_is_its_fields() {
        let attributes = json!({"households": 120, "note": null}).as_object().unwrap().clone();
        let id = UnitId::try_from(7).unwrap();
        let code = Code::try_from("450305001001001").unwrap();
        let original = Unit {
            id,
            code,
            name: "网格".into(),
            level: Level(4),
            parent: UnitId::try_from(3).ok(),
            attributes,
        };
        assert_eq!(unit(id, &row(&original)), Ok(original.clone()));
        let mut broken = row(&original);
        broken.insert(Field::Parent, json!("three"));
        assert_eq!(unit(id, &broken), Err(Field::Parent));
        assert!(Field::try_from("attributes.".to_owned()).is_err());
        assert_eq!(Field::try_from("attributes.a.b".to_owned()).unwrap().to_string(), "attributes.a.b");
    }
}
