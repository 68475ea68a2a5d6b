//! Following the store: what another node publishes is taken up here.
//!
//! The store is asked each second; that is the truth. A hint only makes us ask sooner. Nothing here ends: what
//! fails is counted, told once, and tried again, while readers are answered from the state in force.

use super::{App, OpenError, Published};
use crate::snapshot::Revision;
use crate::store::{Pulse, StoreError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// How long nobody asks the store when nothing happens.
const POLL: Duration = Duration::from_secs(1);
/// How long we wait after a failure before we do again what costs much, at first and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// What is known of the store, as of the last time that it was asked.
#[derive(Clone, Debug)]
pub struct StoreHealth {
    /// Whether it answered.
    pub answers: bool,
    /// Whether it takes writes; false while it does not answer.
    pub writable: bool,
    /// Whether the state in force is not one of the store's: the store was put back, or a promotion lost a
    /// publication. Only a restart mends that.
    pub diverged: bool,
    /// The newest revision that it told of.
    pub head: u64,
    /// When it answered last.
    pub answered_at: Instant,
    /// How often it did not answer, or a newer revision could not be taken up.
    pub failures: u64,
}

/// The health, and when to try again what failed.
#[derive(Debug)]
pub(super) struct Following(Mutex<StoreHealth>);

impl Following {
    /// A store that has just answered, or that has not yet.
    pub(super) fn new(answers: bool) -> Self {
        Self(Mutex::new(StoreHealth {
            answers,
            writable: answers,
            diverged: false,
            head: 0,
            answered_at: Instant::now(),
            failures: 0,
        }))
    }

    fn with<T>(&self, change: impl FnOnce(&mut StoreHealth) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A wait that doubles with each failure.
struct Patience {
    next: Duration,
    until: Instant,
}

impl Patience {
    fn new() -> Self {
        Self { next: AGAIN.0, until: Instant::now() }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    fn grow(&mut self) {
        self.until = Instant::now() + self.next;
        self.next = (self.next * 2).min(AGAIN.1);
    }
}

/// Which functions work at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each function works or does not, whatever the others do")]
pub struct Works {
    /// Lookups, units, lists of the state in force.
    pub lookup: bool,
    /// Tiles of the state in force.
    pub tiles: bool,
    /// Taking in reports.
    pub intake: bool,
    /// Drafts and publications.
    pub edit: bool,
}

impl App {
    /// Which functions work: what is in memory always does, writing takes a store that answers, takes writes
    /// and has the state in force.
    pub fn works(&self) -> Works {
        let health = self.store_health();
        let writes = health.answers && health.writable && !health.diverged;
        Works { lookup: true, tiles: true, intake: writes, edit: writes }
    }

    /// What is known of the store. Takes no time.
    pub fn store_health(&self) -> StoreHealth {
        self.following.with(|health| health.clone())
    }

    /// Follows the store for ever: takes up what others publish and keeps the local snapshot up to date. To
    /// be run once, beside the server.
    pub async fn follow(&self) {
        let (hint, deaf) = (Notify::new(), Notify::new());
        tokio::join!(self.poll(&hint, &deaf), self.listen(&hint, &deaf));
    }

    /// Asks at each hint, and each second without one; never twice at a time.
    async fn poll(&self, hint: &Notify, deaf: &Notify) {
        let mut patience = Patience::new();
        let mut tick = interval(POLL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let hinted = tokio::select! {
                _ = tick.tick() => false,
                () = hint.notified() => true,
            };
            let taken = self.look(&mut patience).await;
            if taken.is_some() && !hinted {
                // Whoever listens heard nothing of it: the line may have been cut in silence.
                deaf.notify_one();
            }
            self.keep();
            self.draw();
        }
    }

    /// Asks the store how it is, and takes up what is new.
    async fn look(&self, patience: &mut Patience) -> Option<Revision> {
        // Before the question: what is published here meanwhile must not look like a store that fell behind.
        let published = self.published();
        let pulse = match self.store().pulse().await {
            Ok(pulse) => pulse,
            Err(error) => {
                self.silent(&error);
                return None;
            }
        };
        let head = self.heard(&pulse, &published)?;
        if head.number <= self.published().revision().number || !patience.is_over() {
            return None;
        }
        match self.take_up().await {
            Ok(taken) => {
                *patience = Patience::new();
                taken.inspect(|revision| tracing::info!(revision = revision.number, "taken up"))
            }
            Err(error) => {
                patience.grow();
                self.not_taken_up(head, &error);
                None
            }
        }
    }

    /// Notes an answer; the head of the store if there is one.
    fn heard(&self, pulse: &Pulse, published: &Published) -> Option<Revision> {
        let ours = published.revision().number;
        let diverged = pulse.head.is_none_or(|(head, hash)| {
            head.number < ours || (head.number == ours && hash != published.state_hash)
        });
        let before = self.following.with(|health| {
            let before = health.clone();
            health.answers = true;
            health.writable = pulse.writable;
            health.diverged = diverged;
            health.head = pulse.head.map_or(0, |(head, _)| head.number);
            health.answered_at = Instant::now();
            before
        });
        if !before.answers {
            tracing::info!("the store answers again");
        }
        if diverged && !before.diverged {
            tracing::error!(ours, "the store has no revision like the one in force; restart this server");
        }
        self.feed.hear(pulse.events);
        pulse.head.map(|(head, _)| head)
    }

    /// Notes that there was no answer; told once, not each second.
    fn silent(&self, error: &StoreError) {
        let before = self.following.with(|health| {
            health.failures += 1;
            health.writable = false;
            std::mem::replace(&mut health.answers, false)
        });
        if before {
            tracing::warn!(%error, "the store is away; lookups and tiles go on from memory");
        }
    }

    fn not_taken_up(&self, head: Revision, error: &OpenError) {
        self.following.with(|health| health.failures += 1);
        tracing::error!(revision = head.number, %error, "not taken up; the state in force stays");
    }

    /// Listens for hints; again, and again later each time, when the line is lost.
    async fn listen(&self, hint: &Notify, deaf: &Notify) {
        let mut wait = AGAIN.0;
        loop {
            match self.store().hints().await {
                Ok(mut hints) => {
                    wait = AGAIN.0;
                    // What was published while nobody listened.
                    hint.notify_one();
                    let hear = async {
                        while hints.next().await.is_ok() {
                            hint.notify_one();
                        }
                    };
                    tokio::select! { () = hear => {} () = deaf.notified() => continue }
                }
                Err(error) => tracing::debug!(%error, "no hints; the store is asked each second"),
            }
            sleep(wait).await;
            wait = (wait * 2).min(AGAIN.1);
        }
    }
}
