//! One request to a program elsewhere: to an allowed host, within a deadline, its answer hardly read.

use super::Hosts;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Url;

/// How long a program may take to answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// Where a program listens, on an allowed host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
    tls: bool,
    path: String,
}

/// Why an address is not told anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no address of a program.
    #[error("expected an address such as https://host.example/path, got {0:?}")]
    NoAddress(String),
    /// Whoever runs the server has not allowed its host.
    #[error("the host {host} is not among those that this server may tell anything: {allowed}")]
    Host {
        /// The host.
        host: String,
        /// Those that are.
        allowed: String,
    },
}

impl Address {
    /// Reads an address, and looks whether its host is allowed.
    pub fn read(text: &str, hosts: &Hosts) -> Result<Self, AddressError> {
        let wrong = || AddressError::NoAddress(text.chars().take(200).collect());
        let url = Url::parse(text).map_err(|_no_url| wrong())?;
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong()),
        };
        let host = url.host_str().ok_or_else(wrong)?.to_lowercase();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong());
        }
        if !hosts.contains(&host) {
            let allowed: Vec<&str> = hosts.iter().map(String::as_str).collect();
            let allowed = if allowed.is_empty() { "none".into() } else { allowed.join(", ") };
            return Err(AddressError::Host { host, allowed });
        }
        let port = url.port_or_known_default().ok_or_else(wrong)?;
        let path =
            url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        Ok(Self { host, port, tls, path })
    }
}

/// Who vouches for programs that are told over TLS.
#[derive(Clone, Debug)]
pub struct Roots(Arc<ClientConfig>);

/// A file that holds no certificate.
#[derive(Debug, thiserror::Error)]
#[error("{file} must hold PEM certificates of authorities: {why}")]
pub struct RootsError {
    file: String,
    why: String,
}

impl Roots {
    /// The authorities that browsers know, and those of a PEM file.
    pub fn new(file: Option<&Path>) -> Result<Self, RootsError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = file {
            let wrong = |why: String| RootsError { file: path.display().to_string(), why };
            let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
            let read: Result<Vec<CertificateDer<'static>>, _> =
                CertificateDer::pem_slice_iter(&pem).collect();
            let own = read.map_err(|error| wrong(error.to_string()))?;
            if own.is_empty() {
                return Err(wrong("there is none in it".into()));
            }
            for certificate in own {
                roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider has the usual protocol versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

/// Sends a body; an error says in a line why it was not taken. Only an answer of the 200s is taking it; redirections are
/// not followed.
pub(super) async fn post(
    address: &Address,
    roots: &Roots,
    headers: &[(&str, String)],
    body: Vec<u8>,
) -> Result<(), String> {
    let mut request = Request::post(&address.path)
        .header(HOST, format!("{}:{}", address.host, address.port))
        .header(USER_AGENT, concat!("wangge/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(|error| error.to_string())?;
    let answer = timeout(DEADLINE, sent(address, roots, request)).await;
    let status = answer.map_err(|_late| format!("no answer within {} s", DEADLINE.as_secs()))??;
    if status.is_success() { Ok(()) } else { Err(format!("answered {status}")) }
}

async fn sent(address: &Address, roots: &Roots, request: Request<Full<Bytes>>) -> Result<StatusCode, String> {
    let host = address.host.trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, address.port)).await.map_err(|error| error.to_string())?;
    if !address.tls {
        return exchanged(stream, request).await;
    }
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(roots.0.clone()).connect(name, stream).await;
    exchanged(stream.map_err(|error| error.to_string())?, request).await
}

async fn exchanged<S>(stream: S, request: Request<Full<Bytes>>) -> Result<StatusCode, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    // Ends with the exchange: dropping the sender closes it.
    let line = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(|error| error.to_string());
    line.abort();
    answer.map(|answer| answer.status())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_allowed_hosts_are_told() {
        let hosts: Hosts = ["a.example", "127.0.0.1", "[::1]"].map(str::to_owned).into();
        let read = |text: &str| Address::read(text, &hosts);
        let there = read("HTTPS://A.example/x/y?z=1").unwrap();
        assert_eq!(
            (there.host.as_str(), there.port, there.tls, there.path.as_str()),
            ("a.example", 443, true, "/x/y?z=1")
        );
        assert_eq!(read("http://127.0.0.1:9000").unwrap().path, "/");
        assert!(read("http://[::1]:1/").is_ok());
        for wrong in ["", "a.example", "ftp://a.example/", "http://u:p@a.example/", "http://u@a.example/"] {
            assert!(matches!(read(wrong), Err(AddressError::NoAddress(_))), "{wrong}");
        }
        for foreign in
            ["http://b.example/", "http://a.example.evil/", "http://127.0.0.2/", "http://a.example@evil/"]
        {
            assert!(read(foreign).is_err(), "{foreign}");
        }
        let none = Address::read("http://a.example/", &Hosts::new()).unwrap_err();
        assert!(none.to_string().ends_with("anything: none"), "{none}");
    }
}
