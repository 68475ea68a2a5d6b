//! TLS: a certificate from files, or one of our own making that is kept beside the data.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, ServerConfig, SignatureScheme};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Takes a connection through its handshake.
pub type Acceptor = TlsAcceptor;

/// Where the certificate and its key lie, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate, followed by those that vouch for it.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read or written.
    #[error("{}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file holds no PEM of the expected kind.
    #[error("{} must hold a PEM {expected}", file.display())]
    Pem {
        /// Which.
        file: PathBuf,
        /// `certificate` or `private key`.
        expected: &'static str,
    },
    /// Certificate and key do not fit each other, or not this library.
    #[error("the certificate and the key cannot be used")]
    Rustls(#[from] Error),
    /// No certificate could be made.
    #[error("no certificate could be made")]
    Making(#[from] rcgen::Error),
}

/// An acceptor for a certificate and its key. Offers HTTP/2, then HTTP/1.1.
pub fn acceptor(files: &Files) -> Result<Acceptor, TlsError> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&read(&files.certificate)?)
        .collect::<Result<_, _>>()
        .ok()
        .filter(|chain: &Vec<_>| !chain.is_empty())
        .ok_or_else(|| TlsError::Pem { file: files.certificate.clone(), expected: "certificate" })?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?)
        .ok()
        .ok_or_else(|| TlsError::Pem { file: files.key.clone(), expected: "private key" })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The self-signed certificate beside a data file; made when it is not there yet, so that those who
/// accepted it once are not asked again. Names `localhost`, the loopback addresses and `address`.
pub fn self_signed(data: &Path, address: IpAddr) -> Result<Files, TlsError> {
    let files = Files { certificate: beside(data, "tls.crt.pem"), key: beside(data, "tls.key.pem") };
    if files.certificate.exists() && files.key.exists() {
        return Ok(files);
    }
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !address.is_loopback() && !address.is_unspecified() {
        names.push(address.to_string());
    }
    let made = rcgen::generate_simple_self_signed(names)?;
    write_private(&files.key, made.signing_key.serialize_pem().as_bytes())?;
    fs::write(&files.certificate, made.cert.pem()).map_err(in_file(&files.certificate))?;
    Ok(files)
}

/// Opens an encrypted connection to whoever is there, without asking who it is: for a health check on
/// this machine, which sends nothing that is worth hearing.
pub async fn connect_unchecked(stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate))
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Takes every certificate.
#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// `data/wangge.gpkg` and `tls.key.pem` make `data/wangge.tls.key.pem`.
fn beside(data: &Path, ending: &str) -> PathBuf {
    data.with_extension(ending)
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(file).map_err(in_file(file))
}

fn in_file(file: &Path) -> impl FnOnce(io::Error) -> TlsError {
    let file = file.to_owned();
    move |source| TlsError::File { file, source }
}

/// Writes what only the owner may read.
fn write_private(file: &Path, content: &[u8]) -> Result<(), TlsError> {
    use io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).and_then(|mut f| f.write_all(content)).map_err(in_file(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_self_signed_certificate_is_made_once_and_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("city.gpkg");
        let files = self_signed(&data, "192.0.2.7".parse().unwrap()).unwrap();
        let first = fs::read(&files.certificate).unwrap();
        assert!(acceptor(&files).is_ok());
        assert_eq!(self_signed(&data, "127.0.0.1".parse().unwrap()).unwrap(), files);
        assert_eq!(fs::read(&files.certificate).unwrap(), first);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let files = self_signed(&folder.path().join("city.gpkg"), "127.0.0.1".parse().unwrap()).unwrap();
        assert_eq!(fs::metadata(&files.key).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_no_certificate_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("note.txt");
        fs::write(&file, "hello").unwrap();
        let error = acceptor(&Files { certificate: file.clone(), key: file }).err().unwrap().to_string();
        assert!(error.ends_with("note.txt must hold a PEM certificate"), "{error}");
    }
}
