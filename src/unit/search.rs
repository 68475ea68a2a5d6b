//! Finding units by code, name and pinyin.
//!
//! A query matches a name by its text, or by its pinyin from any character on: whole syllables and
//! initials mixed, the last syllable perhaps unfinished (`qixing`, `qxq`, `qix`). Characters with
//! several readings match by each of them (长 as `chang` and `zhang`).

use super::{Unit, UnitId};
use pinyin::ToPinyinMulti;

/// The names and codes of some units, ready to be searched.
#[derive(Clone, Debug, Default)]
pub struct SearchIndex {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: UnitId,
    level: u8,
    code: String,
    name: String,
    /// The readings of each character of the name; a character without one reads as itself.
    readings: Vec<Reading>,
}

/// How one character may be spelled in letters.
#[derive(Clone, Debug)]
enum Reading {
    /// By one of these syllables; ü is typed v.
    Syllables(Box<[&'static str]>),
    /// As itself.
    Itself(char),
}

/// How well a unit matches: smaller is better. The order is: code or name as asked; then the higher
/// level; then a name that begins so, a code that begins so, a name that holds it, pinyin from the
/// first character, pinyin from a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    inexact: bool,
    level: u8,
    way: u8,
}

impl SearchIndex {
    /// Reads the names of some units. Costs a few hundred nanoseconds a character.
    pub fn new<'a>(units: impl IntoIterator<Item = &'a Unit>) -> Self {
        let entry = |u: &Unit| Entry {
            id: u.id,
            level: u.level.0,
            code: u.code.as_str().to_lowercase(),
            name: u.name.to_lowercase(),
            readings: readings(&u.name),
        };
        Self { entries: units.into_iter().map(entry).collect() }
    }

    /// The units that match, each with its rank, best first; ties by code.
    ///
    /// White space and apostrophes are ignored, as is the case of letters. An empty query matches none.
    pub fn find(&self, query: &str) -> Vec<(Rank, UnitId)> {
        let ignored = |c: char| c.is_whitespace() || c == '\'' || c == '’';
        let query: String = query.to_lowercase().chars().filter(|&c| !ignored(c)).collect();
        if query.is_empty() {
            return Vec::new();
        }
        let letters = query.bytes().all(|b| b.is_ascii_lowercase());
        let mut found: Vec<(Rank, &Entry)> = self
            .entries
            .iter()
            .filter_map(|e| {
                let (inexact, way) = e.matches(&query, letters)?;
                Some((Rank { inexact, level: e.level, way }, e))
            })
            .collect();
        found.sort_by(|(r, e), (s, f)| r.cmp(s).then_with(|| e.code.cmp(&f.code)));
        found.into_iter().map(|(rank, e)| (rank, e.id)).collect()
    }
}

impl Entry {
    fn matches(&self, query: &str, letters: bool) -> Option<(bool, u8)> {
        if self.code == query || self.name == query {
            return Some((false, 0));
        }
        let ways = [self.name.starts_with(query), self.code.starts_with(query), self.name.contains(query)];
        if let Some(way) = ways.iter().position(|&w| w) {
            return Some((true, way as u8));
        }
        if !letters {
            return None;
        }
        let from = |i: usize| reads(&self.readings[i..], query);
        (0..self.readings.len()).find(|&i| from(i)).map(|i| (true, if i == 0 { 3 } else { 4 }))
    }
}

fn readings(name: &str) -> Vec<Reading> {
    let reading = |c: char| match c.to_pinyin_multi() {
        Some(multi) => {
            let mut all: Vec<&'static str> = multi.into_iter().map(|p| typed(p.plain())).collect();
            all.sort_unstable();
            all.dedup();
            Reading::Syllables(all.into())
        }
        None => Reading::Itself(c),
    };
    name.to_lowercase().chars().map(reading).collect()
}

/// A syllable as it is typed on a keyboard without ü.
fn typed(syllable: &'static str) -> &'static str {
    match syllable {
        "lü" => "lv",
        "lüe" => "lve",
        "nü" => "nv",
        "nüe" => "nve",
        plain => plain,
    }
}

/// Whether the letters spell the characters from the first on: each by a whole syllable or its initial,
/// the last one by any beginning of its syllable.
fn reads(characters: &[Reading], letters: &str) -> bool {
    let Some((first, rest)) = characters.split_first() else { return letters.is_empty() };
    let by = |syllable: &str| {
        syllable.starts_with(letters)
            || letters.strip_prefix(syllable).is_some_and(|after| reads(rest, after))
            || letters.get(..1).is_some_and(|i| syllable.starts_with(i) && reads(rest, &letters[1..]))
    };
    letters.is_empty()
        || match first {
            Reading::Syllables(all) => all.iter().any(|syllable| by(syllable)),
            Reading::Itself(c) => by(c.encode_utf8(&mut [0; 4])),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::{Attributes, Code, Level};

    fn index() -> SearchIndex {
        let rows = [
            ("450305", "七星区", 1),
            ("450328203", "七星村", 3),
            ("450321", "阳朔县", 1),
            ("450305002", "长海路", 2),
        ];
        let units: Vec<Unit> = rows
            .iter()
            .enumerate()
            .map(|(i, &(code, name, level))| Unit {
                id: UnitId::try_from(i as u64 + 1).unwrap(),
                code: Code::try_from(code).unwrap(),
                name: name.into(),
                level: Level(level),
                parent: None,
                attributes: Attributes::new(),
            })
            .collect();
        SearchIndex::new(&units)
    }

    fn found(query: &str) -> Vec<u64> {
        index().find(query).iter().map(|(_, id)| id.get()).collect()
    }

    #[test]
    fn the_higher_level_comes_first_and_an_exact_name_before_all() {
        assert_eq!(found("七星"), [1, 2]);
        assert_eq!(found("七星村"), [2]);
        assert_eq!(found("450305"), [1, 4]);
    }

    #[test]
    fn pinyin_matches_by_syllables_initials_and_every_reading() {
        assert_eq!(found("qixing"), [1, 2]);
        assert_eq!(found("Qi Xing"), [1, 2]);
        assert_eq!(found("qxq"), [1]);
        assert_eq!(found("ys"), [3]);
        assert_eq!(found("yangsh"), [3]);
        assert_eq!(found("chl"), [4]);
        assert_eq!(found("zhanghai"), [4]);
        assert_eq!(found("xq"), [1]);
    }

    #[test]
    fn what_nobody_is_called_finds_nobody() {
        for query in ["", "  ", "qxx", "桂林", "9"] {
            assert!(found(query).is_empty(), "{query:?}");
        }
    }
}
