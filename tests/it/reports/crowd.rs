//! Many at once.

use super::report;
use crate::drafts::world::Town;
use crate::http::client::{Client, opened, wait};
use serde_json::json;
use std::collections::BTreeSet;
use wangge::app::access::Policy;
use wangge::store::{Filing, Order, Wish};

#[test]
fn of_64_posts_of_one_key_one_report_is_filed_and_all_get_one_body() {
    let (app, router, _folder) = opened(Policy::default());
    let client = Client::of(router, "127.0.0.1:50000").with("idempotency-key", "k-1");
    let body = json!({"crs": "wgs84", "lon": 110.001, "lat": 25.001, "category": "waste",
        "occurred_at": "2026-11-27T08:00:00Z"});
    let posts: Vec<_> = (0..64)
        .map(|_| {
            let (client, body) = (client.clone(), body.clone());
            std::thread::spawn(move || client.post_json("/api/v1/reports", &body))
        })
        .collect();
    let answers: Vec<_> = posts.into_iter().map(|post| post.join().unwrap()).collect();
    let bodies: BTreeSet<&[u8]> = answers.iter().map(|a| a.body.as_slice()).collect();
    assert_eq!(bodies.len(), 1);
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
    let replayed =
        |a: &&crate::http::client::Answer| a.status == 200 && a.header("idempotent-replayed") == "true";
    assert_eq!(answers.iter().filter(replayed).count(), 63);
    assert_eq!(wait(app.store().reports(&Wish::default(), Order::Newest, None, 9)).unwrap().0, 1);
    let mut other = body;
    other["lon"] = json!(110.002);
    let refused = client.post_json("/api/v1/reports", &other);
    assert_eq!(refused.problem(), (422, "key_reused".into(), "idempotency-key".into()));
}

#[test]
fn across_two_nodes_too() {
    wait(async {
        let town = Town::database().await;
        let nodes = [town.app.clone(), town.node().await];
        let tries = (0..64).map(|n| nodes[n % 2].file(report("one", (1., 1.), Some(11))));
        let filed = futures::future::join_all(tries).await;
        let filed: Vec<Filing> = filed.into_iter().map(Result::unwrap).collect();
        assert_eq!(filed.iter().filter(|f| matches!(f, Filing::New(_))).count(), 1);
        let texts: BTreeSet<String> = filed
            .iter()
            .map(|f| match f {
                Filing::New(receipt) | Filing::Again(receipt) => receipt.text(),
                Filing::KeyReused => panic!("one body"),
            })
            .collect();
        assert_eq!(texts.len(), 1);
        assert_eq!(town.app.store().reports(&Wish::default(), Order::Newest, None, 9).await.unwrap().0, 1);
    });
}
