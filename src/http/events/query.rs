//! Which events are asked for.

use serde::Deserialize;
use utoipa::IntoParams;

/// Which stretch.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct EventsQuery {
    /// Only events after this number; 0 for all. With it or with `limit` the answer is JSON, else a stream.
    pub after: Option<u64>,
    /// How many at once, 1 to 1000; 50 when not given.
    pub limit: Option<usize>,
}
