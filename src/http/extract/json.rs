//! JSON bodies.

use super::body::{collect, media_type};
use crate::http::problem::{Code, Problem};
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// A JSON body of at most [`super::BODY_BYTES`].
///
/// Nesting deeper than 128 is refused by the reader itself, so that no body can exhaust the stack.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let got = media_type(&parts.headers);
        if got != "application/json" {
            return Err(unsupported(&got, "application/json"));
        }
        from_slice(&collect(&parts.headers, body).await?).map(Self)
    }
}

/// A body of a kind that is not taken.
pub fn unsupported(got: &str, expected: &str) -> Problem {
    let got = if got.is_empty() { "none" } else { got };
    Problem::new(Code::UnsupportedMediaType, format!("content-type must be {expected}, got {got}"))
        .at("content-type")
        .expecting(expected)
}

/// Reads JSON, and says what is wrong with it and where.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(json).map_err(|error| {
        let message = error.to_string();
        let (field, expected) = match error.classify() {
            Category::Data => (quoted(&message), shape(&message)),
            _ => (None, None),
        };
        Problem::new(Code::BadJson, &message)
            .at(field.unwrap_or("body"))
            .expecting(expected.unwrap_or("JSON as in /api/openapi.json"))
    })
}

/// The name in a message such as ``unknown field `x`, expected …``.
fn quoted(message: &str) -> Option<&str> {
    let kinds = ["unknown field `", "missing field `", "duplicate field `"];
    let rest = kinds.iter().find_map(|kind| message.strip_prefix(kind))?;
    rest.split('`').next()
}

/// What a message says was expected.
fn shape(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("expected ")?;
    rest.rsplit_once(" at line ").map(|(expected, _)| expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only read in")]
        points: Vec<[f64; 2]>,
    }

    #[test]
    fn a_misfit_names_its_field_and_what_was_expected() {
        let problem = from_slice::<Body>(b"{\"pionts\":[]}").unwrap_err();
        assert_eq!(problem.field.as_deref(), Some("pionts"));
        assert_eq!(problem.expected.as_deref(), Some("`points`"));
        let problem = from_slice::<Body>(b"{}").unwrap_err();
        assert_eq!((problem.code, problem.field.as_deref()), (Code::BadJson, Some("points")));
    }

    #[test]
    fn a_hundred_thousand_brackets_are_refused_and_do_not_exhaust_the_stack() {
        let deep = "[".repeat(100_000);
        for json in [deep.clone(), format!("{{\"points\":{deep}"), format!("{{\"x\":{deep}")] {
            assert_eq!(from_slice::<Body>(json.as_bytes()).unwrap_err().code, Code::BadJson);
            assert_eq!(from_slice::<serde_json::Value>(json.as_bytes()).unwrap_err().code, Code::BadJson);
        }
    }
}
