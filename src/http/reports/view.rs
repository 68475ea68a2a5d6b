//! How reports are shown.

use crate::app::access::Actor;
use crate::app::{Answerable, Figures, Published, Question, UnitFigures};
use crate::http::Site;
use crate::http::locate::Given;
use crate::http::view::{Link, PostsShown};
use crate::report::{Kind, Move, Report, TrailStep};
use crate::unit::UnitId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A unit by its layer, code and name.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UnitRef<'a> {
    /// The layer.
    layer: &'a str,
    /// Its code.
    code: &'a str,
    /// Its name.
    name: &'a str,
}

/// A unit of a layer that is known.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Named<'a> {
    /// Its code.
    code: &'a str,
    /// Its name.
    name: &'a str,
}

/// Who works a report.
#[derive(Debug, Serialize, ToSchema)]
struct AssignedView<'a> {
    /// The layer.
    layer: &'a str,
    /// The grid's code.
    code: &'a str,
    /// Its name.
    name: &'a str,
    /// The revision by which it was given to it.
    revision: u64,
    /// `filed`, `boundary` (a border was moved) or `manual` (somebody transferred it).
    reason: &'static str,
}

/// A report in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportSummary)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that programs ask for by name")]
pub(in crate::http) struct Summary<'a> {
    /// Its id.
    id: u64,
    /// The number by which people call it.
    number: String,
    /// `collected`, `dispatched`, `handled`, `closed` or `assessed`.
    stage: &'static str,
    /// The code of its category.
    category: &'a str,
    /// Longitude and latitude on the lattice, CGCS2000.
    position: [f64; 2],
    /// When it happened.
    occurred_at: DateTime<Utc>,
    /// When it came in.
    received_at: DateTime<Utc>,
    /// By when it should be handled.
    due_at: DateTime<Utc>,
    /// Whether it was handled late, or is late.
    overdue: bool,
    /// What was said, without numbers of persons.
    #[schema(required = true)]
    text: Option<&'a str>,
    /// Whether numbers were masked in it.
    masked: bool,
    /// Who sent it.
    source: &'a str,
    /// What the sender calls it.
    #[schema(required = true)]
    source_ref: Option<&'a str>,
    /// Who works it; null while nobody is near, and for a unit that is no more.
    #[schema(required = true)]
    assigned: Option<AssignedView<'a>>,
    /// Whether a person should look before anyone is sent.
    needs_confirmation: bool,
    /// Whether it was transferred by hand and lies on another's ground since.
    flagged: bool,
}

/// Whose a report was when it came in.
#[derive(Debug, Serialize, ToSchema)]
struct FiledAs<'a> {
    /// The revision that said so.
    revision: u64,
    /// The responsible grid; null when nobody was near, and for a unit that is no more.
    #[schema(required = true)]
    unit: Option<UnitRef<'a>>,
    /// The land grid.
    #[schema(required = true)]
    land: Option<Named<'a>>,
    /// The water grid.
    #[schema(required = true)]
    water: Option<Named<'a>>,
    /// The police grid.
    #[schema(required = true)]
    police: Option<Named<'a>>,
}

/// A step that the caller may take.
#[derive(Debug, Serialize, ToSchema)]
struct NextStep {
    /// The stage to which it leads.
    to: &'static str,
    /// `required` or `optional`.
    comment: &'static str,
}

/// A step of the trail.
#[derive(Debug, Serialize, ToSchema)]
struct StepView {
    /// 1 for the filing.
    seq: u64,
    /// `created`, `staged`, `transferred`, `moved` or `flagged`.
    kind: &'static str,
    /// Who did it, or `revision:NUMBER`.
    actor: String,
    /// When.
    at: DateTime<Utc>,
    /// What was said.
    #[schema(required = true)]
    comment: Option<String>,
    /// The stage or the code of the unit before.
    #[schema(required = true)]
    from: Option<String>,
    /// The stage or the code of the unit after.
    #[schema(required = true)]
    to: Option<String>,
}

/// A report with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Report)]
pub(in crate::http) struct ReportView<'a> {
    #[serde(flatten)]
    summary: Summary<'a>,
    /// As it came in; null when its system is not known any more.
    #[schema(required = true)]
    point: Option<Given>,
    /// The radius in metres within which the true place lies.
    #[schema(required = true)]
    accuracy_m: Option<f64>,
    /// The unit that the sender took it for.
    #[schema(required = true)]
    declared_unit: Option<&'a str>,
    /// How the responsible layer held the place when it came in: `inside`, `nearby` or `outside`.
    outcome: &'static str,
    /// The rule that decided.
    rule: &'a str,
    /// Whose it was then.
    filed: FiledAs<'a>,
    /// Whose the place is by the revision in force.
    #[schema(required = true)]
    now: Option<UnitRef<'a>>,
    /// The police grid by the revision in force.
    #[schema(required = true)]
    police: Option<Named<'a>>,
    /// The grid that works it and all above, bottom up, with their posts.
    chain: Vec<Link<'a>>,
    /// The steps that the caller may take.
    next: Vec<NextStep>,
    /// Whether the caller may give it to another grid.
    may_transfer: bool,
    /// What happened, oldest first.
    trail: Vec<StepView>,
}

impl<'a> UnitRef<'a> {
    pub(super) fn of(published: &'a Published, unit: UnitId) -> Option<Self> {
        let (layer, unit) = published.base.unit(unit)?;
        Some(Self { layer: &layer.layer.name, code: unit.code.as_str(), name: &unit.name })
    }
}

impl<'a> Named<'a> {
    pub(super) fn of(published: &'a Published, unit: Option<UnitId>) -> Option<Self> {
        let (_, unit) = published.base.unit(unit?)?;
        Some(Self { code: unit.code.as_str(), name: &unit.name })
    }
}

impl<'a> Summary<'a> {
    pub(super) fn of(published: &'a Published, report: &'a Report, now: DateTime<Utc>) -> Self {
        let given = &report.given;
        let assigned = report.assigned.unit.and_then(|unit| UnitRef::of(published, unit));
        Self {
            id: report.id,
            number: report.number(),
            stage: report.stage.name(),
            category: &given.category,
            position: [given.position.lon(), given.position.lat()],
            occurred_at: given.occurred_at,
            received_at: given.received_at,
            due_at: given.due_at,
            overdue: report.is_overdue(now),
            text: given.text.as_deref(),
            masked: given.masked,
            source: &given.source,
            source_ref: given.source_ref.as_deref(),
            assigned: assigned.map(|UnitRef { layer, code, name }| AssignedView {
                layer,
                code,
                name,
                revision: report.assigned.revision,
                reason: report.assigned.reason.name(),
            }),
            needs_confirmation: report.needs_confirmation,
            flagged: report.flagged,
        }
    }
}

impl<'a> ReportView<'a> {
    pub(super) fn of(site: &Site, found: &'a Answerable, posts: &'a PostsShown, actor: &Actor) -> Self {
        let (published, report) = (&*found.published, &found.report);
        let (given, filed) = (&report.given, &report.filed);
        let named = |unit: Option<UnitId>| Named::of(published, unit);
        let question = Question::by_rule(site.app.categories.find(&given.category).ok());
        let located = published.locate(given.position, &question);
        let police = published.base.layers().iter().position(|layer| layer.layer.name == "police");
        let police = police.and_then(|place| located.layers[place].as_ref()).map(|answer| answer.unit);
        let facts = report.assigned.unit.and_then(|unit| published.facts(unit));
        let first = StepView::first(report);
        let rest = found.trail.iter().zip(2..).map(|(step, seq)| StepView::of(published, step, seq));
        Self {
            summary: Summary::of(published, report, Utc::now()),
            point: given.crs.parse().ok().map(|crs| Given::new(crs, given.coordinates.into())),
            accuracy_m: given.accuracy_m,
            declared_unit: given.declared_unit.as_deref(),
            outcome: filed.outcome.name(),
            rule: &filed.rule,
            filed: FiledAs {
                revision: filed.revision,
                unit: filed.unit.and_then(|unit| UnitRef::of(published, unit)),
                land: named(filed.land),
                water: named(filed.water),
                police: named(filed.police),
            },
            now: located.responsible.and_then(|(_, unit)| UnitRef::of(published, unit)),
            police: named(police),
            chain: facts.map_or_else(Vec::new, |facts| posts.chain(&facts)),
            next: site.app.moves(report, actor).into_iter().map(NextStep::of).collect(),
            may_transfer: site.app.may_transfer(report, actor),
            trail: std::iter::once(first).chain(rest).collect(),
        }
    }
}

impl NextStep {
    fn of(step: &Move) -> Self {
        let comment = if step.needs_comment { "required" } else { "optional" };
        Self { to: step.to.name(), comment }
    }
}

impl StepView {
    fn first(report: &Report) -> Self {
        Self {
            seq: 1,
            kind: Kind::Created.name(),
            actor: report.given.source.clone(),
            at: report.given.received_at,
            comment: None,
            from: None,
            to: None,
        }
    }

    fn of(published: &Published, step: &TrailStep, seq: u64) -> Self {
        // Stages stand as they are; units by their codes, those that are no more by their ids.
        let shown = |word: &Option<String>| {
            let word = word.as_ref()?;
            let unit = word.parse().ok().and_then(|id: u64| UnitId::try_from(id).ok());
            let code = unit.and_then(|unit| published.base.unit(unit)).map(|(_, unit)| unit.code.to_string());
            Some(code.unwrap_or_else(|| word.clone()))
        };
        Self {
            seq,
            kind: step.kind.name(),
            actor: step.actor.clone(),
            at: step.at,
            comment: step.comment.clone(),
            from: shown(&step.from),
            to: shown(&step.to),
        }
    }
}

/// Figures of reports.
#[derive(Debug, Serialize, ToSchema)]
struct FiguresView {
    /// How many came in.
    reported: u64,
    /// How many are open.
    open: u64,
    /// How many were handled in time.
    on_time: u64,
    /// How many were handled late, or are late.
    overdue: u64,
    /// How often they were sent back.
    returned: u64,
    /// How many are closed.
    closed: u64,
    /// The median time until they were handled, in hours; null while none is.
    #[schema(required = true)]
    median_hours: Option<f64>,
}

/// The figures of a unit.
#[derive(Debug, Serialize, ToSchema)]
struct UnitRow {
    /// The layer; null for reports that no current unit has.
    #[schema(required = true)]
    layer: Option<String>,
    /// The unit's level.
    #[schema(required = true)]
    level: Option<String>,
    /// Its code.
    #[schema(required = true)]
    code: Option<String>,
    /// Its name.
    #[schema(required = true)]
    name: Option<String>,
    #[serde(flatten)]
    figures: FiguresView,
}

/// Figures per unit, and of all together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportFigures)]
pub(in crate::http) struct FiguresList {
    /// How many units have reports.
    total: usize,
    /// Null: the list is never cut.
    #[schema(required = true)]
    next: Option<String>,
    /// The units that have reports.
    items: Vec<UnitRow>,
    /// All of them together.
    whole: FiguresView,
}

impl FiguresView {
    fn of(figures: &Figures) -> Self {
        Self {
            reported: figures.reported,
            open: figures.open,
            on_time: figures.on_time,
            overdue: figures.overdue,
            returned: figures.returned,
            closed: figures.closed,
            median_hours: figures.median_hours(),
        }
    }
}

impl FiguresList {
    pub(super) fn of(published: &Published, units: &[UnitFigures], whole: &Figures) -> Self {
        let row = |row: &UnitFigures| {
            let found = row.unit.and_then(|unit| published.base.unit(unit));
            UnitRow {
                layer: found.map(|(layer, _)| layer.layer.name.clone()),
                level: found.map(|(layer, unit)| layer.layer.level_name(unit.level).to_owned()),
                code: found.map(|(_, unit)| unit.code.to_string()),
                name: found.map(|(_, unit)| unit.name.clone()),
                figures: FiguresView::of(&row.figures),
            }
        };
        let items: Vec<UnitRow> = units.iter().map(row).collect();
        Self { total: items.len(), next: None, items, whole: FiguresView::of(whole) }
    }
}
