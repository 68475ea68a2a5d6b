//! What `user` and `token` share: the store, passwords, what is written down, units by their codes.

use super::{Failure, open};
use crate::app::access::password;
use crate::snapshot::LayerSource;
use crate::store::{Act, Location, Store, StoreError};
use crate::unit::{UnitId, account_name};
use chrono::{SubsecRound, Utc};
use console::Term;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

/// Opens a store to change who may do what. A file that is served cannot be opened so; then this says what
/// to do.
pub(super) async fn to_change(place: &Location) -> Result<Store, Failure> {
    match Store::open(place).await {
        Err(error @ StoreError::InUse(_)) => {
            let hint = "accounts and tokens of a file change while it is not served: stop the server, do this, \
                and start it again; in PostGIS they change while it is served";
            Err(Failure::environment(hint, error))
        }
        other => Ok(other?),
    }
}

/// What the command line does, for the audit.
pub(super) fn act<'a>(action: &'static str, subject: &'a str, data: Value) -> Act<'a> {
    Act { at: Utc::now().trunc_subsecs(6), actor: "cli", action, subject, data }
}

/// The name of something new.
pub(super) fn new_name(text: &str) -> Result<&str, Failure> {
    account_name(text).map_err(|error| Failure::Usage(error.to_string()))
}

/// A password for an account, from standard input or asked for twice without showing it; what is to be
/// stored of it.
pub(super) fn new_password(name: &str, from_stdin: bool) -> Result<String, Failure> {
    let password = if from_stdin { first_line()? } else { asked(name)? };
    password::check(&password, name).map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(password::hash(&password))
}

fn first_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}

fn asked(name: &str) -> Result<String, Failure> {
    let terminal = Term::stderr();
    if !terminal.is_term() || !console::user_attended() {
        let hint = "nobody can be asked for a password here; give it with --password-stdin";
        return Err(Failure::Usage(hint.into()));
    }
    let ask = |words: String| {
        terminal.write_str(&words)?;
        terminal.read_secure_line()
    };
    let first = ask(format!("password for {name}: "))?;
    if ask("once more: ".into())? == first {
        Ok(first)
    } else {
        Err(Failure::Usage("the two passwords differ; nothing was written".into()))
    }
}

/// The units of the newest revision, for territories.
pub(super) struct Ground(Vec<LayerSource>);

impl Ground {
    /// No units, for those who name none.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Reads it; a store without a revision has none.
    pub(super) async fn of(store: &Store) -> Result<Self, Failure> {
        Ok(Self(if store.head().await?.is_some() { store.load_head().await?.layers } else { Vec::new() }))
    }

    /// The units of codes, each bare or behind its layer: `450305`, `land:450305`.
    pub(super) fn units(&self, codes: &[String]) -> Result<BTreeSet<UnitId>, Failure> {
        codes.iter().map(|code| self.unit(code)).collect()
    }

    fn unit(&self, text: &str) -> Result<UnitId, Failure> {
        let (layer, code) = text.split_once(':').map_or((None, text), |(l, c)| (Some(l), c));
        let layers = self.0.iter().filter(|source| layer.is_none_or(|name| source.layer.name == name));
        let found = layers.flat_map(|source| source.units.iter().map(move |unit| (source, unit)));
        let found: Vec<_> = found.filter(|(_, unit)| unit.code.as_str() == code).collect();
        match found.as_slice() {
            [(_, unit)] => Ok(unit.id),
            [] => Err(Failure::Usage(format!("expected the code of a current unit, got {text}"))),
            several => {
                let written = several.iter().map(|(source, _)| format!("{}:{code}", source.layer.name));
                let written: Vec<String> = written.collect();
                Err(Failure::Usage(format!("{code} is several units; write {}", written.join(" or "))))
            }
        }
    }

    /// How units are written: `land:450305`; one that is no more by its id.
    pub(super) fn codes(&self, units: &BTreeSet<UnitId>) -> Vec<String> {
        let all = self.0.iter().flat_map(|source| source.units.iter().map(move |unit| (source, unit)));
        let codes: BTreeMap<UnitId, String> =
            all.map(|(source, unit)| (unit.id, format!("{}:{}", source.layer.name, unit.code))).collect();
        units.iter().map(|id| codes.get(id).cloned().unwrap_or_else(|| format!("id {id}"))).collect()
    }
}

/// A store with what is done in it, closed however that ends.
pub(super) fn change<T>(
    database: &open::Database,
    work: impl AsyncFnOnce(&Store) -> Result<T, Failure>,
) -> Result<T, Failure> {
    open::wait(async {
        let store = to_change(&database.place()?).await?;
        let done = work(&store).await;
        store.close().await;
        done
    })
}

/// The same to look only, also while a file is served.
pub(super) fn look<T>(
    database: &open::Database,
    work: impl AsyncFnOnce(&Store) -> Result<T, Failure>,
) -> Result<T, Failure> {
    open::wait(async {
        let store = open::to_read(&database.place()?).await?;
        let done = work(&store).await;
        store.close().await;
        done
    })
}
