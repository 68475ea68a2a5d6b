//! `wangge healthcheck`: asks a running server whether it is ready.

use super::Failure;
use crate::http::listen::tls;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// Ask a running server whether it is ready: exit code 0 or 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wangge healthcheck
  wangge healthcheck --url https://127.0.0.1:8443

The certificate of an https address is not checked: the question holds nothing, and the answer is
only whether somebody there is ready.")]
pub struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "http://127.0.0.1:8080", env = "WANGGE_URL")]
    pub url: String,
    /// How many seconds to wait.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub timeout: u64,
}

/// Asks once.
pub fn run(args: &Args) -> Result<(), Failure> {
    let (scheme, rest) = args.url.split_once("://").unwrap_or(("", ""));
    let authority = rest.trim_end_matches('/');
    if !matches!(scheme, "http" | "https") || authority.is_empty() || authority.contains('/') {
        return Err(Failure::Usage(format!("the url must be http(s)://host:port, got {}", args.url)));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let limit = Duration::from_secs(args.timeout);
    let answer = runtime.block_on(async { tokio::time::timeout(limit, ask(scheme, authority)).await });
    let doing = || format!("asking {}", args.url);
    let late = |_| io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {} s", args.timeout));
    let status = answer.map_err(late).flatten().map_err(|error| Failure::environment(doing(), error))?;
    if status == "200" {
        return Ok(());
    }
    Err(Failure::environment(doing(), io::Error::other(format!("expected status 200, got {status}"))))
}

/// The status with which `/readyz` answers.
async fn ask(scheme: &str, authority: &str) -> io::Result<String> {
    let plain = if scheme == "https" { 443 } else { 80 };
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let address = if has_port { authority.to_owned() } else { format!("{authority}:{plain}") };
    let stream = TcpStream::connect(address).await?;
    if scheme == "https" {
        status(tls::connect_unchecked(stream).await?, authority).await
    } else {
        status(stream, authority).await
    }
}

async fn status<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, authority: &str) -> io::Result<String> {
    let question = format!("GET /readyz HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut line = [0; 12];
    stream.read_exact(&mut line).await?;
    let text = String::from_utf8_lossy(&line);
    let status = text.strip_prefix("HTTP/1.1 ").ok_or_else(|| io::Error::other("that is no HTTP server"))?;
    Ok(status.to_owned())
}
