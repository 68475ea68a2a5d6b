//! Serde's errors as problems, and a query's values as serde sees them.

use crate::http::problem::{Code, Problem};
use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor};
use std::fmt::{self, Display};
use std::str::FromStr;

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Problem {}

impl Error for Problem {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Code::BadValue, message.to_string())
    }

    fn invalid_value(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Code::BadValue, format!("expected {expected}, got {got}")).expecting(expected.to_string())
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        let field: String = field.chars().take(80).collect();
        let expected = if known.is_empty() { "no parameters".into() } else { known.join(", ") };
        Self::new(Code::UnknownParameter, format!("{field} is not a parameter here"))
            .at(field)
            .expecting(expected)
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        let variant: String = variant.chars().take(80).collect();
        let expected = format!("one of {}", known.join(", "));
        Self::new(Code::BadValue, format!("expected {expected}, got {variant}")).expecting(expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::missing(field, "a value")
    }
}

/// The text of one query parameter.
pub(super) struct Text<'a>(pub &'a str);

impl Text<'_> {
    fn number<N: FromStr>(&self, expected: &str) -> Result<N, Problem> {
        self.0.trim().parse().map_err(|_no_number| self.no(expected))
    }

    fn no(&self, expected: &str) -> Problem {
        let got: String = self.0.chars().take(80).collect();
        Problem::new(Code::BadValue, format!("expected {expected}, got {got:?}")).expecting(expected)
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $expected:literal,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            visitor.$visit(self.number($expected)?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = Problem;

    whole_numbers! {
        deserialize_u8 visit_u8 "a whole number from 0 to 255",
        deserialize_u16 visit_u16 "a whole number from 0 to 65535",
        deserialize_u32 visit_u32 "a whole number from 0 to 4294967295",
        deserialize_u64 visit_u64 "a whole number, 0 or more",
        deserialize_i64 visit_i64 "a whole number",
        deserialize_bool visit_bool "true or false",
    }

    /// The words that Rust reads as NaN and infinities are refused, and so is what overflows to one.
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        const FINITE: &str = "a finite number";
        let number: f64 = self.number(FINITE)?;
        if number.is_finite() { visitor.visit_f64(number) } else { Err(self.no(FINITE)) }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let text: StrDeserializer<'_, Problem> = self.0.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u128 f32 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

/// The name of a parameter, as serde matches it against the fields of a struct.
pub(super) fn name(name: &str) -> StringDeserializer<Problem> {
    name.to_owned().into_deserializer()
}
