//! How often somebody may try to sign in.
//!
//! Failures are counted three ways: for a name from an address, for an address, and for a name. The first
//! is tight and stops a guesser; it cannot shut the owner of a name out, who comes from elsewhere. The other
//! two are wide: they slow down one address with many names, and many addresses with one name. Kept in memory,
//! for each server by itself.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures are forgotten when none was added for so long.
const MEMORY: Duration = Duration::from_hours(1);

/// How many counts are kept; then the older half goes.
const KEPT: usize = 20_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, IpAddr),
    Address(IpAddr),
    Name(String),
}

impl Key {
    /// Failures that cost nothing, and the longest wait after more. The wait starts at a second and doubles.
    fn limit(&self) -> (u32, Duration) {
        match self {
            Self::Pair(..) => (5, Duration::from_mins(15)),
            Self::Address(_) => (50, Duration::from_mins(15)),
            Self::Name(_) => (100, Duration::from_secs(30)),
        }
    }

    fn wait(&self, failures: u32) -> Duration {
        let (free, longest) = self.limit();
        match failures.checked_sub(free) {
            None => Duration::ZERO,
            Some(more) => Duration::from_secs(1 << more.min(20)).min(longest),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
}

/// The failures of late.
#[derive(Debug, Default)]
pub(in crate::app) struct Throttle {
    counts: Mutex<HashMap<Key, Failures>>,
}

impl Throttle {
    /// Counts an attempt as failed until [`Throttle::succeeded`] says otherwise, so that many at once are as
    /// many as one after the other; or says how long to wait.
    pub(in crate::app) fn attempt(&self, name: &str, from: IpAddr, now: Instant) -> Result<(), Duration> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(name, from);
        let left = |key: &Key| {
            let failures = counts.get(key).filter(|f| now.duration_since(f.last) < MEMORY)?;
            (failures.last + key.wait(failures.count)).checked_duration_since(now).filter(|d| !d.is_zero())
        };
        if let Some(longest) = keys.iter().filter_map(left).max() {
            return Err(longest);
        }
        if counts.len() >= KEPT {
            make_room(&mut counts);
        }
        for key in keys {
            let failures = counts.entry(key).or_insert(Failures { count: 0, last: now });
            let forgotten = now.duration_since(failures.last) >= MEMORY;
            *failures = Failures { count: if forgotten { 1 } else { failures.count + 1 }, last: now };
        }
        Ok(())
    }

    /// The attempt was none: whoever signs in begins anew from there.
    pub(in crate::app) fn succeeded(&self, name: &str, from: IpAddr) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let [pair, others @ ..] = keys(name, from);
        counts.remove(&pair);
        for key in others {
            if let Some(failures) = counts.get_mut(&key) {
                failures.count = failures.count.saturating_sub(1);
            }
        }
    }
}

fn keys(name: &str, from: IpAddr) -> [Key; 3] {
    let from = network(from);
    [Key::Pair(name.into(), from), Key::Address(from), Key::Name(name.into())]
}

/// An address as one counts: of IPv6 the first 64 bits, since whoever has one has all of those.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn make_room(counts: &mut HashMap<Key, Failures>) {
    let mut times: Vec<Instant> = counts.values().map(|f| f.last).collect();
    let middle = times.len() / 2;
    let (_, middle, _) = times.select_nth_unstable(middle);
    let middle = *middle;
    counts.retain(|_, failures| failures.last > middle);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    #[test]
    fn a_guesser_waits_longer_each_time_and_the_owner_of_the_name_does_not() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        for _ in 0..5 {
            assert_eq!(throttle.attempt("lan", address(1), now), Ok(()));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            let wait = Duration::from_secs(seconds);
            assert_eq!(throttle.attempt("lan", address(1), now), Err(wait));
            assert_eq!(throttle.attempt("lan", address(2), now), Ok(()));
            throttle.succeeded("lan", address(2));
            now += wait;
            assert_eq!(throttle.attempt("lan", address(1), now), Ok(()));
        }
        assert_eq!(throttle.attempt("li", address(1), now), Ok(()), "another name from there");
        now += MEMORY;
        for _ in 0..5 {
            assert_eq!(throttle.attempt("lan", address(1), now), Ok(()), "forgotten");
        }
    }

    #[test]
    fn whoever_signs_in_begins_anew() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..1_000 {
            assert_eq!(throttle.attempt("lan", address(1), now), Ok(()));
            throttle.succeeded("lan", address(1));
        }
    }

    #[test]
    fn one_address_with_many_names_and_many_addresses_with_one_name_are_slowed_down() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..50 {
            assert_eq!(throttle.attempt(&format!("name{n}"), address(1), now), Ok(()));
        }
        assert_eq!(throttle.attempt("name50", address(1), now), Err(Duration::from_secs(1)));
        assert_eq!(throttle.attempt("name50", address(2), now), Ok(()));
        for n in 0..100 {
            assert_eq!(throttle.attempt("lan", address(100 + n), now), Ok(()));
        }
        assert_eq!(throttle.attempt("lan", address(99), now), Err(Duration::from_secs(1)));
        let later = now + Duration::from_secs(30);
        assert_eq!(throttle.attempt("lan", address(99), later), Ok(()), "never for long");
    }

    #[test]
    fn one_who_has_a_network_of_ipv6_has_one_address() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..5_u16 {
            let from = IpAddr::from([0x2001, 0xdb8, 0, 7, 0, 0, 0, n]);
            assert_eq!(throttle.attempt("lan", from, now), Ok(()));
        }
        assert!(throttle.attempt("lan", "2001:db8:0:7::99".parse().unwrap(), now).is_err());
        assert!(throttle.attempt("lan", "2001:db8:0:8::99".parse().unwrap(), now).is_ok());
    }

    #[test]
    fn the_counts_do_not_grow_for_ever() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        for n in 0..30_000_u32 {
            let now = start + Duration::from_millis(n.into());
            let _ = throttle.attempt(&format!("name{n}"), IpAddr::from(n.to_be_bytes()), now);
        }
        assert!(throttle.counts.into_inner().unwrap().len() <= KEPT + 3);
    }
}
