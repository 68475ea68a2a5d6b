//! What changes without a revision reaches every node: posts and reference lines.

use crate::drafts::world::{Town, planner};
use chrono::Utc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wangge::app::{App, keep_people_fresh};
use wangge::geom::Point;
use wangge::store::{Act, Store};
use wangge::unit::{Code, Person, Post, Reference, ReferenceLine, posts_tag};

/// How long a node may take that asks each second, on a busy machine.
const SOON: Duration = Duration::from_secs(5);

async fn soon(what: &str, is: impl Fn() -> bool) {
    let started = Instant::now();
    while !is() {
        assert!(started.elapsed() < SOON, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    println!("{what} after {:?}", started.elapsed());
}

async fn node(town: &Town) -> Arc<App> {
    let node = town.node().await;
    tokio::spawn(keep_people_fresh(Arc::downgrade(&node)));
    node
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_and_reference_lines_reach_another_node_without_a_revision() {
    let town = Town::database().await;
    let other = node(&town).await;
    let code = Code::try_from("g1").unwrap();
    let unit = town.app.may_staff("land", &code, &planner()).unwrap();
    let person = Some(Person { holder: "韦一".into(), phone: Some("000".into()) });
    let valid_from = "2026-01-01".parse().unwrap();
    let posts = vec![Post { unit, title: "专职网格员".into(), person, valid_from, valid_to: None }];
    let seen = posts_tag(town.app.posts().on_file(unit));
    let set = town.app.set_posts(("land", &code), &seen, posts.clone(), &planner(), Utc::now()).await;
    assert_eq!(set.unwrap().on_file(unit), posts, "here at once");
    soon("the posts", || other.posts().on_file(unit) == posts).await;
    let late = other.set_posts(("land", &code), &seen, Vec::new(), &planner(), Utc::now()).await;
    assert!(matches!(late, Err(wangge::app::PostsError::Changed(_))), "{late:?}");

    // As `wangge import` does beside running servers.
    let store: Store = town.app.store().clone();
    let data = serde_json::json!({});
    let act = Act { at: Utc::now(), actor: "cli", action: "reference.imported", subject: "道路", data };
    let line = ReferenceLine::new(None, vec![Point::new(1, 1), Point::new(2, 2)]).unwrap();
    let set =
        Reference { name: "道路".into(), source: "x".into(), imported_at: Utc::now(), lines: vec![line] };
    store.put_reference(&set, &act).await.unwrap();
    soon("the lines", || other.references().all().len() == 1).await;
    let emptied = Act { action: "posts.imported", subject: "all", ..act };
    store.import_posts(&[], &emptied).await.unwrap();
    soon("an import of posts", || other.posts().all().is_empty()).await;
    assert_eq!(other.published().revision().number, 1, "without a revision");
}
