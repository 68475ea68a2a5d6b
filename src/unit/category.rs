//! Kinds of reports, and the rule that finds who is responsible for one.

use std::fmt;
use std::sync::LazyLock;

/// One step of a rule: a layer, and how far from the point its grid may lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// The layer's name: `land`, `water`, `police`.
    pub layer: String,
    /// How far away the grid may be, in metres; 0 means that it must hold the point.
    pub reach_m: f64,
}

/// A kind of report: 矛盾纠纷, 水域救援 …
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    /// The code in SQL, JSON and routes: `dispute`, `drowning`.
    pub code: String,
    /// The Chinese name.
    pub zh: String,
    /// The English name.
    pub en: String,
    /// Where to look, in order: the first layer whose grid holds the point or is within reach.
    pub rule: Vec<Reach>,
    /// Hours until a report of this kind is due.
    pub due_hours: u32,
}

/// The kinds of reports that a city knows, in the order of its table.
#[derive(Clone, Debug, PartialEq)]
pub struct Categories(Vec<Category>);

/// A cell of the table that does not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: expected {expected}, got {got:?}")]
pub struct CategoryError {
    /// The line of the table, the head being 1.
    pub line: u64,
    /// The column's name.
    pub column: &'static str,
    /// What should stand there.
    pub expected: &'static str,
    /// What stands there.
    pub got: String,
}

/// Text that names no category, with the names that come nearest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no category {got:?}; the nearest are {}", nearest.join(", "))]
pub struct UnknownCategory {
    /// What came in, cut to 80 characters.
    pub got: String,
    /// Up to three codes, the nearest first.
    pub nearest: Vec<String>,
}

const COLUMNS: [&str; 5] = ["code", "zh", "en", "rule", "due_hours"];
/// The farthest that a rule may reach, in metres.
const FARTHEST_M: f64 = 2_000.0;

impl Category {
    /// The rule when no category is given: the land grid that holds the point.
    pub fn default_rule() -> Vec<Reach> {
        vec![Reach { layer: "land".into(), reach_m: 0.0 }]
    }

    /// The rule as it is written in the table: `water:30|land`.
    pub fn rule_text(&self) -> String {
        rule_text(&self.rule)
    }
}

/// A rule as it is written in the table: `water:30|land`.
pub fn rule_text(rule: &[Reach]) -> String {
    rule.iter().map(Reach::to_string).collect::<Vec<_>>().join("|")
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.reach_m > 0.0 {
            write!(f, "{}:{}", self.layer, self.reach_m)
        } else {
            f.write_str(&self.layer)
        }
    }
}

impl Categories {
    /// The table that comes with wangge, `geodata/categories.csv`.
    pub fn standard() -> &'static Self {
        static STANDARD: LazyLock<Categories> = LazyLock::new(|| {
            Categories::parse(include_str!("../../geodata/categories.csv")).expect("a test reads this table")
        });
        &STANDARD
    }

    /// Reads a table with the columns `code,zh,en,rule,due_hours`, or reports every cell that is wrong.
    ///
    /// A rule is a list of layers with `|` between them, each with an optional `:metres`: `water:30|land`
    /// is the water grid within 30 m, else the land grid. Codes and names are unique.
    pub fn parse(csv: &str) -> Result<Self, Vec<CategoryError>> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(csv.as_bytes());
        let mut errors = Vec::new();
        let head = reader.headers().cloned().unwrap_or_default();
        if head.iter().ne(COLUMNS) {
            let got = head.iter().collect::<Vec<_>>().join(",");
            let expected = "the columns code,zh,en,rule,due_hours";
            return Err(vec![CategoryError { line: 1, column: "code", expected, got }]);
        }
        let mut table = Self(Vec::new());
        for row in reader.records().flatten() {
            let line = row.position().map_or(0, csv::Position::line);
            match category(&table, &row) {
                Ok(found) => table.0.push(found),
                Err(wrong) => errors.extend(wrong.into_iter().map(|(column, expected)| {
                    let at = COLUMNS.iter().position(|c| *c == column).unwrap_or(0);
                    CategoryError { line, column, expected, got: row.get(at).unwrap_or("").into() }
                })),
            }
        }
        if errors.is_empty() { Ok(table) } else { Err(errors) }
    }

    /// All of them, in the order of the table.
    pub fn all(&self) -> &[Category] {
        &self.0
    }

    /// The category with that code or name, Chinese or English, whatever the case.
    pub fn find(&self, text: &str) -> Result<&Category, UnknownCategory> {
        let wanted = text.trim().to_lowercase();
        let named = |c: &&Category| [&c.code, &c.zh, &c.en].iter().any(|name| name.to_lowercase() == wanted);
        self.0.iter().find(named).ok_or_else(|| self.unknown(text, &wanted))
    }

    fn unknown(&self, text: &str, wanted: &str) -> UnknownCategory {
        let wanted: Vec<char> = wanted.chars().take(80).collect();
        let distance = |c: &Category| {
            let far = |name: &String| edits(&wanted, &name.to_lowercase().chars().collect::<Vec<_>>());
            [&c.code, &c.zh, &c.en].into_iter().map(far).min().unwrap_or(usize::MAX)
        };
        let mut by_distance: Vec<(usize, &Category)> = self.0.iter().map(|c| (distance(c), c)).collect();
        by_distance.sort_by_key(|&(d, _)| d);
        let nearest = by_distance.iter().take(3).map(|(_, c)| c.code.clone()).collect();
        UnknownCategory { got: text.chars().take(80).collect(), nearest }
    }
}

type Wrong = (&'static str, &'static str);

fn category(table: &Categories, row: &csv::StringRecord) -> Result<Category, Vec<Wrong>> {
    let cell = |i: usize| row.get(i).unwrap_or("");
    let mut wrong: Vec<Wrong> = Vec::new();
    for (i, column) in COLUMNS.into_iter().enumerate().take(3) {
        if cell(i).is_empty() {
            wrong.push((column, "some text"));
        } else if table.find(cell(i)).is_ok() {
            wrong.push((column, "a name that no other category has"));
        }
    }
    let rule: Option<Vec<Reach>> = cell(3).split('|').map(reach).collect();
    let due_hours = cell(4).parse::<u32>().ok().filter(|hours| (1..=8_760).contains(hours));
    if rule.is_none() {
        wrong.push(("rule", "layers with | between them, each with an optional reach, as in water:30|land"));
    }
    if due_hours.is_none() {
        wrong.push(("due_hours", "a whole number from 1 to 8760"));
    }
    match (rule, due_hours) {
        (Some(rule), Some(due_hours)) if wrong.is_empty() => {
            Ok(Category { code: cell(0).into(), zh: cell(1).into(), en: cell(2).into(), rule, due_hours })
        }
        _ => Err(wrong),
    }
}

fn reach(text: &str) -> Option<Reach> {
    let (layer, metres) = text.split_once(':').unwrap_or((text, "0"));
    let reach_m = metres.parse().ok().filter(|m| (0.0..=FARTHEST_M).contains(m))?;
    super::Layer::all().iter().any(|l| l.name == layer).then(|| Reach { layer: layer.into(), reach_m })
}

/// How many letters must be put in, taken out or replaced to make `a` into `b` (Levenshtein's distance).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_comes_along_reads_and_ends_every_rule_on_land() {
        let all = Categories::standard().all();
        assert!(all.len() >= 20);
        for category in all {
            let last = category.rule.last().unwrap();
            assert_eq!((last.layer.as_str(), last.reach_m), ("land", 0.0), "{}", category.code);
        }
    }

    #[test]
    fn a_category_is_found_by_code_and_by_both_names() {
        let categories = Categories::standard();
        for name in ["drowning", "水域救援", "Water rescue", " DROWNING "] {
            let found = categories.find(name).unwrap();
            assert_eq!((found.code.as_str(), found.rule_text().as_str()), ("drowning", "water:30|land"));
        }
        assert_eq!(rule_text(&Category::default_rule()), "land");
    }

    #[test]
    fn an_unknown_category_comes_back_with_the_nearest() {
        let nearest = |text| Categories::standard().find(text).unwrap_err().nearest[0].clone();
        assert_eq!(nearest("drownin"), "drowning");
        assert_eq!(nearest("水域求救"), "drowning");
        assert_eq!(nearest("采沙"), "sand");
        assert_eq!(Categories::standard().find(&"x".repeat(100_000)).unwrap_err().got.len(), 80);
    }

    #[test]
    fn every_wrong_cell_is_reported_with_its_line() {
        let csv = "code,zh,en,rule,due_hours\na,甲,A,land,1\na,乙,B,sky|land,0\nc,,C,water:9999,x\n";
        let errors = Categories::parse(csv).unwrap_err();
        let places: Vec<(u64, &str)> = errors.iter().map(|e| (e.line, e.column)).collect();
        let want = [(3, "code"), (3, "rule"), (3, "due_hours"), (4, "zh"), (4, "rule"), (4, "due_hours")];
        assert_eq!(places, want);
        assert_eq!(Categories::parse("code,name\n").unwrap_err()[0].line, 1);
        assert_eq!(Categories::parse("code,zh,en,rule,due_hours\na,甲\n").unwrap_err().len(), 3);
    }

    #[test]
    fn edits_are_counted_one_by_one() {
        let count = |a: &str, b: &str| edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!([count("", "ab"), count("ab", "ab"), count("abc", "xbcd"), count("ab", "")], [2, 0, 2, 2]);
    }
}
