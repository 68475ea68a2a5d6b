//! The process's numbers, kept for whoever asks `/metrics`.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
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
