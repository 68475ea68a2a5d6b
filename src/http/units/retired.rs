//! Codes that are no longer in use: they answer with their successors.

use crate::app::{Gone, Published, UnitFacts};
use crate::http::Site;
use crate::http::problem::{Code as ProblemCode, Problem};
use crate::http::view::named_unit;
use crate::unit::{Code, UnitId};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A current unit that succeeded one that is no more.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct SuccessorView {
    /// The immutable id.
    id: u64,
    /// The layer.
    layer: String,
    /// The level's name.
    level: String,
    /// The public code.
    code: String,
    /// The name as shown.
    name: String,
}

impl SuccessorView {
    fn of(facts: &UnitFacts<'_>) -> Self {
        Self {
            id: facts.unit.id.get(),
            layer: facts.layer.layer.name.clone(),
            level: facts.level_name().to_owned(),
            code: facts.unit.code.to_string(),
            name: facts.unit.name.clone(),
        }
    }
}

/// The unit of a layer with that code; of a code that is retired, a problem that names its successors.
pub(super) async fn found<'a>(
    site: &Site,
    published: &'a Published,
    layer: &str,
    code: &str,
) -> Result<UnitFacts<'a>, Problem> {
    let unknown = match named_unit(published, layer, code) {
        Ok(facts) => return Ok(facts),
        Err(unknown) => unknown,
    };
    match gone(site, published, layer, code).await? {
        Some(gone) => Err(problem(published, layer, code, &gone)),
        None => Err(unknown),
    }
}

/// The unit that bears a code, or bore it last.
pub(super) async fn bearer(
    site: &Site,
    published: &Published,
    layer: &str,
    code: &str,
) -> Result<UnitId, Problem> {
    let unknown = match named_unit(published, layer, code) {
        Ok(facts) => return Ok(facts.unit.id),
        Err(unknown) => unknown,
    };
    gone(site, published, layer, code).await?.map(|gone| gone.unit).ok_or(unknown)
}

/// The current units that succeeded those of any layer which bore a code.
pub(super) async fn successors(
    site: &Site,
    published: &Published,
    code: &Code,
) -> Result<BTreeSet<UnitId>, Problem> {
    let mut all = BTreeSet::new();
    for layer in published.base.layers() {
        if layer.units.by_code(code).is_none() {
            let gone = site.app.gone(published, &layer.layer.name, code).await?;
            all.extend(gone.into_iter().flat_map(|gone| gone.successors));
        }
    }
    Ok(all)
}

async fn gone(site: &Site, published: &Published, layer: &str, code: &str) -> Result<Option<Gone>, Problem> {
    let Ok(code) = Code::try_from(code) else { return Ok(None) };
    if published.base.layer(layer).is_none() {
        return Ok(None);
    }
    Ok(site.app.gone(published, layer, &code).await?)
}

fn problem(published: &Published, layer: &str, code: &str, gone: &Gone) -> Problem {
    let units: Vec<SuccessorView> =
        gone.successors.iter().filter_map(|&id| published.facts(id)).map(|f| SuccessorView::of(&f)).collect();
    let now = units.iter().map(|u| format!("{} {}", u.code, u.name)).collect::<Vec<_>>().join(", ");
    let since = format!("code {code} of {layer} is retired since revision {}", gone.revision);
    let detail = if units.is_empty() { since } else { format!("{since}; its successors: {now}") };
    Problem::new(ProblemCode::Retired, detail)
        .at("code")
        .expecting(format!("the code of a current unit of {layer}"))
        .with_successors(&units)
}
