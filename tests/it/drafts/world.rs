//! The square town with planners at work. A step is 0.001 degree, see [`crate::square`].

use crate::{postgis, square};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use wangge::app::access::{Actor, Duties, Policy, Territory};
use wangge::app::drafting::{DraftError, DraftWords, Drawn, Review, Working};
use wangge::app::{App, Order};
use wangge::snapshot::LayerSource;
use wangge::store::{Location, Publication, Store};
use wangge::unit::{Attributes, Code, Unit};

/// A running app over a store of its own.
pub struct Town {
    pub app: Arc<App>,
    place: Location,
    folder: TempDir,
}

/// Who draws.
pub fn planner() -> Actor {
    Actor { name: "planner".into(), duties: Duties::All, territory: Territory::Everywhere, four_eyes: true }
}

/// Who approves.
pub fn approver() -> Actor {
    Actor { name: "approver".into(), ..planner() }
}

/// A place of the town as JSON.
fn at((x, y): (f64, f64)) -> Value {
    json!([110.0 + x / 1000.0, 25.0 + y / 1000.0])
}

/// A line of the town as JSON.
pub fn line(points: &[(f64, f64)]) -> Value {
    points.iter().copied().map(at).collect()
}

/// Redraws a border along a line.
pub fn redraw(points: &[(f64, f64)]) -> Value {
    json!({"kind": "replace_path", "path": line(points)})
}

/// Moves a vertex.
pub fn move_node(from: (f64, f64), to: (f64, f64)) -> Value {
    json!({"kind": "move_node", "at": at(from), "to": at(to)})
}

/// Cuts a unit; what lies on the left stays.
pub fn split(unit: &str, code: &str, points: &[(f64, f64)]) -> Value {
    json!({"kind": "split", "unit": unit, "path": line(points), "new": {"code": code, "name": code}, "keep": "left"})
}

/// Sets one field of a unit.
pub fn set(unit: &str, field: &str, old: &str, new: &str) -> Value {
    json!({"kind": "set_attributes", "unit": unit, "set": {field: {"old": old, "new": new}}})
}

impl Town {
    /// In a GeoPackage.
    pub async fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Location::from(&folder.path().join("town.gpkg"));
        Self::build(place, folder, &square::layers()).await
    }

    /// Other layers than the square town's, in a GeoPackage.
    pub async fn of(layers: &[LayerSource]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Location::from(&folder.path().join("town.gpkg"));
        Self::build(place, folder, layers).await
    }

    /// In a database.
    pub async fn database() -> Self {
        Self::build(postgis::place().await, tempfile::tempdir().unwrap(), &square::layers()).await
    }

    async fn build(place: Location, folder: TempDir, layers: &[LayerSource]) -> Self {
        let store = Store::create(place.clone()).await.unwrap();
        let first = Publication {
            prev: None,
            effective_from: Utc::now() - TimeDelta::days(3),
            note: Some("demo".into()),
            attributes: Attributes::new(),
            layers,
        };
        store.publish(&first).await.unwrap();
        let app = App::open(store, Policy::default()).await.unwrap();
        Self { app, place, folder }
    }

    /// The same store in a new process, as it were.
    pub async fn reopened(self) -> Self {
        let Self { app, place, folder } = self;
        app.store().clone().close().await;
        drop(app);
        let store = Store::open(place.clone()).await.unwrap();
        Self { app: App::open(store, Policy::default()).await.unwrap(), place, folder }
    }

    /// What another one would find in the store.
    pub async fn node_or_same(&self) -> wangge::app::Published {
        wangge::app::Published::new(self.app.store().load_head().await.unwrap()).unwrap()
    }

    /// Another node on the same database.
    pub async fn node(&self) -> Arc<App> {
        App::open(Store::open(self.place.clone()).await.unwrap(), Policy::default()).await.unwrap()
    }

    pub async fn begin(&self, title: &str) -> u64 {
        let words =
            DraftWords { layer: "land".into(), title: title.into(), reason: "试".into(), document: None };
        self.app.begin_draft(words, &planner(), Utc::now()).await.unwrap().draft.id
    }

    /// The draft and the version that it has.
    pub async fn seen(&self, id: u64) -> (u64, u64) {
        (id, self.app.working(id).await.unwrap().draft.version)
    }

    pub async fn try_draw(&self, id: u64, mut operation: Value, actor: &Actor) -> Result<Drawn, DraftError> {
        operation["layer"] = "land".into();
        let operation = serde_json::from_value(operation).unwrap();
        self.app.add_operation(self.seen(id).await, operation, actor, Utc::now()).await
    }

    pub async fn draw(&self, id: u64, operation: Value) -> Drawn {
        let said = operation.to_string();
        self.try_draw(id, operation, &planner()).await.unwrap_or_else(|e| panic!("{said}: {e:?}"))
    }

    /// A new draft with operations.
    pub async fn drawn(&self, title: &str, operations: &[Value]) -> u64 {
        let id = self.begin(title).await;
        for operation in operations {
            self.draw(id, operation.clone()).await;
        }
        id
    }

    pub async fn review(&self, id: u64, review: Review, who: &Actor) -> Result<Arc<Working>, DraftError> {
        self.app.review(self.seen(id).await, review, None, who, Utc::now()).await
    }

    pub async fn approve(&self, id: u64) {
        self.review(id, Review::Submit, &planner()).await.unwrap();
        self.review(id, Review::Approve(None), &approver()).await.unwrap();
    }

    pub async fn try_publish(&self, id: u64, order: Order) -> Result<Arc<Working>, DraftError> {
        self.app.publish(self.seen(id).await, order, &approver(), Utc::now()).await
    }

    pub async fn publish(&self, id: u64) {
        self.try_publish(id, Order::default()).await.unwrap();
    }

    pub async fn schedule(&self, id: u64, at: DateTime<Utc>) {
        self.try_publish(id, Order { at: Some(at), ..Order::default() }).await.unwrap();
    }

    pub fn head(&self) -> u64 {
        self.app.published().revision().number
    }

    pub fn unit(&self, code: &str) -> Option<Unit> {
        let published = self.app.published();
        published.unit("land", &Code::try_from(code).unwrap()).map(|facts| facts.unit.clone())
    }

    /// The land grid at a place of the town.
    pub fn owner(&self, x: f64, y: f64) -> Option<String> {
        let published = self.app.published();
        let land = published.base.layer("land").unwrap();
        let unit = land.coverage.unit(land.index.owner(square::at(x, y)))?;
        land.units.get(unit).map(|unit| unit.code.to_string())
    }
}
