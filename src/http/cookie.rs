//! The cookie that keeps a browser signed in.
//!
//! `HttpOnly`: no script reads it. `SameSite=Strict`: no foreign page's request brings it. Under TLS it is
//! `Secure` and bears the prefix `__Host-`, so that no other host, and nobody on the way, can plant one; on an
//! encrypted connection one without the prefix is not even looked at. Without TLS, browsers take neither.

use super::listen::Peer;
use crate::app::access::secret::Secret;
use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

const PLAIN: &str = "wangge";
const PREFIXED: &str = "__Host-wangge";

/// The session's secret that a request brings.
pub(super) fn read(headers: &HeaderMap, tls: bool) -> Option<Secret> {
    let names: &[&str] = if tls { &[PREFIXED] } else { &[PREFIXED, PLAIN] };
    names.iter().find_map(|name| named(headers, name)).map(Secret::given)
}

fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, value)| *key == name && is_secret(value)).map(|(_, value)| value)
}

/// Whether a text may be a session's secret at all, so that nothing else is looked up.
fn is_secret(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether the browser is on an encrypted page: the connection is, or a proxy in front of us is, which the
/// browser itself tells in `Origin`.
pub(super) fn is_encrypted(peer: Option<&Peer>, headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    peer.is_some_and(|peer| peer.tls) || origin.is_some_and(|origin| origin.starts_with("https://"))
}

/// The header that hands a session to a browser.
pub(super) fn set(secret: &Secret, longest: Duration, encrypted: bool) -> HeaderValue {
    line(secret.reveal(), longest.as_secs(), encrypted)
}

/// The header that takes it back.
pub(super) fn clear(encrypted: bool) -> HeaderValue {
    line("", 0, encrypted)
}

fn line(value: &str, seconds: u64, encrypted: bool) -> HeaderValue {
    let (name, secure) = if encrypted { (PREFIXED, "; Secure") } else { (PLAIN, "") };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let mut line = HeaderValue::from_str(&text).expect("a secret is hexadecimal");
    line.set_sensitive(true);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, line.parse().unwrap())).collect()
    }

    #[test]
    fn a_cookie_has_its_guards_and_under_tls_its_prefix() {
        let secret = Secret::given("ab".repeat(32));
        let hex = secret.reveal();
        let plain = set(&secret, Duration::from_mins(1), false);
        let expected = format!("wangge={hex}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
        assert_eq!(plain.to_str().unwrap(), expected);
        let secure = set(&secret, Duration::from_mins(1), true);
        let expected = format!("__Host-wangge={hex}; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(secure.to_str().unwrap(), expected);
        assert!(secure.is_sensitive());
        assert_eq!(clear(false).to_str().unwrap(), "wangge=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }

    #[test]
    fn on_an_encrypted_connection_only_the_prefixed_one_counts() {
        let (a, b) = ("ab".repeat(32), "cd".repeat(32));
        let both = cookies(&[&format!("x=1; wangge={a}"), &format!("__Host-wangge={b}")]);
        let plain = cookies(&[&format!("wangge={a}; y=2")]);
        let read = |headers: &HeaderMap, tls| read(headers, tls).map(|s| s.reveal().to_owned());
        assert_eq!((read(&both, true), read(&both, false)), (Some(b.clone()), Some(b)));
        assert_eq!((read(&plain, true), read(&plain, false)), (None, Some(a)));
        for junk in ["wangge=", "wangge=short", &format!("wangge={}", "zz".repeat(32)), "wangge"] {
            assert_eq!(read(&cookies(&[junk]), false), None, "{junk}");
        }
    }
}
