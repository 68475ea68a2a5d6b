//! Filing the demo's reports, by the rules by which a server files and works them.

use crate::app::access::Policy;
use crate::app::{App, OpenError, Question, Telling};
use crate::demo::DemoReport;
use crate::geom::crs::Crs;
use crate::report::Report;
use crate::store::{Filing, NewReport, ReportWrite, Store, StoreError};
use serde_json::json;
use sha2::{Digest, Sha256};

/// Reports that are filed, and steps that are written, in one transaction.
const TOGETHER: usize = 500;

/// Who works the demo's reports.
const DISPATCHER: &str = "示例调度员";

/// Files reports and takes each to where it stands.
pub(super) async fn file(store: &Store, told: &[DemoReport]) -> Result<(), OpenError> {
    if told.is_empty() {
        return Ok(());
    }
    let app = App::open(store.clone(), Policy::default()).await?;
    let new: Vec<NewReport> = told.iter().enumerate().map(|(n, report)| new(&app, n, report)).collect();
    let mut writes = Vec::new();
    for (group, told) in new.chunks(TOGETHER).zip(told.chunks(TOGETHER)) {
        for (filing, told) in store.file_reports(group).await?.into_iter().zip(told) {
            writes.extend(steps(&app, &filing, told).await?);
        }
    }
    writes.sort_by_key(|write| write.step.at);
    for group in writes.chunks(TOGETHER) {
        store.write_reports(group).await?;
    }
    Ok(())
}

fn new(app: &App, n: usize, told: &DemoReport) -> NewReport {
    let position = told.position;
    let telling = Telling {
        key: format!("demo-{n}"),
        body: Sha256::digest(&told.text).into(),
        source: told.source.into(),
        crs: Crs::Wgs84,
        coordinates: (position.lon(), position.lat()),
        position,
        accuracy_m: None,
        category: told.category,
        occurred_at: told.occurred_at,
        text: Some(told.text.clone()),
        source_ref: None,
        declared_unit: None,
        question: Question::by_rule(Some(told.category)),
    };
    let prepared = app.prepare(telling, told.received_at);
    let receipt = json!({ "stage": "collected", "revision": prepared.filed.revision }).to_string();
    prepared.with_receipt(receipt)
}

/// What takes a report along its steps, each from where the one before left it.
async fn steps(app: &App, filing: &Filing, told: &DemoReport) -> Result<Vec<ReportWrite>, StoreError> {
    let (Filing::New(receipt) | Filing::Again(receipt)) = filing else { return Ok(Vec::new()) };
    let Some((mut report, _)) = app.store().report(receipt.id).await? else { return Ok(Vec::new()) };
    let published = app.published();
    let mut writes = Vec::new();
    for (to, at, comment) in &told.steps {
        // The demo knows the table; what it does not lead to is not done.
        let Ok(step) = report.stage.to(*to) else { break };
        let write =
            app.staged(&published, report.clone(), step, (comment.map(str::to_owned), DISPATCHER, *at));
        report = Report { version: write.report.version + 1, ..write.report.clone() };
        writes.push(write);
    }
    Ok(writes)
}
