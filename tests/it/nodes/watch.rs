//! Clients outside, who ask all the time and count what fails.

use super::fixture::{Node, agent};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Asked in turn: a lookup, and a tile that was asked for before.
const QUESTIONS: [&str; 2] =
    ["api/v1/locate?lon=110.0025&lat=25.0025&crs=wgs84", "tiles/grid/14/13198/7016.mvt"];

/// What the clients saw since they were last asked.
#[derive(Debug, Default)]
pub struct Seen {
    pub failures: Vec<String>,
    took: Vec<Duration>,
}

/// One client per node, asking until this is dropped.
pub struct Watch {
    seen: Arc<Mutex<Seen>>,
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

impl Watch {
    pub fn start(nodes: &[Node]) -> Self {
        let (seen, stop) = (Arc::<Mutex<Seen>>::default(), Arc::<AtomicBool>::default());
        let client = |node: &Node| {
            let addresses = QUESTIONS.map(|question| node.address(question));
            let (seen, stop) = (seen.clone(), stop.clone());
            std::thread::spawn(move || {
                let agent = agent();
                for address in addresses.iter().cycle() {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let started = Instant::now();
                    let failure = ask(&agent, address).err();
                    let took = started.elapsed();
                    let mut seen = seen.lock().unwrap();
                    seen.took.push(took);
                    seen.failures.extend(failure);
                    drop(seen);
                    // Two cores have other work too.
                    std::thread::sleep(Duration::from_millis(2));
                }
            })
        };
        let clients = nodes.iter().map(client).collect();
        Self { seen, stop, clients }
    }

    /// What was seen since the last time.
    pub fn take(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

fn ask(agent: &ureq::Agent, address: &str) -> Result<(), String> {
    let answer = agent.get(address).call().map_err(|error| format!("{address}: {error}"))?;
    let status = answer.status().as_u16();
    let body = answer.into_body().read_to_vec().map_err(|error| format!("{address}: {error}"))?;
    if status == 200 && !body.is_empty() { Ok(()) } else { Err(format!("{address}: {status}")) }
}

impl Seen {
    /// How many were asked, and the time under which 99 of 100 were answered.
    pub fn figures(&mut self) -> String {
        self.took.sort();
        let at = |share: f64| self.took[((self.took.len() - 1) as f64 * share) as usize];
        format!(
            "{} answers, {} failed, p50 {:?}, p99 {:?}",
            self.took.len(),
            self.failures.len(),
            at(0.5),
            at(0.99)
        )
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients.drain(..) {
            let _ = client.join();
        }
    }
}
