//! Query strings, read strictly into a struct.

use super::value::{Text, name};
use crate::http::problem::{Code, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor};

/// The parameters of a request.
///
/// The struct carries `#[serde(deny_unknown_fields)]`, so that a misspelt parameter is refused and not
/// ignored; a parameter given twice is refused whatever the struct says.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

/// No parameters at all.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Reads a time, for `#[serde(default, deserialize_with = "moment")]`.
pub fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    const EXPECTED: &str = "a time as in RFC 3339, such as 2026-01-01T00:00:00Z";
    let text = String::deserialize(from)?;
    let wrong = |_| D::Error::invalid_value(Unexpected::Str(&text), &EXPECTED);
    text.parse().map(Some).map_err(wrong)
}

/// Reads a query string.
fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let repeated = (1..pairs.len()).find(|&i| pairs[..i].iter().any(|(name, _)| *name == pairs[i].0));
    if let Some(i) = repeated {
        let name: String = pairs[i].0.chars().take(80).collect();
        let detail = format!("{name} is given twice");
        return Err(Problem::new(Code::RepeatedParameter, detail).at(name).expecting("it once"));
    }
    T::deserialize(Pairs { pairs: &pairs, at: 0 })
}

/// The pairs of a query, walked once.
struct Pairs<'a> {
    pairs: &'a [(String, String)],
    at: usize,
}

impl<'de> Deserializer<'de> for Pairs<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_map(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        self.pairs.get(self.at).map(|(key, _)| seed.deserialize(name(key))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let (key, text) = &self.pairs[self.at];
        self.at += 1;
        seed.deserialize(Text(text)).map_err(|mut problem| {
            problem.detail = format!("{key}: {}", problem.detail);
            problem.at(key)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Ask {
        lon: f64,
        crs: Option<String>,
        limit: Option<u32>,
        kind: Option<Kind>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Near,
    }

    #[test]
    fn a_query_is_read_into_its_struct() {
        let ask: Ask = read("lon=110.29&crs=EPSG%3A4546&limit=7&kind=near").unwrap();
        let expected =
            Ask { lon: 110.29, crs: Some("EPSG:4546".into()), limit: Some(7), kind: Some(Kind::Near) };
        assert_eq!(ask, expected);
    }

    #[test]
    fn every_misfit_names_its_parameter_and_what_was_expected() {
        let table = [
            ("lon=1&lon=2", Code::RepeatedParameter, "lon", "it once"),
            ("lon=1&lat=2", Code::UnknownParameter, "lat", "lon, crs, limit, kind"),
            ("crs=4546", Code::Missing, "lon", "a value"),
            ("lon=NaN", Code::BadValue, "lon", "a finite number"),
            ("lon=-inf", Code::BadValue, "lon", "a finite number"),
            ("lon=1e999", Code::BadValue, "lon", "a finite number"),
            ("lon=", Code::BadValue, "lon", "a finite number"),
            ("lon=1&limit=-1", Code::BadValue, "limit", "a whole number from 0 to 4294967295"),
            ("lon=1&kind=far", Code::BadValue, "kind", "one of near"),
        ];
        for (query, code, field, expected) in table {
            let problem = read::<Ask>(query).unwrap_err();
            assert_eq!(problem.code, code, "{query}");
            assert_eq!(problem.field.as_deref(), Some(field), "{query}");
            assert_eq!(problem.expected.as_deref(), Some(expected), "{query}");
        }
    }
}
