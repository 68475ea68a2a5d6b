//! Posts from CSV: a line per post, all of them or none.

use crate::snapshot::LayerSource;
use crate::unit::{Code, Person, Post, UnitId, is_phone};
use chrono::NaiveDate;
use std::collections::HashMap;

/// A row that cannot be a post.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {detail}")]
pub struct BadRow {
    /// The line of the file that the row starts on, from 1.
    pub line: u64,
    /// What was expected and what stands there.
    pub detail: String,
}

/// The columns, in any order; the last four may be missing.
const COLUMNS: [&str; 7] = ["code", "title", "valid_from", "holder", "phone", "valid_to", "layer"];
const REQUIRED: usize = 3;

/// Where each of [`COLUMNS`] stands.
type Places = [Option<usize>; COLUMNS.len()];

/// Reads posts: `code,title,valid_from` and if wanted `holder,phone,valid_to,layer`.
///
/// UTF-8, with or without a byte order mark; days as `2026-11-23` or `2026/11/23`; `valid_to` is the day
/// after the last. A code that several layers have needs `layer`. Either all posts, in the order of the
/// file, or every row that is wrong.
pub fn read(bytes: &[u8], layers: &[LayerSource]) -> Result<Vec<Post>, Vec<BadRow>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.headers().map_err(|e| vec![bad(1, format!("expected CSV in UTF-8: {e}"))])?;
    let places = places(header).map_err(|detail| vec![bad(1, detail)])?;
    let units = Units::new(layers);
    let (mut posts, mut wrong) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let read = match &record {
            Ok(record) => post(record, &places, &units),
            Err(error) => Err(error.to_string()),
        };
        let at = match &record {
            Ok(record) => record.position().map(csv::Position::line),
            Err(error) => error.position().map(csv::Position::line),
        };
        match read {
            Ok(post) => posts.push(post),
            Err(detail) => wrong.push(bad(at.unwrap_or(0), detail)),
        }
    }
    if wrong.is_empty() { Ok(posts) } else { Err(wrong) }
}

fn bad(line: u64, detail: String) -> BadRow {
    BadRow { line, detail }
}

fn places(header: &csv::StringRecord) -> Result<Places, String> {
    let mut places: Places = [None; COLUMNS.len()];
    for (i, name) in header.iter().enumerate() {
        let name = name.trim();
        let known = COLUMNS.iter().position(|c| c.eq_ignore_ascii_case(name));
        let known =
            known.ok_or_else(|| format!("expected columns among {}, got {name:?}", COLUMNS.join(", ")))?;
        if places[known].replace(i).is_some() {
            return Err(format!("expected the column {name} once, got it twice"));
        }
    }
    match places[..REQUIRED].iter().position(Option::is_none) {
        Some(missing) => Err(format!("expected a column {}, got none", COLUMNS[missing])),
        None => Ok(places),
    }
}

fn post(record: &csv::StringRecord, places: &Places, units: &Units<'_>) -> Result<Post, String> {
    let cell = |column: usize| {
        let text = places[column].and_then(|i| record.get(i)).unwrap_or_default().trim();
        if text.is_empty() { None } else { Some(text) }
    };
    let need =
        |column: usize| cell(column).ok_or_else(|| format!("expected a {}, got none", COLUMNS[column]));
    let unit = units.find(need(0)?, cell(6))?;
    let title = need(1)?.to_owned();
    let valid_from = day(COLUMNS[2], need(2)?)?;
    let valid_to = cell(5).map(|text| day(COLUMNS[5], text)).transpose()?;
    if let Some(end) = valid_to.filter(|end| *end <= valid_from) {
        return Err(format!("expected valid_to after {valid_from}, got {end}"));
    }
    let phone = cell(4).map(phone).transpose()?;
    let person = match (cell(3), phone) {
        (Some(holder), phone) => Some(Person { holder: holder.to_owned(), phone }),
        (None, None) => None,
        (None, Some(phone)) => return Err(format!("expected a holder for the phone {phone}, got none")),
    };
    Ok(Post { unit, title, person, valid_from, valid_to })
}

fn day(column: &str, text: &str) -> Result<NaiveDate, String> {
    let read = |form| NaiveDate::parse_from_str(text, form).ok();
    let read = read("%Y-%m-%d").or_else(|| read("%Y/%m/%d"));
    read.ok_or_else(|| format!("expected a day as 2026-11-23 in {column}, got {text:?}"))
}

fn phone(text: &str) -> Result<String, String> {
    if is_phone(text) {
        Ok(text.to_owned())
    } else {
        Err(format!("expected a phone of digits and +-(), got {text:?}"))
    }
}

/// Units of all layers by code.
struct Units<'a>(HashMap<&'a str, Vec<(&'a str, UnitId)>>);

impl<'a> Units<'a> {
    fn new(layers: &'a [LayerSource]) -> Self {
        let mut units: HashMap<&str, Vec<(&str, UnitId)>> = HashMap::new();
        for source in layers {
            for unit in &source.units {
                units.entry(unit.code.as_str()).or_default().push((source.layer.name.as_str(), unit.id));
            }
        }
        Self(units)
    }

    fn find(&self, code: &str, layer: Option<&str>) -> Result<UnitId, String> {
        Code::try_from(code).map_err(|e| e.to_string())?;
        let bearers = self.0.get(code).map_or(&[][..], Vec::as_slice);
        let wanted = || bearers.iter().filter(|(name, _)| layer.is_none_or(|layer| layer == *name));
        match (wanted().count(), layer) {
            (1, _) => Ok(wanted().next().expect("there is one").1),
            (0, None) => Err(format!("expected the code of a unit, got {code}")),
            (0, Some(layer)) => Err(format!("expected the code of a unit of {layer}, got {code}")),
            _ => Err(format!("code {code} stands in several layers; name one in the column layer")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::{Attributes, Layer, Level, Unit};

    fn layers() -> Vec<LayerSource> {
        let unit = |id: u64, code: &str| Unit {
            id: UnitId::try_from(id).unwrap(),
            code: Code::try_from(code).unwrap(),
            name: code.into(),
            level: Level(0),
            parent: None,
            attributes: Attributes::new(),
        };
        let source = |layer, units| LayerSource { layer, outline: None, units, shapes: Vec::new() };
        let land = source(Layer::land(), vec![unit(1, "a"), unit(2, "both")]);
        vec![land, source(Layer::police(), vec![unit(3, "both")])]
    }

    #[test]
    fn good_rows_are_posts_in_their_order() {
        let csv = "\u{feff}Title,code,valid_from,valid_to,holder,phone,layer\r\n\
            网格长,a,2026-01-01,2026/12/31,示例网格员001,+86 000-0000,\r\n\
            \"民警,副\",both,2026-01-01,,,,police\r\n";
        let posts = read(csv.as_bytes(), &layers()).unwrap();
        assert_eq!(posts.len(), 2);
        assert_eq!((posts[0].unit.get(), posts[1].unit.get()), (1, 3));
        assert_eq!(posts[0].valid_to, NaiveDate::from_ymd_opt(2026, 12, 31));
        assert_eq!((posts[1].title.as_str(), &posts[1].person), ("民警,副", &None));
        assert_eq!(read(b"code,title,valid_from\n", &layers()), Ok(vec![]));
    }

    #[test]
    fn every_bad_row_is_told_with_its_line() {
        let csv = "code,title,valid_from,holder,phone,valid_to,layer\n\
            a,t,2026-01-01\n\
            nobody,t,2026-01-01\n\
            both,t,2026-01-01\n\
            a,,2026-01-01\n\
            \"a\",\"t\nt\",yesterday\n\
            a,t,2026-02-30\n\
            a,t,2026-01-02,h,,2026-01-02\n\
            a,t,2026-01-01,,110\n\
            a,t,2026-01-01,h,=1+1\n\
            a,t,2026-01-01,,,,moon\n";
        let wrong = read(csv.as_bytes(), &layers()).unwrap_err();
        let lines: Vec<u64> = wrong.iter().map(|w| w.line).collect();
        assert_eq!(lines, [3, 4, 5, 6, 8, 9, 10, 11, 12], "{wrong:?}");
    }

    #[test]
    fn a_file_that_is_not_of_these_columns_is_refused_as_a_whole() {
        for (bytes, part) in [
            (&b"code,title\n"[..], "valid_from"),
            (b"code,title,valid_from,salary\n", "salary"),
            (b"code,code,title,valid_from\n", "twice"),
            (b"code,title,valid_from\n\xb9\xf0,t,2026-01-01\n", "UTF-8"),
            (b"", "code"),
        ] {
            let wrong = read(bytes, &layers()).unwrap_err();
            assert!(wrong.len() == 1 && wrong[0].detail.contains(part), "{wrong:?}");
        }
    }
}
