//! What is left when the server is killed in the middle of a publish.

use crate::dice::Dice;
use crate::http::client::wait;
use crate::http::serve::{Served, town};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use wangge::edit::Stage;
use wangge::store::{Store, WholeDraft};

fn send(url: &str, version: u64, body: &Value) -> Result<Value, ureq::Error> {
    let tag = format!("\"{version}\"");
    let post = ureq::post(url).header("if-match", &tag).header("content-type", "application/json");
    let text = post.send(body.to_string())?.into_body().read_to_string()?;
    Ok(serde_json::from_str(&text).unwrap())
}

/// A draft that renames a grid and moves the middle of the town, up to its approval; its address.
fn approved(base: &str, round: usize, (from, to): ((f64, f64), (f64, f64)), old: &str) -> String {
    let drafts = format!("{base}api/v1/drafts");
    let begun = json!({"layer": "land", "title": format!("第{round}次"), "reason": "试"});
    let draft = send(&drafts, 0, &begun).unwrap();
    let url = format!("{drafts}/{}", draft["id"]);
    let rename = json!({"kind": "set_attributes", "unit": "g3",
        "set": {"name": {"old": old, "new": format!("名{round}")}}});
    let at = |(x, y): (f64, f64)| json!([110.0 + x / 1000.0, 25.0 + y / 1000.0]);
    let moved = json!({"kind": "move_node", "at": at(from), "to": at(to)});
    let steps =
        [("operations", rename), ("operations", moved), ("submit", json!({})), ("approve", json!({}))];
    for (version, (step, body)) in steps.into_iter().enumerate() {
        send(&format!("{url}/{step}"), version as u64 + 1, &body).unwrap();
    }
    url
}

/// Everything in the store, after a check of all of it.
fn found(path: &Path) -> (u64, Vec<WholeDraft>, String, usize) {
    wait(async {
        let store = Store::open(path).await.unwrap();
        assert_eq!(store.verify().await.unwrap(), Vec::<String>::new());
        let head = store.load_head().await.unwrap();
        let mut drafts = Vec::new();
        for draft in store.drafts().await.unwrap() {
            drafts.push(store.draft(draft.id).await.unwrap().unwrap());
        }
        let name = head.layers[0].units.iter().find(|u| u.code.as_str() == "g3").unwrap().name.clone();
        store.close().await;
        (head.revision.number, drafts, name, head.layers.len())
    })
}

#[test]
fn a_publish_that_is_killed_leaves_the_revision_before_or_its_own_and_every_draft() {
    let kills = if std::env::var_os("WANGGE_SOAK").is_some_and(|v| v == "1") { 200 } else { 6 };
    let folder = tempfile::tempdir().unwrap();
    let path = town(folder.path());
    let file = path.to_str().unwrap().to_owned();
    let mut dice = Dice::new(5);
    let (mut head, mut name, mut middle) = (1, "北村第1网格".to_owned(), (5.0, 5.0));
    let (mut known, mut longest) = (Vec::new(), Duration::from_millis(40));
    let (mut before, mut after) = (0, 0);
    for round in 0..kills {
        let mut served = Served::start(&[&file, "--bind", "127.0.0.1:0"]);
        let to = (4.5 + dice.unit(), 4.5 + dice.unit());
        let url = approved(&served.url, round, (middle, to), &name);
        let publish = std::thread::spawn(move || {
            let started = Instant::now();
            send(&format!("{url}/publish"), 5, &json!({})).map(|_| started.elapsed())
        });
        std::thread::sleep(longest.mul_f64(1.2 * dice.unit()));
        served.child.kill().unwrap();
        served.child.wait().unwrap();
        let answered = publish.join().unwrap();
        if let Ok(took) = &answered {
            longest = (longest * 3 + *took) / 4;
        }
        let (now, drafts, called, layers) = found(&path);
        assert!(now == head || now == head + 1, "round {round}: {now} after {head}");
        assert!(answered.is_err() || now == head + 1, "round {round}: what was answered is there");
        assert_eq!((drafts.len(), layers), (round + 1, 3), "round {round}");
        assert_eq!(drafts[..round], known[..], "round {round}: the other drafts are as they were");
        let last = &drafts[round];
        assert_eq!(last.operations.len(), 2);
        if now == head {
            before += 1;
            assert_eq!((last.draft.standing.flow.stage(), &called), (Stage::Approved, &name));
        } else {
            after += 1;
            assert_eq!(
                (last.draft.standing.flow.stage(), last.draft.standing.published),
                (Stage::Published, Some(now))
            );
            (name, middle) = (format!("名{round}"), to);
            assert_eq!(called, name);
        }
        (head, known) = (now, drafts);
    }
    println!("{kills} kills: {before} before the commit, {after} after it");
}
