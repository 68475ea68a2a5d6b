//! Bodies on a real socket: too large, endless, answered while they come.

use super::client::town;
use super::wire::{Server, read_to_end, read_until, write};
use std::io::Write;
use wangge::app::access::Policy;
use wangge::http::listen::Limits;

fn server() -> Server {
    Server::start(town(Policy::default()), Limits::default())
}

/// A client that writes to the end before it reads, as many do.
#[test]
fn a_client_that_writes_five_megabytes_to_the_end_still_reads_its_413() {
    let server = server();
    let body = "x".repeat(5_000_000);
    for length in [format!("content-length: {}", body.len()), "transfer-encoding: chunked".into()] {
        let stream = server.connect();
        write(&stream, "POST /api/v1/locate HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        write(&stream, &format!("content-type: application/json\r\n{length}\r\n\r\n"));
        if length.starts_with("transfer") {
            write(&stream, &format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()));
        } else {
            write(&stream, &body);
        }
        let (said, _) = read_to_end(&stream);
        assert!(said.starts_with("HTTP/1.1 413") && said.contains("body_too_large"), "{length}: {said}");
    }
}

#[test]
fn a_client_that_waits_for_leave_is_refused_before_it_sends() {
    let server = server();
    let stream = server.connect();
    write(&stream, "POST /api/v1/locate HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n");
    write(&stream, "content-type: application/json\r\ncontent-length: 5000000\r\n\r\n");
    assert!(read_until(&stream, "}").starts_with("HTTP/1.1 413"));
}

#[test]
fn rows_are_answered_before_their_body_ends() {
    let server = server();
    let stream = server.connect();
    write(&stream, "POST /api/v1/locate?crs=wgs84 HTTP/1.1\r\nhost: localhost\r\n");
    write(&stream, "content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n");
    for (id, grid) in [(1, "g1"), (2, "g2")] {
        let lon = if id == 1 { 110.0025 } else { 110.0075 };
        let row = format!("{{\"id\":{id},\"lon\":{lon},\"lat\":25.0025}}\n");
        write(&stream, &format!("{:x}\r\n{row}\r\n", row.len()));
        read_until(&stream, &format!("\"land\":\"{grid}\""));
    }
    write(&stream, "0\r\n\r\n");
    read_until(&stream, "0\r\n\r\n");
}

#[test]
fn a_body_that_breaks_off_ends_the_answer_without_a_proper_end() {
    let server = server();
    let stream = server.connect();
    write(&stream, "POST /api/v1/locate?crs=wgs84 HTTP/1.1\r\nhost: localhost\r\n");
    write(&stream, "content-type: application/x-ndjson\r\ncontent-length: 1000\r\n\r\n");
    write(&stream, "{\"lon\":110.0025,\"lat\":25.0025}\n");
    read_until(&stream, "g1");
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let (rest, _) = read_to_end(&stream);
    assert!(!rest.contains("0\r\n\r\n"), "a broken body looks like a whole one: {rest:?}");
}

#[test]
fn a_header_that_is_too_long_or_no_http_at_all_ends_the_connection() {
    let server = server();
    for start in ["\u{16}\u{3}\u{1}", "GET / HTTP/9.9\r\n\r\n", "BLÖD\r\n\r\n"] {
        let mut stream = server.connect();
        let _ = stream.write_all(start.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        assert!(!read_to_end(&stream).0.contains("200 OK"), "{start:?}");
    }
    let stream = server.connect();
    let mut writer = stream.try_clone().unwrap();
    let _ = write!(writer, "GET / HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    assert!(!read_to_end(&stream).0.contains("200 OK"));
}
