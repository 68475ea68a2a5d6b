//! Records as JSON and as XML.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

/// A value of a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    Number(f64),
    Flag(bool),
    Nothing,
}

/// Names and values, in order.
pub(super) type Record = Vec<(&'static str, Node)>;

impl Format {
    /// The format of an ending.
    pub(super) fn named(ending: &str) -> Option<Self> {
        match ending {
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }

    fn answer(self, status: StatusCode, body: String) -> Response {
        let media = match self {
            Self::Json => "application/json",
            Self::Xml => "application/xml; charset=utf-8",
        };
        (status, [(header::CONTENT_TYPE, media)], body).into_response()
    }
}

impl Node {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Flag(flag) => json!(flag),
            Self::Nothing => Value::Null,
        }
    }

    fn xml(&self) -> String {
        match self {
            Self::Text(text) => escaped(text),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Nothing => String::new(),
        }
    }
}

/// Text as it may stand between tags. What XML 1.0 cannot hold at all is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

/// Records under a name, each under another.
pub(super) fn list(
    format: Format,
    status: StatusCode,
    (all, each): (&str, &str),
    records: Vec<Record>,
) -> Response {
    let body = match format {
        Format::Json => {
            let object = |record: Record| -> Value {
                record
                    .into_iter()
                    .map(|(name, node)| (name.to_owned(), node.json()))
                    .collect::<Map<_, _>>()
                    .into()
            };
            Value::from(records.into_iter().map(object).collect::<Vec<_>>()).to_string()
        }
        Format::Xml => {
            let mut out = format!("{HEAD}<{all}>\n");
            for record in &records {
                let _ = writeln!(out, "  <{each}>");
                for (name, node) in record {
                    let _ = writeln!(out, "    <{name}>{}</{name}>", node.xml());
                }
                let _ = writeln!(out, "  </{each}>");
            }
            out + &format!("</{all}>\n")
        }
    };
    format.answer(status, body)
}

/// What there is.
pub(super) fn discovery(format: Format) -> Response {
    let body = match format {
        Format::Json => json!({
            "changeset": "2026-11-27T00:00:00Z",
            "endpoints": [{
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": "/open311/v2",
                "changeset": "2026-11-27T00:00:00Z",
                "type": "production",
                "formats": ["application/json", "application/xml"],
            }],
        })
        .to_string(),
        Format::Xml => format!(
            "{HEAD}<discovery xmlns=\"http://wiki.open311.org/discovery\">\n  \
             <changeset>2026-11-27T00:00:00Z</changeset>\n  <endpoints>\n    <endpoint>\n      \
             <specification>http://wiki.open311.org/GeoReport_v2</specification>\n      <url>/open311/v2</url>\n      \
             <changeset>2026-11-27T00:00:00Z</changeset>\n      <type>production</type>\n      <formats>\n        \
             <format>application/json</format>\n        <format>application/xml</format>\n      </formats>\n    \
             </endpoint>\n  </endpoints>\n</discovery>\n"
        ),
    };
    format.answer(StatusCode::OK, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_between_tags() {
        assert_eq!(escaped("a<b>&\"路\u{1}\n"), "a&lt;b&gt;&amp;\"路\n");
    }
}
