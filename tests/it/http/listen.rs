//! The accept loop: every wait on a client has an end.

use super::wire::{Server, read_to_end, read_until, write};
use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use http_body_util::BodyExt;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use wangge::http::listen::{BindError, Limits, Listener, tls};

const SHORT: Duration = Duration::from_millis(300);
/// Far longer than [`SHORT`], far shorter than a client would wait.
const SOON: Duration = Duration::from_secs(5);

fn limits() -> Limits {
    Limits {
        connections: 4,
        header: SHORT,
        body_silence: SHORT,
        body_pace: 1000,
        write_silence: SHORT,
        drain: SHORT,
    }
}

/// `/` answers at once, `/echo` reads its body to the end, `/flood` sends for ever.
fn router() -> Router {
    let echo = |body: Body| async move {
        match body.collect().await {
            Ok(whole) => format!("{} bytes", whole.to_bytes().len()),
            Err(_) => "too slow".to_owned(),
        }
    };
    let flood = || async {
        let piece = || async { Some((Ok::<_, std::io::Error>(vec![0_u8; 65536]), ())) };
        Body::from_stream(futures::stream::unfold((), move |()| piece()))
    };
    Router::new().route("/", get(|| async { "hello" })).route("/echo", post(echo)).route("/flood", get(flood))
}

#[test]
fn a_header_that_drips_is_cut_off() {
    let server = Server::start(router(), limits());
    for start in ["", "G", "P", "GET / HTTP/1.1\r\nhost: x\r\n", "PRI * HTTP/2.0\r\n"] {
        let stream = server.connect();
        write(&stream, start);
        let (said, took) = read_to_end(&stream);
        assert!(took < SOON && !said.contains("200 OK"), "{start:?}: {took:?} {said:?}");
    }
    let mut stream = server.connect();
    write(&stream, "GET / HTTP/1.1\r\n");
    let mut dripped = 0;
    while stream.write_all(b"x-drip: 1\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(20));
        dripped += 1;
        assert!(dripped < 200, "a dripping header is never cut off");
    }
}

#[test]
fn what_is_refused_before_any_route_is_a_problem_too() {
    let server = Server::start(router(), limits());
    let long = "a".repeat(100_000);
    let many = (0..200).fold(String::new(), |many, i| many + &format!("h{i}: 1\r\n"));
    let head = "GET / HTTP/1.1\r\nhost: x\r\n";
    let table = [
        ("GARBAGE\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET / HTTP/7.0\r\n\r\n".to_owned(), 400, "bad_request"),
        (format!("{head}no colon\r\n\r\n"), 400, "bad_request"),
        (format!("{head}content-length: -1\r\n\r\n"), 400, "bad_request"),
        (format!("{head}transfer-encoding: nonsense\r\n\r\n"), 400, "bad_request"),
        (format!("{head}x: {long}\r\n\r\n"), 431, "header_too_large"),
        (format!("{head}{many}\r\n"), 431, "header_too_large"),
        (format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n"), 431, "header_too_large"),
        (format!("{head}\r\nGARBAGE\r\n\r\n"), 400, "bad_request"),
    ];
    for (request, status, code) in table {
        let stream = server.connect();
        // The server may stop listening before it has all of it.
        let _ = (&stream).write_all(request.as_bytes());
        let (said, took) = read_to_end(&stream);
        let start = &request[..request.len().min(60)];
        let (head, body) = said.rsplit_once("\r\n\r\n").unwrap_or_else(|| panic!("{start:?}: {said:?}"));
        assert!(head.contains(&format!("HTTP/1.1 {status} ")), "{start:?}: {said}");
        assert!(head.contains("content-type: application/problem+json"), "{start:?}: {said}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &code.into()), "{start:?}");
        assert!(problem["expected"].is_string() && took < SOON, "{start:?}: {took:?} {said}");
    }
}

#[test]
fn an_idle_connection_is_closed_after_its_answer() {
    let server = Server::start(router(), limits());
    let stream = server.connect();
    write(&stream, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    read_until(&stream, "hello");
    write(&stream, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    read_until(&stream, "hello");
    let (said, took) = read_to_end(&stream);
    assert!(said.is_empty() && took < SOON, "{took:?} {said:?}");
}

#[test]
fn a_body_that_falls_silent_or_drips_is_given_up() {
    let server = Server::start(router(), limits());
    let stream = server.connect();
    write(&stream, "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc");
    assert!(read_until(&stream, "slow").contains("too slow"));
    let stream = server.connect();
    write(&stream, "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n");
    let mut drip = stream.try_clone().unwrap();
    let dripping = std::thread::spawn(move || {
        for _ in 0..100 {
            if drip.write_all(b"x").is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    assert!(read_until(&stream, "slow").contains("too slow"));
    drop(stream);
    dripping.join().unwrap();
}

#[test]
fn a_body_in_good_time_is_read_whole() {
    let server = Server::start(router(), limits());
    let stream = server.connect();
    write(&stream, "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n");
    write(&stream, &"x".repeat(5000));
    assert!(read_until(&stream, "bytes").contains("5000 bytes"));
}

#[test]
fn a_reader_that_takes_nothing_is_given_up() {
    let mut server = Server::start(router(), limits());
    let stream = server.connect();
    write(&stream, "GET /flood HTTP/1.1\r\nhost: x\r\n\r\n");
    // The server must be rid of it by itself: after that, nothing is left to be cut off.
    std::thread::sleep(SHORT * 4);
    server.tell_to_stop();
    assert_eq!(server.ended().cut, 0);
    drop(stream);
}

#[test]
fn one_connection_too_many_is_told_so_and_a_free_place_is_given_again() {
    let server = Server::start(router(), Limits { header: SOON, ..limits() });
    let held: Vec<_> = (0..4).map(|_| server.connect()).collect();
    for stream in &held {
        write(stream, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
        read_until(stream, "hello");
    }
    let (said, _) = read_to_end(&server.connect());
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("\"code\":\"busy\""), "{said}");
    assert!(said.contains("application/problem+json") && said.contains("retry-after: 1"), "{said}");
    drop(held);
    let again = (0..100).any(|_| {
        let stream = server.connect();
        write(&stream, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        read_to_end(&stream).0.contains("hello")
    });
    assert!(again, "places are not given back");
}

#[test]
fn an_open_request_finishes_while_the_server_stops() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (begun, go_on) = (begun.clone(), go_on.clone());
        move || async move {
            begun.notify_one();
            go_on.notified().await;
            "done"
        }
    };
    let mut server = Server::start(Router::new().route("/", get(slow)), Limits { drain: SOON, ..limits() });
    let stream = server.connect();
    write(&stream, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    super::client::wait(begun.notified());
    server.tell_to_stop();
    go_on.notify_one();
    assert!(read_to_end(&stream).0.ends_with("done"));
    assert_eq!(server.ended().cut, 0);
    assert!(std::net::TcpStream::connect(server.address).is_err(), "it still accepts");
}

#[test]
fn a_request_without_end_is_cut_off_when_the_server_stops() {
    let forever = || async { std::future::pending::<String>().await };
    let mut server = Server::start(Router::new().route("/", get(forever)), limits());
    let stream = server.connect();
    write(&stream, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    let idle = server.connect();
    std::thread::sleep(Duration::from_millis(50));
    server.tell_to_stop();
    assert_eq!(server.ended().cut, 1);
    assert_eq!(read_to_end(&stream).0, "");
    drop(idle);
}

#[test]
fn a_taken_port_is_said_so() {
    let server = Server::start(router(), limits());
    let error = super::client::wait(Listener::bind(server.address)).unwrap_err();
    assert!(matches!(error, BindError::Taken(_)));
    assert!(error.to_string().contains("is taken by another program"), "{error}");
}

#[test]
fn an_encrypted_connection_is_answered_and_a_plain_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let files = tls::self_signed(&folder.path().join("town.gpkg"), "127.0.0.1".parse().unwrap()).unwrap();
    let server = Server::start_with(router(), Some(tls::acceptor(&files).unwrap()), limits());
    let answer = super::client::wait(async {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
        let mut stream = tls::connect_unchecked(stream).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut said = String::new();
        let _ = stream.read_to_string(&mut said).await;
        said
    });
    assert!(answer.ends_with("hello"), "{answer}");
    let plain = server.connect();
    write(&plain, "GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(!read_to_end(&plain).0.contains("hello"));
    let silent = server.connect();
    assert!(read_to_end(&silent).1 < SOON, "a silent handshake is never given up");
}
