//! What became of the rows: every one is counted once.

use std::fmt;

/// How many numbers of unreadable rows are kept.
const KEPT: usize = 20;

/// The rows by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows whose point lies in a grid of the responsible layer.
    pub inside: u64,
    /// Rows whose point lies near one.
    pub nearby: u64,
    /// Rows whose point lies near none.
    pub outside: u64,
    /// Rows without a point that could be read.
    pub unreadable: u64,
    /// The numbers of the first unreadable rows, at most twenty: lines of text, the head being the first,
    /// or rows of a table, counted from 1.
    pub first_unreadable: Vec<u64>,
}

impl Tally {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.inside + self.nearby + self.outside + self.unreadable
    }

    /// Counts a row that was looked up.
    pub(super) fn good(&mut self, outcome: &str) {
        match outcome {
            "inside" => self.inside += 1,
            "nearby" => self.nearby += 1,
            _ => self.outside += 1,
        }
    }

    /// Counts an unreadable row.
    pub(super) fn bad(&mut self, number: u64) {
        self.unreadable += 1;
        if self.first_unreadable.len() < KEPT {
            self.first_unreadable.push(number);
        }
    }

    /// Counts rows that come after these.
    pub fn add(&mut self, next: &Self) {
        self.inside += next.inside;
        self.nearby += next.nearby;
        self.outside += next.outside;
        self.unreadable += next.unreadable;
        let room = KEPT.saturating_sub(self.first_unreadable.len());
        self.first_unreadable.extend(next.first_unreadable.iter().take(room));
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inside, nearby, outside, unreadable, first_unreadable } = self;
        write!(
            f,
            "{} rows: {inside} inside, {nearby} nearby, {outside} outside, {unreadable} unreadable",
            self.rows()
        )?;
        let numbers: Vec<String> = first_unreadable.iter().map(u64::to_string).collect();
        match unreadable - first_unreadable.len() as u64 {
            _ if numbers.is_empty() => Ok(()),
            0 => write!(f, " ({})", numbers.join(", ")),
            more => write!(f, " ({} and {more} more)", numbers.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_unreadable_rows_are_named_and_the_rest_counted() {
        let mut whole = Tally::default();
        for block in 0..5 {
            let mut part = Tally::default();
            part.good("inside");
            part.good("nearby");
            part.good("outside");
            (1..=7).for_each(|i| part.bad(block * 10 + i));
            whole.add(&part);
        }
        let said = whole.to_string();
        assert!(
            said.starts_with("50 rows: 5 inside, 5 nearby, 5 outside, 35 unreadable (1, 2, 3,"),
            "{said}"
        );
        assert!(said.ends_with(" 25, 26 and 15 more)"), "{said}");
        assert_eq!((whole.rows(), whole.first_unreadable.len()), (50, 20));
        assert_eq!(Tally::default().to_string(), "0 rows: 0 inside, 0 nearby, 0 outside, 0 unreadable");
    }
}
