//! A route's own door: may the caller, and is there room.

use super::Site;
use super::guard::{self, Standing};
use super::metrics::Tally;
use super::problem::{Code, Problem};
use crate::app::access::{Caller, Rule};
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a request costs, and so with which others it shares its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Next to nothing: health, files of the page.
    Free,
    /// Microseconds: a point, a unit.
    Lookup,
    /// Milliseconds: lists, batches.
    List,
    /// A tile, drawn when it is not cached.
    Tile,
    /// A stream without an end that we know.
    Stream,
    /// A whole file.
    Export,
    /// A report that comes in: shed last.
    Intake,
    /// A line that stays open.
    Live,
}

/// The places of each class. One request more is told to come back, so that a flood of one class leaves
/// the others alive.
#[derive(Debug)]
pub(super) struct Places {
    lookup: Arc<Semaphore>,
    list: Arc<Semaphore>,
    tile: Arc<Semaphore>,
    stream: Arc<Semaphore>,
    export: Arc<Semaphore>,
    intake: Arc<Semaphore>,
    live: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        let places = |n| Arc::new(Semaphore::new(n));
        Self {
            lookup: places(512),
            list: places(64),
            tile: places(256),
            stream: places(16),
            export: places(2),
            intake: places(4_096),
            live: places(256),
        }
    }
}

impl Places {
    /// A place, free again when it is dropped; `None` for a class that needs none.
    pub(super) fn take(&self, class: Class) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        let places = match class {
            Class::Free => return Ok(None),
            Class::Lookup => &self.lookup,
            Class::List => &self.list,
            Class::Tile => &self.tile,
            Class::Stream => &self.stream,
            Class::Export => &self.export,
            Class::Intake => &self.intake,
            Class::Live => &self.live,
        };
        let taken = places.clone().try_acquire_owned();
        taken.map(Some).map_err(|_full| {
            ::metrics::counter!("wangge_shed_total", "class" => format!("{class:?}").to_lowercase())
                .increment(1);
            Problem::busy("too many requests of this kind are being answered")
        })
    }
}

/// What the table says of a route.
#[derive(Debug)]
pub(super) struct Door {
    pub rule: Rule,
    pub class: Class,
    pub tally: Arc<Tally>,
}

/// A handler behind its door.
#[derive(Clone, Debug)]
pub(super) struct Behind<H> {
    pub door: Arc<Door>,
    pub handler: H,
}

impl<T, H> Handler<T, Arc<Site>> for Behind<H>
where
    T: 'static,
    H: Handler<T, Arc<Site>>,
{
    type Future = BoxFuture<'static, Response>;

    /// Lets a request in, or says why not.
    fn call(self, mut request: Request, site: Arc<Site>) -> Self::Future {
        let Self { door, handler } = self;
        Box::pin(async move {
            let mut answer = match door.enter(&site, &mut request).await {
                Ok(place) => hold(handler.call(request, site).await, place, door.class),
                Err(problem) => problem.into_response(),
            };
            answer.extensions_mut().insert(door.tally.clone());
            answer
        })
    }
}

impl Door {
    /// What takes a role is decided by what the store says now, not by what was known a second ago.
    async fn enter(
        &self,
        site: &Site,
        request: &mut Request,
    ) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        if matches!(self.rule, Rule::Needs(_) | Rule::Either(..)) && site.app.refresh_people().await? {
            guard::mark(site, request).await?;
        }
        self.judge(site, request.extensions().get())?;
        site.places.take(self.class)
    }

    fn judge(&self, site: &Site, standing: Option<&Standing>) -> Result<(), Problem> {
        let distrust = standing.and_then(|s| s.distrust.clone());
        // Whoever sent a token that opens nothing would otherwise be answered as somebody else.
        if let Some(problem) = distrust.clone().filter(|p| p.code == Code::Unauthenticated)
            && self.rule != Rule::Open
        {
            return Err(problem);
        }
        let caller = standing.map_or(&Caller::Anonymous, |s| &s.caller);
        let may = site.app.policy.may(caller, self.rule);
        may.map_err(|denied| distrust.unwrap_or_else(|| denied.into()))
    }
}

/// Keeps the place until the last byte of an answer that is made, or lies in memory, while it is sent. A receipt, and a
/// problem, which has no body yet, are left as they are: wrapped, nobody behind would know their size, and they would be
/// pressed.
fn hold(answer: Response, place: Option<OwnedSemaphorePermit>, class: Class) -> Response {
    let lasts = match class {
        Class::Intake => answer.body().size_hint().exact().is_none(),
        Class::Stream | Class::Export | Class::Live => !answer.body().is_end_stream(),
        Class::Free | Class::Lookup | Class::List | Class::Tile => false,
    };
    if !lasts {
        return answer;
    }
    answer.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _ = &place;
            frame
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::App;
    use crate::app::access::{Policy, Role};
    use crate::http::Setting;
    use crate::http::listen::Peer;
    use crate::store::{Act, Publication, Store};
    use crate::unit::{Account, Attributes, Grant};
    use axum::http::header;

    #[test]
    fn one_request_too_many_of_a_class_is_told_to_come_back_and_others_are_not() {
        let places = Places::default();
        let (first, _second) = (places.take(Class::Export).unwrap(), places.take(Class::Export).unwrap());
        assert_eq!(places.take(Class::Export).unwrap_err().code, Code::Busy);
        assert!(places.take(Class::Lookup).is_ok() && places.take(Class::Free).is_ok());
        drop(first);
        assert!(places.take(Class::Export).is_ok());
    }

    /// What a request from this machine gets at a door.
    async fn ask(site: &Site, rule: Rule) -> Result<(), Code> {
        let mut request = Request::new(Body::empty());
        request.headers_mut().insert(header::HOST, "localhost:8080".parse().unwrap());
        let peer = Peer { address: "127.0.0.1:5000".parse().unwrap(), tls: false };
        request.extensions_mut().insert(peer);
        guard::mark(site, &mut request).await.unwrap();
        let door = Door { rule, class: Class::Free, tally: Arc::new(Tally::of("x")) };
        door.enter(site, &mut request).await.map(|_| ()).map_err(|problem| problem.code)
    }

    #[tokio::test]
    async fn what_takes_a_role_is_decided_by_what_the_store_says_now() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("x.gpkg")).await.unwrap();
        let (at, attributes) = (chrono::DateTime::UNIX_EPOCH, Attributes::new());
        let empty = Publication { prev: None, effective_from: at, note: None, attributes, layers: &[] };
        store.publish(&empty).await.unwrap();
        let app = App::open(store.clone(), Policy::default()).await.unwrap();
        let site = Site::new(app, Setting::default());
        let draws = Rule::Needs(Role::Planner);
        assert_eq!(ask(&site, draws).await, Ok(()), "local, without any account");
        let lan = Account {
            name: "lan".into(),
            display_name: "lan".into(),
            grants: [Grant { role: Role::Viewer, layer: None }].into(),
            territory: std::collections::BTreeSet::new(),
            created_at: at,
            disabled_at: None,
        };
        let data = serde_json::json!({});
        let act = Act { at, actor: "cli", action: "account.added", subject: "lan", data };
        store.add_account(&lan, "$argon2id$x", &act).await.unwrap();
        assert_eq!(ask(&site, Rule::Read).await, Ok(()), "a reader is up to a second behind");
        assert_eq!(ask(&site, draws).await, Err(Code::Unauthenticated), "whoever writes is not");
        assert_eq!(ask(&site, Rule::Read).await, Err(Code::Unauthenticated));
        store.close().await;
        let away = ask(&site, draws).await.unwrap_err();
        assert!(
            away != Code::Unauthenticated,
            "nobody is let in, and nobody turned away as unknown: {away:?}"
        );
    }
}
