//! Reports: none lost, none twice, each with the unit that has its ground.

mod access;
mod backup;
mod crowd;
mod datum;
mod following;
mod killed;
mod life;
mod outage;
mod powerloss;
mod store;
mod tiles;
mod told;
mod weights;

use chrono::{DateTime, Utc};
use serde_json::json;
use wangge::app::access::{Actor, Duties, Territory};
use wangge::report::{Filed, Given};
use wangge::snapshot::Outcome;
use wangge::store::NewReport;
use wangge::unit::UnitId;

/// A moment to the microsecond.
pub fn noon() -> DateTime<Utc> {
    "2026-12-01T04:00:00.123456Z".parse().unwrap()
}

/// Who dispatches everywhere.
pub fn dispatcher() -> Actor {
    let (duties, territory) = (Duties::All, Territory::Everywhere);
    Actor { name: "dispatcher".into(), duties, territory, four_eyes: true }
}

/// A report of the square town, in steps from its south-west corner.
pub fn report(key: &str, (x, y): (f64, f64), unit: Option<u64>) -> NewReport {
    let position = crate::square::at(x, y);
    let unit = unit.map(|id| UnitId::try_from(id).unwrap());
    NewReport {
        key: key.into(),
        body: [7; 32],
        given: Given {
            source: "token:中心".into(),
            crs: "wgs84".into(),
            coordinates: [position.lon(), position.lat()],
            position,
            accuracy_m: Some(12.5),
            category: "waste".into(),
            occurred_at: noon(),
            received_at: noon(),
            due_at: noon() + chrono::TimeDelta::hours(24),
            text: Some("路口有垃圾".into()),
            masked: false,
            source_ref: Some(format!("ref-{key}")),
            declared_unit: None,
        },
        filed: Filed {
            revision: 1,
            outcome: Outcome::Inside,
            rule: "waste".into(),
            unit,
            land: unit,
            water: None,
            police: None,
        },
        needs_confirmation: false,
        receipt: "{\"stage\":\"collected\"}".into(),
        told: json!({"category": "waste"}),
    }
}
