//! Who calls: `Host` and `Origin` are checked before anything else.
//!
//! While the file has no account, this machine is trusted with every role. What tells this machine from a
//! foreign page in its browser is the name in `Host` (DNS rebinding brings a foreign one) and the page in
//! `Origin` (a cross-site request brings one). Where a caller is told to be local, all three hold: the
//! connection is from loopback, the name is a loopback name, and no foreign page stands behind it.

use super::listen::Peer;
use super::problem::{Code, Problem};
use crate::app::access::Caller;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Uri, header};
use std::net::IpAddr;

/// Headers of a proxy: whoever is behind one is not this machine.
const FORWARDED: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/// What was found out about the caller.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// Where the caller stands.
    pub caller: Caller,
    /// Why a caller on this machine is not treated as local.
    pub distrust: Option<Problem>,
}

/// Marks a request with its [`Standing`]; turns cross-site writes away at once.
pub(super) fn mark(request: &mut Request) -> Result<(), Problem> {
    let standing = standing(request.extensions().get(), request.uri(), request.headers());
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    match standing.distrust {
        Some(problem) if !safe && problem.code == Code::ForeignOrigin => Err(problem),
        _ => {
            request.extensions_mut().insert(standing);
            Ok(())
        }
    }
}

fn standing(peer: Option<&Peer>, uri: &Uri, headers: &HeaderMap) -> Standing {
    let anonymous = |distrust| Standing { caller: Caller::Anonymous, distrust };
    let Some(authority) = authority(uri, headers) else {
        return anonymous(Some(foreign_host("")));
    };
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or("null");
        if !is_same_site(origin, &authority) {
            return anonymous(Some(foreign_origin(origin, &authority)));
        }
    }
    let here = peer.is_some_and(|p| p.address.ip().to_canonical().is_loopback());
    if !here || FORWARDED.iter().any(|name| headers.contains_key(*name)) {
        return anonymous(None);
    }
    if !is_loopback_name(host(&authority)) {
        return anonymous(Some(foreign_host(&authority)));
    }
    Standing { caller: Caller::Local, distrust: None }
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
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], (Caller, Option<Code>));
        let (here, there) = ("127.0.0.1:5000", "192.0.2.1:5000");
        let local = (Caller::Local, None);
        let host = (Caller::Anonymous, Some(Code::ForeignHost));
        let origin = (Caller::Anonymous, Some(Code::ForeignOrigin));
        let stranger = (Caller::Anonymous, None);
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
            assert_eq!(ask(peer, headers), *expected, "{peer} {headers:?}");
        }
    }
}
