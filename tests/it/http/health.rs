//! What a server says of itself.

use super::client::Client;
use crate::square;
use wangge::snapshot::StateHash;

#[test]
fn a_server_on_a_file_says_that_everything_works_and_on_which_state() {
    let ready = Client::local().get("/readyz").json();
    assert_eq!((ready["status"].as_str(), ready["revision"].as_u64()), (Some("ready"), Some(1)));
    assert_eq!(ready["state_hash"], StateHash::of(&square::layers()).to_string());
    for function in ["lookup", "tiles", "intake", "edit"] {
        assert_eq!(ready["works"][function], true, "{function}");
    }
    assert_eq!(Client::stranger(false).get("/readyz").status, 200, "whoever spreads requests may ask");
}

#[test]
fn the_numbers_tell_how_the_store_is() {
    let answer = Client::local().get("/metrics");
    for line in [
        "wangge_revision 1",
        "wangge_revisions_behind 0",
        "wangge_store_answers 1",
        "wangge_store_writable 1",
    ] {
        assert!(answer.text().lines().any(|l| l == line), "{line} is not in {}", answer.text());
    }
    for name in ["wangge_store_answered_seconds_ago", "wangge_store_diverged", "wangge_follow_failures_total"]
    {
        assert!(answer.text().contains(name), "{name}");
    }
}
