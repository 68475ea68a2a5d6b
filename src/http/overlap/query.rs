//! How an overlap is asked for.

use crate::app::drafting::DraftWords;
use crate::app::{Overlap, OverlapError, Scope, Suggestion, SuggestionKind, WITHIN_M, Wish};
use crate::http::Site;
use crate::http::extract::moment;
use crate::http::problem::{Code, Problem};
use crate::http::view::{REPORTS, Reader, Span, state_at};
use crate::overlay::{Crosswalk, SliverRule};
use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// `{a}` and `{b}`.
pub(super) type Pair = Path<(String, String)>;

/// What lies over what.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the router reads it")]
pub(in crate::http) struct OverlapPath {
    /// A layer (its grids) or a level: `land`, `village` …; its units are the rows.
    a: String,
    /// One of another layer: `police`, `station` …
    b: String,
}

/// What is measured.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct SummaryQuery {
    /// Only rows under the unit with this code: one above the rows, or one of the other layer, which has those that lie
    /// mostly in it.
    under: Option<String>,
    /// Also the measures of each unit of this level of either layer: `county`, `station` …
    pub(super) by: Option<String>,
    /// A piece of less mean width in metres, `2 · area / perimeter`, is a sliver; 5 when not given.
    sliver_m: Option<f64>,
    /// So is one of less area in square metres; 50 when not given.
    sliver_m2: Option<f64>,
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    at: Option<DateTime<Utc>>,
    /// Also count the reports in each cell that were received at this time or later, RFC 3339. Takes the right to see
    /// reports.
    #[serde(default, deserialize_with = "moment")]
    reports_since: Option<DateTime<Utc>>,
}

/// Which part of a list, and how it is written.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct RowsQuery {
    /// Only rows under the unit with this code: one above the rows, or one of the other layer, which has those that lie
    /// mostly in it.
    under: Option<String>,
    /// Only `real` ones, or only `sliver`s.
    class: Option<String>,
    /// A piece of less mean width in metres, `2 · area / perimeter`, is a sliver; 5 when not given.
    sliver_m: Option<f64>,
    /// So is one of less area in square metres; 50 when not given.
    sliver_m2: Option<f64>,
    /// As of this time, RFC 3339.
    #[serde(default, deserialize_with = "moment")]
    at: Option<DateTime<Utc>>,
    /// Also count the reports in each cell that were received at this time or later, RFC 3339. Takes the right to see
    /// reports.
    #[serde(default, deserialize_with = "moment")]
    reports_since: Option<DateTime<Utc>>,
    /// `json`, `csv`, `xlsx` or `geojson`; all but `json` give the whole list.
    format: Option<String>,
    /// How many at once, 1 to 1000; 50 when not given.
    limit: Option<usize>,
    /// `next` of the stretch before. It pins the revision.
    cursor: Option<String>,
}

/// Which suggestions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct SuggestionsQuery {
    /// Only about grids under the unit with this code, of either layer.
    under: Option<String>,
    /// Only of this kind: `align`, `rebuild`, `snap` or `split`.
    kind: Option<String>,
    /// Codes of police grids that stay as they are, with commas between.
    locked: Option<String>,
    /// How near a police border must be to a border of grids to be brought onto it (`snap`), 1 to 200 metres; 20 when
    /// not given.
    within_m: Option<u32>,
    /// How many at once, 1 to 1000; 50 when not given.
    limit: Option<usize>,
    /// `next` of the stretch before. It pins the revision.
    cursor: Option<String>,
}

/// What a draft made of a suggestion is called; the suggestion has words of its own.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::http) struct SuggestionBody {
    /// What reviewers see first.
    title: Option<String>,
    /// Why it is drawn.
    reason: Option<String>,
    /// The number of the document that orders it.
    document: Option<String>,
    /// Codes of police grids that stay as they are, as the suggestion was made with.
    pub(super) locked: Vec<String>,
}

impl SuggestionsQuery {
    pub(super) async fn open(&self, site: &Site, pair: Pair) -> Result<(Overlap, Span), Problem> {
        let (published, span) = Span::open(site, None, self.limit, self.cursor.as_deref()).await?;
        Ok((site.app.overlap(published, [&pair.0.0, &pair.0.1]).await?, span))
    }

    pub(super) fn wish(&self) -> Result<Wish, Problem> {
        let named = |word: &String| {
            let expected = "align, rebuild, snap or split";
            SuggestionKind::named(word).ok_or_else(|| Problem::bad_value("kind", expected, word))
        };
        let within_m = self.within_m.unwrap_or(WITHIN_M);
        if !(1..=200).contains(&within_m) {
            return Err(Problem::bad_value("within_m", "from 1 to 200", within_m));
        }
        let kind = self.kind.as_ref().map(named).transpose()?;
        Ok(Wish { under: self.under.clone(), kind, locked: self.locked(), within_m })
    }

    fn locked(&self) -> Vec<String> {
        let codes = self.locked.as_deref().unwrap_or_default().split(',');
        codes.map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect()
    }
}

impl SuggestionBody {
    pub(super) fn words(&self, suggestion: &Suggestion<'_>) -> DraftWords {
        DraftWords {
            layer: suggestion.layer.to_owned(),
            title: self.title.clone().unwrap_or_else(|| suggestion.title()),
            reason: self.reason.clone().unwrap_or_else(|| suggestion.reason()),
            document: self.document.clone(),
        }
    }
}

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv,
    Xlsx,
    GeoJson,
}

/// An overlap with what is asked of it.
pub(super) struct Asked {
    pub(super) overlap: Overlap,
    pub(super) crosswalk: Crosswalk,
    pub(super) scope: Scope,
    pub(super) rule: SliverRule,
    /// Whether slivers, or the others, are asked for alone.
    pub(super) slivers: Option<bool>,
    pub(super) form: Form,
    /// Which stretch of the list; `None` for all of it.
    pub(super) span: Option<Span>,
}

impl SummaryQuery {
    pub(super) async fn open(&self, site: &Site, pair: Pair, reader: &Reader) -> Result<Asked, Problem> {
        let published = state_at(site, self.at).await?;
        let rule = rule(self.sliver_m, self.sliver_m2)?;
        let overlap = site.app.overlap(published, [&pair.0.0, &pair.0.1]).await?;
        let overlap = weighed(site, overlap, self.reports_since, reader).await?;
        Asked::new(overlap, rule, self.under.as_deref())
    }
}

impl RowsQuery {
    pub(super) async fn open(&self, site: &Site, pair: Pair, reader: &Reader) -> Result<Asked, Problem> {
        let rule = rule(self.sliver_m, self.sliver_m2)?;
        let form = self.form()?;
        let slivers = match self.class.as_deref() {
            None => None,
            Some("real") => Some(false),
            Some("sliver") => Some(true),
            Some(other) => return Err(Problem::bad_value("class", "real or sliver", other)),
        };
        let (published, span) = Span::open(site, self.at, self.limit, self.cursor.as_deref()).await?;
        let overlap = site.app.overlap(published, [&pair.0.0, &pair.0.1]).await?;
        let overlap = weighed(site, overlap, self.reports_since, reader).await?;
        let asked = Asked::new(overlap, rule, self.under.as_deref())?;
        Ok(Asked { slivers, form, span: (form == Form::Json).then_some(span), ..asked })
    }

    fn form(&self) -> Result<Form, Problem> {
        match self.format.as_deref() {
            None | Some("json") => Ok(Form::Json),
            Some("csv") => Ok(Form::Csv),
            Some("xlsx") => Ok(Form::Xlsx),
            Some("geojson") => Ok(Form::GeoJson),
            Some(other) => Err(Problem::bad_value("format", "json, csv, xlsx or geojson", other)),
        }
    }
}

/// The overlap with its reports, when they are asked for by somebody who may see them.
async fn weighed(
    site: &Site,
    overlap: Overlap,
    since: Option<DateTime<Utc>>,
    reader: &Reader,
) -> Result<Overlap, Problem> {
    let Some(since) = since else { return Ok(overlap) };
    reader.must(site, REPORTS)?;
    Ok(site.app.weigh(overlap, since).await?)
}

impl Asked {
    fn new(overlap: Overlap, rule: SliverRule, under: Option<&str>) -> Result<Self, Problem> {
        let crosswalk = overlap.crosswalk(rule);
        let scope = overlap.scope(&crosswalk, under)?;
        Ok(Self { overlap, crosswalk, scope, rule, slivers: None, form: Form::Json, span: None })
    }

    /// Whether something of that class is asked for.
    pub(super) fn wants(&self, is_sliver: bool) -> bool {
        self.slivers.is_none_or(|wanted| wanted == is_sliver)
    }
}

/// The largest width and the largest area of a sliver that may be asked for, in metres and square metres.
const LARGEST: (f64, f64) = (1_000.0, 1_000_000.0);

fn rule(width_m: Option<f64>, area_m2: Option<f64>) -> Result<SliverRule, Problem> {
    let usual = SliverRule::default();
    let read = |field: &str, asked: Option<f64>, usual: f64, largest: f64| match asked {
        None => Ok(usual),
        Some(value) if (0.0..=largest).contains(&value) => Ok(value),
        Some(value) => Err(Problem::bad_value(field, format!("from 0 to {largest}"), value)),
    };
    Ok(SliverRule {
        width_m: read("sliver_m", width_m, usual.width_m, LARGEST.0)?,
        area_m2: read("sliver_m2", area_m2, usual.area_m2, LARGEST.1)?,
    })
}

impl From<OverlapError> for Problem {
    fn from(error: OverlapError) -> Self {
        match &error {
            OverlapError::UnknownName { field, got, expected } => {
                Self::unknown(field, got, format!("one of {expected}"))
            }
            OverlapError::SameLayer(_) => {
                Self::new(Code::BadValue, error.to_string()).at("b").expecting("a level of another layer")
            }
            OverlapError::UnknownScope(_) => Self::new(Code::BadValue, error.to_string())
                .at("under")
                .expecting("a code of a unit of a or b"),
            OverlapError::UnknownLocked(_) => {
                Self::new(Code::BadValue, error.to_string()).at("locked").expecting("codes of units of b")
            }
            OverlapError::NotGrids => {
                Self::new(Code::BadValue, error.to_string()).at("b").expecting("land/police, for one")
            }
            OverlapError::Torn(_) => Self::internal(error),
        }
    }
}
