//! A client of a server in this process, which holds every answer against `openapi.json`.

use crate::square;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;
use tower::ServiceExt;
use wangge::app::App;
use wangge::app::access::Policy;
use wangge::http::listen::Peer;
use wangge::http::{Setting, Site, router};
use wangge::store::{Publication, Store};
use wangge::unit::Attributes;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// Waits for something in the runtime that all tests share.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

/// The square town's router under a policy.
pub fn town(policy: Policy) -> Router {
    let (_, router, folder) = opened(policy);
    // For as long as the tests run: what is retired or was before is asked of the file.
    let _ = folder.keep();
    router
}

/// The same with the app behind it, and the folder of its file, without which nothing new is read from it.
pub fn opened(policy: Policy) -> (Arc<App>, Router, tempfile::TempDir) {
    wait(async {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = folder.path().join("town.gpkg");
        let store = Store::create(&path).await.unwrap();
        let effective_from = square::revision().effective_from;
        let layers = square::layers();
        let note = Some("demo".to_owned());
        let first =
            Publication { prev: None, effective_from, note, attributes: Attributes::new(), layers: &layers };
        store.publish(&first).await.unwrap();
        store.replace_posts(&square::posts()).await.unwrap();
        let app = App::open(store, policy).await.unwrap();
        let router = router(Site::new(app.clone(), Setting::default())).unwrap();
        (app, router, folder)
    })
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Client {
    router: Router,
    peer: SocketAddr,
    headers: Vec<(String, String)>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    /// A program on the server's machine.
    pub fn local() -> Self {
        static TOWN: LazyLock<Router> = LazyLock::new(|| town(Policy::default()));
        Self::of(TOWN.clone(), "127.0.0.1:50000")
    }

    /// Somebody elsewhere, asking a server with or without `--public-read`.
    pub fn stranger(public_read: bool) -> Self {
        static OPEN: LazyLock<Router> = LazyLock::new(|| town(Policy { public_read: true }));
        static CLOSED: LazyLock<Router> = LazyLock::new(|| town(Policy::default()));
        let router = if public_read { OPEN.clone() } else { CLOSED.clone() };
        Self::of(router, "192.0.2.7:50000")
    }

    pub fn of(router: Router, peer: &str) -> Self {
        let headers = vec![("host".to_owned(), "127.0.0.1:8080".to_owned())];
        Self { router, peer: peer.parse().unwrap(), headers }
    }

    /// The same client with one header more, or another value for it.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same client without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    pub fn delete(&self, uri: &str) -> Answer {
        self.send("DELETE", uri, Vec::new())
    }

    pub fn get(&self, uri: &str) -> Answer {
        self.send("GET", uri, Vec::new())
    }

    pub fn post(&self, uri: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.clone().with("content-type", content_type).send("POST", uri, body.into())
    }

    pub fn post_json(&self, uri: &str, body: &Value) -> Answer {
        self.post(uri, "application/json", body.to_string())
    }

    /// Sends a request, and holds the answer against the description.
    pub fn send(&self, method: &str, uri: &str, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !body.is_empty() {
            request = request.header("content-length", body.len());
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(Peer { address: self.peer, tls: false });
        let router = self.router.clone();
        let answer = wait(async {
            let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            Answer { status: parts.status.as_u16(), headers: parts.headers, body }
        });
        describes(method, uri, &answer);
        answer
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// Status, code, field of a problem, `-` for no field.
    pub fn problem(&self) -> (u16, String, String) {
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or("-").to_owned();
        (self.status, text("code"), text("field"))
    }
}

static DOCUMENT: LazyLock<Arc<Value>> =
    LazyLock::new(|| Arc::new(serde_json::from_str(wangge::http::openapi::document()).unwrap()));

/// Fails when an answer is not what the description says of its operation.
fn describes(method: &str, uri: &str, answer: &Answer) {
    let what = format!("{method} {uri}: {}", answer.status);
    assert_ne!(answer.header("x-request-id"), "", "{what} has no request id");
    let media = answer.header("content-type").split(';').next().unwrap().to_owned();
    if answer.status >= 400 {
        assert_eq!(media, "application/problem+json", "{what}");
        let body = answer.json();
        let reference = json!({ "$ref": "#/components/schemas/Problem" });
        valid(&what, &reference, &body);
        assert_eq!(body["status"], answer.status, "{what}");
        assert_eq!(body["request_id"], answer.header("x-request-id"), "{what}");
    }
    let path = uri.split('?').next().unwrap();
    let described = if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
    let Some(operation) = operation(&described, path) else {
        let page =
            !path.starts_with("/api/v1") && !path.starts_with("/tiles") && !path.starts_with("/styles");
        assert!(answer.status >= 400 || page, "{what} is not described");
        return;
    };
    let responses = &operation["responses"];
    let status = answer.status.to_string();
    let response =
        responses.get(&status).or_else(|| responses.get("default").filter(|_| answer.status >= 400));
    let response = response.unwrap_or_else(|| panic!("{what} is not described"));
    if answer.body.is_empty() {
        return;
    }
    let content = &response["content"][&media];
    assert!(content.is_object(), "{what} is described without {media}");
    if media == "application/json" || media.ends_with("+json") {
        valid(&what, &content["schema"], &answer.json());
    }
}

fn valid(what: &str, schema: &Value, instance: &Value) {
    let schema = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(instance).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{what} is not as described: {errors:#?}\n{instance:#}");
}

/// The operation of an address; fixed segments go before parameters.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let fits = |template: &str| {
        let (ours, theirs): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let fit = |(a, b): (&&str, &&str)| a == b || (a.starts_with('{') && !b.is_empty());
        ours.len() == theirs.len() && ours.iter().zip(&theirs).all(fit)
    };
    let mut found: Vec<&String> = paths.keys().filter(|template| fits(template)).collect();
    found.sort_by_key(|template| template.matches('{').count());
    found.first().and_then(|template| paths[*template].get(method))
}
