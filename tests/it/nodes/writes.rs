//! Drafts while the database is stopped, killed and paused: each write is answered in time, and none that was
//! acknowledged is lost.

use super::fixture::{Node, SOON, fill, soaking};
use super::outage::OUTAGES;
use crate::postgis::Cluster;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Within this every write is answered, whatever the database does: 12 s for a statement under which it went, then twice
/// 3 s to ask all hosts who is primary now.
const DEADLINE: Duration = Duration::from_secs(20);

/// What a write was answered.
struct Told {
    status: u16,
    retry: Option<u64>,
    tag: Option<String>,
    body: Value,
    took: Duration,
}

impl Told {
    /// Refused because of the database, with a time to come back; nothing else may happen to a write then.
    fn check_refusal(&self, what: &str) {
        let code = self.body["code"].as_str().unwrap_or_default();
        assert_eq!(self.status, 503, "{what}: {}", self.body);
        assert!(matches!(code, "store_away" | "outcome_unknown"), "{what}: {}", self.body);
        assert!(self.retry.is_some_and(|seconds| seconds > 0), "{what}: no Retry-After");
        assert!(self.took < DEADLINE, "{what}: {:?}", self.took);
    }
}

/// A client that waits longer than a write may take.
fn agent() -> ureq::Agent {
    let settings = ureq::Agent::config_builder().http_status_as_error(false);
    settings.timeout_global(Some(2 * DEADLINE)).build().into()
}

fn post(agent: &ureq::Agent, url: &str, tag: Option<&str>, body: &Value) -> Told {
    let started = Instant::now();
    let mut request = agent.post(url).header("content-type", "application/json");
    if let Some(tag) = tag {
        request = request.header("if-match", tag);
    }
    let answer = request.send(body.to_string()).unwrap();
    let header = |name: &str| Some(answer.headers().get(name)?.to_str().unwrap().to_owned());
    let (status, retry, tag) = (answer.status().as_u16(), header("retry-after"), header("etag"));
    let body = serde_json::from_reader(answer.into_body().into_reader()).unwrap();
    Told { status, retry: retry.and_then(|s| s.parse().ok()), tag, body, took: started.elapsed() }
}

fn title(words: &str) -> Value {
    json!({"layer": "land", "title": words, "reason": "道路"})
}

/// A draft of one field of one unit, and the version that its writer saw last.
struct Draft<'a> {
    node: &'a Node,
    agent: ureq::Agent,
    id: u64,
    tag: String,
}

impl<'a> Draft<'a> {
    fn begin(node: &'a Node, words: &str) -> Self {
        let agent = agent();
        let told = post(&agent, &node.address("api/v1/drafts"), None, &title(words));
        assert_eq!(told.status, 201, "{}", told.body);
        Self { node, agent, id: told.body["id"].as_u64().unwrap(), tag: told.tag.unwrap() }
    }

    fn step(&mut self, step: &str, body: &Value) -> Told {
        let url = self.node.address(&format!("api/v1/drafts/{}/{step}", self.id));
        let told = post(&self.agent, &url, Some(&self.tag), body);
        if let Some(tag) = &told.tag {
            self.tag.clone_from(tag);
        }
        told
    }

    fn done(&mut self, step: &str, body: &Value) -> Value {
        let told = self.step(step, body);
        assert_eq!(told.status, 200, "{step}: {}", told.body);
        told.body
    }

    fn read(&self) -> Value {
        let (status, draft) = self.node.get(&format!("api/v1/drafts/{}", self.id));
        assert_eq!(status, 200, "{draft}");
        draft
    }
}

fn rename(unit: &str, old: &str, new: &str) -> Value {
    json!({"kind": "set_attributes", "unit": unit, "set": {"name": {"old": old, "new": new}}})
}

/// A planner who begins drafts all the time; what was acknowledged, and how often a write was refused.
struct Planner {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<BTreeMap<u64, String>>>,
    thread: JoinHandle<usize>,
}

impl Planner {
    fn start(node: &Node) -> Self {
        let (stop, acknowledged) = (Arc::<AtomicBool>::default(), Arc::<Mutex<BTreeMap<_, _>>>::default());
        let (ended, noted, url) = (stop.clone(), acknowledged.clone(), node.address("api/v1/drafts"));
        let thread = std::thread::spawn(move || {
            let (agent, mut refused) = (agent(), 0);
            for number in 0.. {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let words = format!("第{number}号");
                let told = post(&agent, &url, None, &title(&words));
                if told.status == 201 {
                    noted.lock().unwrap().insert(told.body["id"].as_u64().unwrap(), words);
                } else {
                    told.check_refusal(&words);
                    refused += 1;
                }
                std::thread::sleep(Duration::from_millis(40));
            }
            refused
        });
        Self { stop, acknowledged, thread }
    }

    fn stop(self) -> (BTreeMap<u64, String>, usize) {
        self.stop.store(true, Ordering::Relaxed);
        let refused = self.thread.join().unwrap();
        (self.acknowledged.lock().unwrap().clone(), refused)
    }
}

#[test]
fn drafts_are_refused_in_time_while_the_database_is_away_and_none_that_was_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start();
    let url = cluster.url("postgres");
    fill(folder.path(), &url);
    let nodes = ["a", "b"].map(|name| Node::start(&url, &folder.path().join(name)));
    let planner = Planner::start(&nodes[1]);
    let names = [("g1", "南社区第1网格"), ("g2", "南社区第2网格"), ("g3", "北村第1网格")];
    for ((name, go, back), (unit, old)) in OUTAGES.into_iter().zip(names) {
        let mut drawn = Draft::begin(&nodes[0], "画");
        drawn.done("operations", &rename("g4", "北村第2网格", "改一"));
        let mut approved = Draft::begin(&nodes[0], "审");
        approved.done("operations", &rename(unit, old, "改名"));
        approved.done("submit", &json!({}));
        let hash = approved.read()["change_hash"].clone();
        approved.done("approve", &json!({"change_hash": hash}));
        let revision = nodes[0].revision();
        go(&mut cluster);
        // Each as the first to find out, and again when it is known.
        let mut took = Vec::new();
        for known in [false, true] {
            let begun = post(&agent(), &nodes[0].address("api/v1/drafts"), None, &title("不在"));
            let appended = drawn.step("operations", &rename("g4", "改一", "改二"));
            let published = approved.step("publish", &json!({}));
            for (what, told) in [("begin", begun), ("append", appended), ("publish", published)] {
                told.check_refusal(&format!("{name}, {what}"));
                took.push(told.took);
            }
            if !known {
                nodes[0].until("writes are off", |node| !node.writes());
                std::thread::sleep(Duration::from_secs(if soaking() { 30 } else { 1 }));
            }
        }
        back(&mut cluster);
        let returned = Instant::now();
        let until_answered = |mut write: Box<dyn FnMut() -> Told + '_>| {
            loop {
                let told = write();
                if told.status != 503 {
                    return told;
                }
                told.check_refusal(name);
                assert!(returned.elapsed() < DEADLINE, "{name}: {}", told.body);
                std::thread::sleep(Duration::from_millis(20));
            }
        };
        let begun = until_answered(Box::new(|| {
            post(&agent(), &nodes[0].address("api/v1/drafts"), None, &title("回来"))
        }));
        assert_eq!(begun.status, 201, "{name}: {}", begun.body);
        let appended = until_answered(Box::new(|| drawn.step("operations", &rename("g4", "改一", "改二"))));
        // As one that was not confirmed may be written all the same.
        assert!(matches!(appended.status, 200 | 412), "{name}: {}", appended.body);
        let published = until_answered(Box::new(|| approved.step("publish", &json!({}))));
        // One whose confirmation was lost may have been published by the first try.
        let state = approved.read();
        assert!(matches!(published.status, 200 | 409 | 412), "{name}: {}", published.body);
        assert_eq!(
            (&state["state"], &state["published"]),
            (&json!("published"), &json!(revision + 1)),
            "{name}"
        );
        let worked = returned.elapsed();
        for node in &nodes {
            node.until("the new revision", |node| node.revision() == revision + 1);
            assert_eq!(node.get(&format!("api/v1/units/land/{unit}")).1["properties"]["name"], "改名");
        }
        assert_eq!(drawn.read()["operations"].as_array().unwrap().len(), 2, "{name}");
        drawn.done("withdraw", &json!({}));
        println!(
            "{name}: refused within {:?}; begun, appended and published {worked:?} after the return, on both nodes after {:?}",
            took.iter().max().unwrap(),
            returned.elapsed()
        );
        assert!(worked < SOON, "{name}: {worked:?}");
    }
    let (acknowledged, refused) = planner.stop();
    println!("{} drafts begun beside, {refused} refused", acknowledged.len());
    assert!(acknowledged.len() > 20 && refused > 0);
    for (id, words) in acknowledged {
        for node in &nodes {
            assert_eq!(node.get(&format!("api/v1/drafts/{id}")).1["title"], json!(words));
        }
    }
}
