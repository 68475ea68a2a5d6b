//! Request bodies under a limit of bytes and of time.

use crate::http::listen::BodyTimeout;
use crate::http::problem::{Code, Problem};
use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use std::error::Error;
use std::time::Duration;

/// The most bytes of a body that is read as a whole.
pub const BODY_BYTES: usize = 4 * 1024 * 1024;

/// The longest time that such a body may take.
const WHOLE_BODY: Duration = Duration::from_secs(30);

/// How much of a body that is too large is still taken, and for how long, so that the client has sent all
/// of it and reads the answer: many clients write to the end before they read.
const LINGER_BYTES: usize = 16 * 1024 * 1024;
const LINGER: Duration = Duration::from_secs(2);

/// The media type of a body, lower case, without its parameters; empty when the header is missing.
pub fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Refuses a body that is packed: its bytes are read as they come, so it would be taken for nonsense.
pub fn expect_plain(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(header::CONTENT_ENCODING) {
        Some(coding) if coding != "identity" => {
            let detail = "a packed body is not taken here";
            Err(Problem::new(Code::UnsupportedMediaType, detail).at("content-encoding").expecting("none"))
        }
        _ => Ok(()),
    }
}

/// Reads a whole body of at most [`BODY_BYTES`]. The announced length is checked before a byte is kept.
pub async fn collect(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > BODY_BYTES as u64) {
        if !headers.contains_key(header::EXPECT) {
            linger(body).await;
        }
        return Err(too_large());
    }
    let whole = tokio::time::timeout(WHOLE_BODY, gather(body)).await;
    whole.unwrap_or_else(|_| Err(BodyTimeout.into()))
}

async fn gather(body: Body) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let mut whole = BytesMut::new();
    while let Some(chunk) = stream.next().await {
        whole.extend_from_slice(&chunk.map_err(|error| broken(&error))?);
        if whole.len() > BODY_BYTES {
            linger(Body::from_stream(stream)).await;
            return Err(too_large());
        }
    }
    if whole.is_empty() {
        let detail = "the body is empty";
        return Err(Problem::new(Code::EmptyBody, detail).at("body").expecting("a JSON object"));
    }
    Ok(whole.freeze())
}

async fn linger(body: Body) {
    let rest = async {
        let mut stream = body.into_data_stream();
        let mut taken = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            taken += chunk.len();
            if taken > LINGER_BYTES {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, rest).await;
}

fn too_large() -> Problem {
    let expected = format!("at most {BODY_BYTES} bytes; NDJSON and CSV are streamed without a limit");
    Problem::new(Code::BodyTooLarge, "the body is too large").at("body").expecting(expected)
}

/// What a broken body says: too slow, or gone.
pub fn broken(error: &axum::Error) -> Problem {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<BodyTimeout>() {
            return BodyTimeout.into();
        }
        cause = error.source();
    }
    Problem::new(Code::BadRequest, "the body broke off").at("body").expecting("a whole body")
}
