//! What handlers take: queries and bodies, read strictly.
//!
//! A parameter that is unknown or given twice, a body that is too large, too deep, too slow or of another
//! kind: each is a [`crate::http::problem::Problem`] before a handler runs.

mod body;
mod json;
mod query;
mod value;

pub use body::{BODY_BYTES, broken, collect, expect_plain, media_type};
pub use json::{Json, from_slice, unsupported};
pub use query::{NoQuery, Query, moment};
