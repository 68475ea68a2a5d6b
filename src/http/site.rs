//! What all requests share.

use super::admit::Places;
use super::basemap::Basemap;
use super::metrics::{self, Tally};
use crate::app::App;
use axum::http::HeaderValue;
use std::sync::Arc;

/// What whoever starts the server chooses.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// What lies under the grids.
    pub basemap: Basemap,
}

/// A running site: the use cases, and what is fixed while it runs.
#[derive(Debug)]
pub struct Site {
    /// The use cases.
    pub app: Arc<App>,
    /// What whoever started the server chose.
    pub setting: Setting,
    pub(super) places: Places,
    pub(super) content_security_policy: HeaderValue,
    /// What is counted of requests that no route takes.
    pub(super) elsewhere: Arc<Tally>,
}

impl Site {
    /// A site over an open app.
    pub fn new(app: Arc<App>, setting: Setting) -> Arc<Self> {
        metrics::install();
        let content_security_policy = content_security_policy(&setting.basemap);
        let (places, elsewhere) = (Places::default(), Arc::new(Tally::of("none")));
        Arc::new(Self { app, setting, places, content_security_policy, elsewhere })
    }
}

/// What the page may load: itself, the map library's worker, the basemap; no inline script or style.
fn content_security_policy(basemap: &Basemap) -> HeaderValue {
    let origin = basemap.origin().unwrap_or_default();
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {origin}; \
         connect-src 'self' {origin}; worker-src 'self' blob:; font-src 'self'; object-src 'none'; \
         base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    HeaderValue::from_str(&policy).expect("an origin is plain ASCII, checked when the basemap was read")
}
