//! Signing in, who one is, signing out.

use super::extract::{Json, NoQuery, Query};
use super::guard::Standing;
use super::listen::Peer;
use super::problem::{Code, Problem};
use super::{Site, cookie};
use crate::app::SignInError;
use crate::app::access::secret::Secret;
use crate::app::access::{Caller, Role};
use crate::unit::Account;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use utoipa::ToSchema;

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// The account's name; capitals do not matter.
    name: String,
    /// Its password.
    password: String,
}

/// Characters of either that are looked at.
const LONGEST: usize = 256;

impl SignIn {
    fn check(&self) -> Result<(), Problem> {
        for (field, text) in [("name", &self.name), ("password", &self.password)] {
            let length = text.chars().count();
            if !(1..=LONGEST).contains(&length) {
                let got = format!("{length} characters");
                return Err(Problem::bad_value(field, format!("1 to {LONGEST} characters"), got));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for SignIn {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A role that the caller has.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoleView {
    /// `viewer`, `worker`, `planner`, `approver`, `dispatcher`, `auditor` or `admin`.
    role: &'static str,
    /// The layer on which it holds; null for every layer.
    #[schema(required = true)]
    layer: Option<String>,
}

/// A unit of somebody's territory.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroundView {
    /// Its layer.
    layer: String,
    /// Its code.
    code: String,
    /// Its name.
    name: String,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Whether the server has accounts. Without any, whoever sits at it is `local` and may do everything.
    accounts: bool,
    /// Whether somebody else has to approve what one drew.
    four_eyes: bool,
    /// Who asks: an account, `token:NAME` or `local`; null for nobody.
    #[schema(required = true)]
    name: Option<String>,
    /// The name as shown.
    #[schema(required = true)]
    display_name: Option<String>,
    /// What they may be.
    roles: Vec<RoleView>,
    /// The ground on which they may change things, each with what lies below it; empty for all units of the
    /// layers of their roles.
    territory: Vec<GroundView>,
}

impl SessionView {
    fn of(site: &Site, caller: &Caller) -> Self {
        let accounts = site.app.has_accounts();
        let four_eyes = caller.actor().map_or(accounts, |actor| actor.four_eyes);
        let nobody = Self {
            accounts,
            four_eyes,
            name: None,
            display_name: None,
            roles: Vec::new(),
            territory: Vec::new(),
        };
        match caller {
            Caller::Anonymous | Caller::SignedOut => nobody,
            Caller::Local => {
                let roles = Role::ALL.map(|role| RoleView { role: role.name(), layer: None }).into();
                let name = Some("local".to_owned());
                Self { display_name: name.clone(), name, roles, ..nobody }
            }
            Caller::Account(account) => Self {
                name: Some(account.name.clone()),
                display_name: Some(account.display_name.clone()),
                roles: roles(account),
                territory: territory(site, account),
                ..nobody
            },
        }
    }
}

fn roles(account: &Account) -> Vec<RoleView> {
    let view = |grant: &crate::unit::Grant| RoleView { role: grant.role.name(), layer: grant.layer.clone() };
    account.grants.iter().map(view).collect()
}

/// The units that there are at the moment; one that was merged away is not shown.
fn territory(site: &Site, account: &Account) -> Vec<GroundView> {
    let published = site.app.published();
    let view = |id| {
        let (layer, unit) = published.base.unit(id)?;
        let layer = layer.layer.name.clone();
        Some(GroundView { layer, code: unit.code.as_str().into(), name: unit.name.clone() })
    };
    account.territory.iter().filter_map(|&id| view(id)).collect()
}

/// What a request tells of whoever sent it.
#[derive(Debug)]
pub(super) struct Visit {
    caller: Caller,
    from: IpAddr,
    session: Option<Secret>,
    encrypted: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer: Option<&Peer> = parts.extensions.get();
        let standing: Option<&Standing> = parts.extensions.get();
        Ok(Self {
            caller: standing.map_or(Caller::SignedOut, |s| s.caller.clone()),
            from: peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.address.ip()),
            session: cookie::read(&parts.headers, peer.is_some_and(|peer| peer.tls)),
            encrypted: cookie::is_encrypted(peer, &parts.headers),
        })
    }
}

/// Signs in. The answer sets a cookie, which the browser sends along from then on.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = SessionView)))]
pub(super) async fn sign_in(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
    visit: Visit,
    Json(asked): Json<SignIn>,
) -> Result<Response, Problem> {
    asked.check()?;
    let signed_in = site.app.sign_in(&asked.name, &asked.password, visit.from).await?;
    let cookie = cookie::set(&signed_in.secret, signed_in.longest, visit.encrypted);
    let view = SessionView::of(&site, &Caller::Account(signed_in.account));
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(view)).into_response())
}

/// Who asks, and what they may do.
#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = SessionView)))]
pub(super) async fn who(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
    visit: Visit,
) -> axum::Json<SessionView> {
    axum::Json(SessionView::of(&site, &visit.caller))
}

/// Signs out; nothing happens to somebody who is not signed in.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "Signed out")))]
pub(super) async fn sign_out(
    State(site): State<Arc<Site>>,
    _: Query<NoQuery>,
    visit: Visit,
) -> Result<Response, Problem> {
    if let (Some(session), Some(who)) = (&visit.session, visit.caller.actor()) {
        site.app.sign_out(session, &who.name).await?;
    }
    let cookie = cookie::clear(visit.encrypted);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        let said = error.to_string();
        match error {
            SignInError::NoAccounts => Self::new(Code::Denied, said),
            SignInError::Wrong => Self::unauthenticated(said),
            SignInError::TooMany(wait) => Self::new(Code::TooManyAttempts, said).after(wait.as_secs() + 1),
            SignInError::Busy => Self::busy(&said),
            SignInError::Store(error) => error.into(),
        }
    }
}
