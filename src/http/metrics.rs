//! The process's numbers, kept for whoever asks `/metrics`.

use crate::app::App;
use ::metrics::{Counter, Histogram};
use axum::http::{Method, StatusCode};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

/// Upper ends of the classes of durations, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The recorder of this process; there is one, however many sites tests open.
fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS).expect("the list is not empty");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if ::metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another recorder of metrics is installed; /metrics will be empty");
        }
        handle
    })
}

/// Starts counting. Called once a site is built, again without effect.
pub(super) fn install() {
    recorder();
}

/// What is counted of one route. The recorder is asked for each number once, and then left alone.
#[derive(Debug)]
pub(super) struct Tally {
    route: &'static str,
    seconds: Histogram,
    /// Few: a route has a method or two and a handful of statuses.
    answers: RwLock<Vec<Answers>>,
}

#[derive(Debug)]
struct Answers {
    method: &'static str,
    status: StatusCode,
    count: Counter,
}

impl Tally {
    /// The numbers of the route with this pattern.
    pub(super) fn of(route: &'static str) -> Self {
        let seconds = ::metrics::histogram!("wangge_request_seconds", "route" => route);
        Self { route, seconds, answers: RwLock::default() }
    }

    /// Counts one answer.
    pub(super) fn count(&self, method: &Method, status: StatusCode, took: Duration) {
        self.seconds.record(took.as_secs_f64());
        let method = word(method);
        if !self.count_known(method, status) {
            let labels = [("route", self.route), ("method", method), ("status", status.as_str())]
                .map(|(k, v)| (k, v.to_owned()));
            let count = ::metrics::counter!("wangge_requests_total", &labels);
            count.increment(1);
            let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
            answers.push(Answers { method, status, count });
        }
    }

    fn count_known(&self, method: &'static str, status: StatusCode) -> bool {
        let answers = self.answers.read().unwrap_or_else(PoisonError::into_inner);
        let known = answers.iter().find(|known| known.status == status && known.method == method);
        known.inspect(|known| known.count.increment(1)).is_some()
    }
}

/// A client may make methods up; they are one.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        _ => "other",
    }
}

/// Notes how the server is at this moment: the revision, and how the store is that it follows.
pub(super) fn note(app: &App) {
    let (store, revision) = (app.store_health(), app.published().revision().number);
    let set = |name, value: f64| ::metrics::gauge!(name).set(value);
    set("wangge_revision", revision as f64);
    set("wangge_revisions_behind", store.head.saturating_sub(revision) as f64);
    set("wangge_store_answers", f64::from(u8::from(store.answers)));
    set("wangge_store_writable", f64::from(u8::from(store.writable)));
    set("wangge_store_diverged", f64::from(u8::from(store.diverged)));
    set("wangge_store_answered_seconds_ago", store.answered_at.elapsed().as_secs_f64());
    ::metrics::counter!("wangge_follow_failures_total").absolute(store.failures);
    if let Some(snapshot) = app.snapshot_health() {
        set("wangge_snapshot_revision", snapshot.revision.unwrap_or(0) as f64);
        ::metrics::counter!("wangge_snapshot_failures_total").absolute(snapshot.failures);
    }
}

/// All numbers in Prometheus' text format.
pub(super) fn render() -> String {
    recorder().render()
}

/// Folds samples together every few seconds for ever: unread, they would pile up.
pub async fn keep_tidy() {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    loop {
        tick.tick().await;
        recorder().run_upkeep();
    }
}
