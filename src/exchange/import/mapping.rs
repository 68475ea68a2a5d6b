//! Which column is which field.

use super::super::read::Features;
use crate::unit::Layer;
use std::collections::BTreeMap;

/// Fields and the columns that hold them. A field that is not mapped is read from the column of its own
/// name, where the file has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: BTreeMap<String, String>,
}

/// Why a mapping does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not of the form `field=column`.
    #[error("expected field=column, got {0:?}")]
    Form(String),
    /// A field that the layer has not.
    #[error("expected a field among {expected}, got {got:?}")]
    Field {
        /// The field.
        got: String,
        /// All fields of the layer.
        expected: String,
    },
    /// A column that the file has not.
    #[error("expected a column among {expected}, got {got:?} for {field}")]
    Column {
        /// The field.
        field: String,
        /// The column.
        got: String,
        /// All columns of the file.
        expected: String,
    },
}

/// The columns of one file, by what they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub code: String,
    pub name: Option<String>,
    pub level: Option<String>,
    pub parent: Option<String>,
    /// Per level above the grids: the column of its code, and that of its name.
    pub above: Vec<(Option<String>, Option<String>)>,
}

impl Mapping {
    /// Reads `field=column` texts.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, MappingError> {
        let pair = |text: &str| match text.split_once('=') {
            Some((field, column)) if !field.is_empty() && !column.is_empty() => {
                Ok((field.to_owned(), column.to_owned()))
            }
            _ => Err(MappingError::Form(text.to_owned())),
        };
        Ok(Self { columns: texts.into_iter().map(pair).collect::<Result<_, _>>()? })
    }

    /// The columns of a file. Code, name, level and parent are found under their own names when nobody
    /// mapped them; those of the levels above only when mapped, because `county` may be anything.
    pub(super) fn columns(&self, layer: &Layer, features: &Features) -> Result<Columns, MappingError> {
        let above = &layer.levels[..layer.levels.len() - 1];
        let mut fields: Vec<String> = ["code", "name", "level", "parent"].map(Into::into).to_vec();
        fields.extend(above.iter().flat_map(|l| [l.clone(), format!("{l}_name")]));
        if let Some(got) = self.columns.keys().find(|f| !fields.contains(f)) {
            return Err(MappingError::Field { got: got.clone(), expected: fields.join(", ") });
        }
        let names = column_names(features);
        for (field, got) in &self.columns {
            if !names.contains(&got.as_str()) {
                let (field, got) = (field.clone(), got.clone());
                return Err(MappingError::Column { field, got, expected: names.join(", ") });
            }
        }
        let mapped = |field: &str| self.columns.get(field).cloned();
        let found = |field: &str| mapped(field).or_else(|| names.contains(&field).then(|| field.to_owned()));
        let code = found("code").ok_or_else(|| MappingError::Column {
            field: "code".into(),
            got: "code".into(),
            expected: names.join(", "),
        })?;
        let above = above.iter().map(|l| (mapped(l), mapped(&format!("{l}_name")))).collect();
        Ok(Columns { code, name: found("name"), level: found("level"), parent: found("parent"), above })
    }
}

impl Columns {
    /// Whether a column was given a meaning; the others become attributes.
    pub fn knows(&self, column: &str) -> bool {
        let is = |name: &Option<String>| name.as_deref() == Some(column);
        self.code == column
            || is(&self.name)
            || is(&self.level)
            || is(&self.parent)
            || self.above.iter().any(|(code, name)| is(code) || is(name))
    }
}

/// All column names, in the order in which they first appear.
fn column_names(features: &Features) -> Vec<&str> {
    let mut seen = std::collections::HashSet::new();
    let keys = features.features.iter().flat_map(|f| f.properties.keys());
    keys.map(String::as_str).filter(|key| seen.insert(*key)).collect()
}
