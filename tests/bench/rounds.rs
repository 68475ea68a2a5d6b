//! Medians of timed rounds.

use cpu_time::ThreadTime;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The times of some rounds of one thing, in processor time of this thread: what else the machine does
/// costs caches, but not turns.
#[derive(Default)]
pub struct Timing(Vec<Duration>);

impl Timing {
    pub fn round<T>(&mut self, mut work: impl FnMut() -> T) {
        let start = ThreadTime::now();
        black_box(work());
        self.0.push(start.elapsed());
    }

    pub fn median(&self) -> Duration {
        let mut times = self.0.clone();
        times.sort_unstable();
        times[times.len() / 2]
    }
}

/// The median of the time on the wall: for work on several threads.
pub fn wall_median_of<T>(rounds: usize, mut work: impl FnMut() -> T) -> Duration {
    let mut timing = Timing::default();
    for _ in 0..rounds {
        let start = Instant::now();
        black_box(work());
        timing.0.push(start.elapsed());
    }
    timing.median()
}

pub fn median_of<T>(rounds: usize, mut work: impl FnMut() -> T) -> Duration {
    let mut timing = Timing::default();
    for _ in 0..rounds {
        timing.round(&mut work);
    }
    timing.median()
}
