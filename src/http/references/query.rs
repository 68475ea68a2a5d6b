//! Which reference lines are asked for.

use serde::Deserialize;
use utoipa::IntoParams;

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct LinesQuery {
    /// A box: west,south,east,north in degrees.
    pub bbox: String,
    /// Only the set of this name.
    pub name: Option<String>,
}
