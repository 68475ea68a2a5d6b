//! Who calls: `Host` and `Origin` are checked before anything else.
//!
//! While the store has no account, this machine is trusted with every role. What tells this machine from a
//! foreign page in its browser is the name in `Host` (DNS rebinding brings a foreign one) and the page in
//! `Origin` (a cross-site request brings one). Where a caller is told to be local, all three hold: the
//! connection is from loopback, the name is a loopback name, and no foreign page stands behind it.
//!
//! Where there are accounts, any name will do, because nobody is trusted for where they are: a page under a
//! foreign name has no cookie of ours. A request of a foreign page is nobody's whatever it brings along. See
//! decision 024.

use super::cookie;
use super::listen::Peer;
use super::problem::{Code, Problem};
use super::site::Site;
use crate::app::access::Caller;
use crate::app::access::secret::Secret;
use crate::app::{CallerError, Credential};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri, header};
use chrono::Utc;
use std::net::IpAddr;

/// Headers of a proxy: whoever is behind one is not this machine.
const FORWARDED: [&str; 6] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/// What was found out about the caller.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// Where the caller stands.
    pub caller: Caller,
    /// Why a caller is not taken for what they seem to be: local, or somebody with a token.
    pub distrust: Option<Problem>,
}

/// Marks a request with its [`Standing`]; turns cross-site writes away at once.
pub(super) async fn mark(site: &Site, request: &mut Request) -> Result<(), Problem> {
    let standing = if site.app.has_accounts() {
        let credential = credential(request.extensions().get(), request.uri(), request.headers());
        signed_in(site, credential).await
    } else {
        standing(request.extensions().get(), request.uri(), request.headers())
    };
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match standing.distrust {
        Some(problem) if !safe && problem.code == Code::ForeignOrigin => Err(problem),
        _ => {
            request.extensions_mut().insert(standing);
            Ok(())
        }
    }
}

/// Who asks where there is no account.
fn standing(peer: Option<&Peer>, uri: &Uri, headers: &HeaderMap) -> Standing {
    let anonymous = |distrust| Standing { caller: Caller::Anonymous, distrust };
    let authority = match expected(uri, headers) {
        Ok(authority) => authority,
        Err(problem) => return anonymous(Some(problem)),
    };
    let here = peer.is_some_and(|p| p.address.ip().to_canonical().is_loopback());
    if !here || FORWARDED.iter().any(|name| headers.contains_key(*name)) {
        return anonymous(None);
    }
    if !is_loopback_name(host(&authority)) {
        return anonymous(Some(foreign_host(&authority)));
    }
    Standing { caller: Caller::Local, distrust: None }
}

/// The name under which this server was asked, when no foreign page asks.
fn expected(uri: &Uri, headers: &HeaderMap) -> Result<String, Problem> {
    let authority = authority(uri, headers).ok_or_else(|| foreign_host(""))?;
    match headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null")) {
        Some(origin) if !is_same_site(origin, &authority) => Err(foreign_origin(origin, &authority)),
        _ => Ok(authority),
    }
}

/// What says who asks where there are accounts. A token goes before a cookie.
fn credential(peer: Option<&Peer>, uri: &Uri, headers: &HeaderMap) -> Result<Credential, Problem> {
    expected(uri, headers)?;
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        let token = given.to_str().ok().and_then(|text| text.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let wrong = || Problem::unauthenticated("a token comes as `Authorization: Bearer TOKEN`");
        return token.map(|(_, token)| Credential::Token(Secret::given(token.trim()))).ok_or_else(wrong);
    }
    let secret = cookie::read(headers, peer.is_some_and(|peer| peer.tls));
    Ok(secret.map_or(Credential::None, Credential::Session))
}

async fn signed_in(site: &Site, credential: Result<Credential, Problem>) -> Standing {
    let caller = match credential {
        Ok(credential) => site.app.caller(&credential, Utc::now()).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match caller {
        Ok(caller) => Standing { caller, distrust: None },
        Err(problem) => Standing { caller: Caller::SignedOut, distrust: Some(problem) },
    }
}

impl From<CallerError> for Problem {
    fn from(error: CallerError) -> Self {
        match error {
            CallerError::Token => Self::unauthenticated(error.to_string()).at("authorization"),
            CallerError::Busy => Self::busy(&error.to_string()),
            CallerError::Store(error) => error.into(),
        }
    }
}

/// The name and port that the request was sent to; `None` when it has none, two, or they differ.
fn authority(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let mut names = headers.get_all(header::HOST).iter().map(|h| h.to_str().ok());
    let (first, second) = (names.next(), names.next());
    let in_header = match (first, second) {
        (_, Some(_)) | (Some(None), None) => return None,
        (first, None) => first.flatten().map(str::to_ascii_lowercase),
    };
    let in_uri = uri.authority().map(|a| a.as_str().to_ascii_lowercase());
    match (in_uri, in_header) {
        (Some(a), Some(b)) if a != b => None,
        (a, b) => a.or(b).filter(|name| !name.is_empty()),
    }
}

/// `[::1]:8080` and `localhost:8080` without the port.
fn host(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => authority.split(':').next().unwrap_or(authority),
    }
}

fn is_loopback_name(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// Whether a page of `origin` is one that this server sent out under the name of the request.
fn is_same_site(origin: &str, authority: &str) -> bool {
    let rest = origin.strip_prefix("http://").map(|a| (a, ":80"));
    let rest = rest.or_else(|| origin.strip_prefix("https://").map(|a| (a, ":443")));
    rest.is_some_and(|(name, port)| {
        let name = name.to_ascii_lowercase();
        name == authority || format!("{name}{port}") == authority || name == format!("{authority}{port}")
    })
}

fn foreign_host(authority: &str) -> Problem {
    let authority: String = authority.chars().take(80).collect();
    let detail = if authority.is_empty() {
        "the request names no host, or two".to_owned()
    } else {
        format!("{authority} is not a name of this machine, and this server answers only this machine")
    };
    Problem::new(Code::ForeignHost, detail).at("host").expecting("localhost, 127.0.0.1 or [::1]")
}

fn foreign_origin(origin: &str, authority: &str) -> Problem {
    let origin: String = origin.chars().take(80).collect();
    let authority: String = authority.chars().take(80).collect();
    Problem::new(Code::ForeignOrigin, format!("a page of {origin} may not send requests here"))
        .at("origin")
        .expecting(format!("no origin, or http://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(peer: &str, headers: &[(&str, &str)]) -> (Caller, Option<Code>) {
        let peer = Peer { address: peer.parse().unwrap(), tls: false };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(axum::http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        let standing = standing(Some(&peer), &Uri::from_static("/"), &map);
        (standing.caller, standing.distrust.map(|p| p.code))
    }

    #[test]
    fn only_this_machine_under_its_own_name_without_a_foreign_page_is_local() {
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a (Caller, Option<Code>));
        let (here, there) = ("127.0.0.1:5000", "192.0.2.1:5000");
        let local = &(Caller::Local, None);
        let host = &(Caller::Anonymous, Some(Code::ForeignHost));
        let origin = &(Caller::Anonymous, Some(Code::ForeignOrigin));
        let stranger = &(Caller::Anonymous, None);
        let table: &[Case<'_>] = &[
            (here, &[("host", "127.0.0.1:8080")], local),
            (here, &[("host", "LOCALHOST:8080")], local),
            ("[::1]:9", &[("host", "[::1]:8080")], local),
            ("[::ffff:127.0.0.1]:9", &[("host", "localhost")], local),
            (here, &[("host", "localhost:8080"), ("origin", "http://localhost:8080")], local),
            (here, &[("host", "localhost"), ("origin", "http://localhost")], local),
            (here, &[], host),
            (here, &[("host", "localhost"), ("host", "localhost")], host),
            (here, &[("host", "evil.example:8080")], host),
            (here, &[("host", "127.0.0.1.evil.example")], host),
            (here, &[("host", "localhost.evil.example")], host),
            (here, &[("host", "localhost:8080"), ("origin", "http://localhost:9090")], origin),
            (here, &[("host", "localhost:8080"), ("origin", "https://evil.example")], origin),
            (here, &[("host", "localhost:8080"), ("origin", "null")], origin),
            (here, &[("host", "localhost"), ("x-forwarded-for", "192.0.2.9")], stranger),
            (there, &[("host", "localhost:8080")], stranger),
            (there, &[("host", "192.0.2.2:8080")], stranger),
        ];
        for (peer, headers, expected) in table {
            assert_eq!(ask(peer, headers), **expected, "{peer} {headers:?}");
        }
    }
}
