//! Public codes: opaque text that may change.

use std::fmt;

/// The public code of a unit: text, unique among the current units of its layer.
///
/// Nothing is inferred from it: parenthood is [`super::Unit::parent`], a kind is the layer. From 1 to 64
/// characters, none of them white space or a control character.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Box<str>);

/// Text that is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code must have 1 to 64 characters without white space, got {0:?}")]
pub struct CodeError(pub String);

impl Code {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Code {
    type Error = CodeError;

    fn try_from(text: &str) -> Result<Self, CodeError> {
        let legal = |c: char| !c.is_whitespace() && !c.is_control();
        if (1..=64).contains(&text.chars().count()) && text.chars().all(legal) {
            Ok(Self(text.into()))
        } else {
            Err(CodeError(text.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::try_from(text.as_str())
    }
}

impl From<Code> for String {
    fn from(code: Code) -> String {
        code.0.into()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_any_short_text_without_white_space() {
        for good in ["450305002007003", "450300W001", "七星01", "A-1/2"] {
            assert_eq!(Code::try_from(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "a\n", &"x".repeat(65)] {
            assert!(Code::try_from(bad).is_err(), "{bad:?}");
        }
    }
}
