//! The change hash: what an edit does, in 32 bytes.

use super::canonical::{count, json, point, text};
use super::hex;
use crate::edit::{Change, Side};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// SHA-256 over a net change; printed as 64 hexadecimal digits.
///
/// Over the layers by name: the segments that differ by place, each with its sides before and after, then the
/// fields by unit and name, each with its values before and after, then the lineage. So it names what the
/// change does and not how it was drawn, and an approval bound to it holds for nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChangeHash(pub [u8; 32]);

/// Text that is no change hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 hexadecimal digits, got {0:?}")]
pub struct ChangeHashError(String);

impl Change {
    /// The hash of this change.
    pub fn hash(&self) -> ChangeHash {
        let mut out = Vec::new();
        count(&mut out, self.layers().len());
        for (name, change) in self.layers() {
            text(&mut out, name);
            count(&mut out, change.borders.steps().len());
            for (&(a, b), step) in change.borders.steps() {
                point(&mut out, a);
                point(&mut out, b);
                for (left, right) in [step.old, step.new].map(|s| s.unwrap_or((Side::Outside, Side::Outside)))
                {
                    side(&mut out, left);
                    side(&mut out, right);
                }
            }
            count(&mut out, change.fields.steps().len());
            for ((id, field), step) in change.fields.steps() {
                out.extend(id.get().to_le_bytes());
                text(&mut out, &field.to_string());
                value(&mut out, step.old.as_ref());
                value(&mut out, step.new.as_ref());
            }
            count(&mut out, change.lineage.len());
            for (from, to) in &change.lineage {
                out.extend(from.get().to_le_bytes());
                out.extend(to.get().to_le_bytes());
            }
        }
        ChangeHash(Sha256::digest(&out).into())
    }
}

/// The outside twice stands for no border: a segment with the same on both sides is none.
fn side(out: &mut Vec<u8>, side: Side) {
    let number = match side {
        Side::Outside => 0,
        Side::Gap => u64::MAX,
        Side::Unit(id) => id.get(),
    };
    out.extend(number.to_le_bytes());
}

/// No value is written as no text at all, which no JSON is.
fn value(out: &mut Vec<u8>, value: Option<&Value>) {
    let mut written = String::new();
    if let Some(value) = value {
        json(&mut written, value);
    }
    text(out, &written);
}

impl fmt::Display for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(f, &self.0)
    }
}

impl fmt::Debug for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ChangeHash {
    type Err = ChangeHashError;

    fn from_str(text: &str) -> Result<Self, ChangeHashError> {
        hex::read(text).map(Self).ok_or_else(|| ChangeHashError(text.chars().take(80).collect()))
    }
}

impl serde::Serialize for ChangeHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ChangeHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
