//! A request as a form.

use crate::app::{Question, Telling};
use crate::geom::crs::Crs;
use crate::http::Site;
use crate::http::problem::{Code, Problem};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What the standard has beside that and is not kept: persons, addresses in words, pictures elsewhere.
const NOT_KEPT: [&str; 10] = [
    "jurisdiction_id",
    "api_key",
    "address_string",
    "address_id",
    "email",
    "device_id",
    "account_id",
    "first_name",
    "last_name",
    "phone",
];

/// What is kept.
const KEPT: [&str; 4] = ["service_code", "lat", "long", "description"];

/// Reads a form. Without a key it is filed under one of its own.
pub(super) fn read(
    site: &Site,
    source: &str,
    key: Option<String>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Telling, Problem> {
    let pairs: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let known = |name: &str| KEPT.contains(&name) || NOT_KEPT.contains(&name) || name == "media_url";
    if let Some(name) = pairs.keys().find(|name| !known(name)) {
        let name: String = name.chars().take(80).collect();
        let detail = format!("{name} is not a field here");
        return Err(Problem::new(Code::UnknownParameter, detail).at(name).expecting(KEPT.join(", ")));
    }
    let field = |name: &str| pairs.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let degrees = |name: &'static str| -> Result<f64, Problem> {
        let expected = "degrees, WGS 84; a place in words is not enough here";
        let text = field(name).ok_or_else(|| Problem::missing(name, expected))?;
        let number: Option<f64> = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| Problem::bad_value(name, expected, format!("{text:?}")))
    };
    let code = field("service_code");
    let code = code.ok_or_else(|| Problem::missing("service_code", "a code of /open311/v2/services.json"))?;
    let category = site.app.categories.find(code)?;
    let coordinates = (degrees("long")?, degrees("lat")?);
    let telling = Telling {
        key: key.unwrap_or_else(|| format!("open311-{}", super::super::finish::new_request_id())),
        body: Sha256::digest(body).into(),
        source: source.to_owned(),
        crs: Crs::Wgs84,
        coordinates,
        position: Crs::Wgs84.to_lattice(coordinates.0, coordinates.1)?,
        accuracy_m: None,
        category,
        occurred_at: now,
        text: field("description").map(str::to_owned),
        source_ref: None,
        declared_unit: None,
        question: Question::by_rule(Some(category)),
    };
    telling.check(now)?;
    Ok(telling)
}
