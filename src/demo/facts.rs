//! The facts that the demo city is built from, read from CSV text.

use crate::geom::Point;
use serde::Deserialize;

/// A county-level division as it stands in `geodata/counties.csv`.
#[derive(Clone, Debug)]
pub struct County {
    /// Six digits.
    pub code: String,
    /// 七星区
    pub name: String,
    /// Qixing District
    pub name_en: String,
    /// Qīxīng Qū
    pub pinyin: String,
    /// 市辖区, 县, 自治县, 县级市
    pub kind: String,
    /// Official area.
    pub area_km2: f64,
    /// People, the estimate of 2018.
    pub population: u32,
    /// Where its government sits.
    pub seat: Point,
    /// How many land grids it gets.
    pub grids: usize,
    /// Its townships, in the order of their codes.
    pub townships: Vec<Township>,
}

/// A township-level division and its villages.
#[derive(Clone, Debug)]
pub struct Township {
    /// Nine digits.
    pub code: String,
    /// 东江街道
    pub name: String,
    /// 街道, 镇, 乡, 民族乡 …
    pub kind: String,
    /// Its villages and communities, in the order of their codes.
    pub villages: Vec<Village>,
}

/// A village or an urban community.
#[derive(Clone, Debug)]
pub struct Village {
    /// Twelve digits.
    pub code: String,
    /// The name as registered.
    pub full_name: String,
    /// The name for labels: at least two characters, never a bare 村 or 社区.
    pub name: String,
    /// 居委会, 村委会 or another kind.
    pub kind: String,
}

impl Village {
    /// Whether it is an urban community.
    pub fn is_community(&self) -> bool {
        self.kind == "居委会"
    }
}

/// A named place on the Li River.
#[derive(Clone, Debug)]
pub struct Waypoint {
    /// 大圩古镇
    pub name: String,
    /// Where.
    pub at: Point,
}

/// All the facts of the demo.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The counties, in the order of their codes.
    pub counties: Vec<County>,
    /// The Li River from its source downstream.
    pub river: Vec<Waypoint>,
}

/// CSV text that is not what the demo needs.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// A file does not read as CSV with the expected columns.
    #[error("{file} must have the columns of the demo's facts")]
    Csv {
        /// Which file.
        file: &'static str,
        /// What the reader says.
        source: csv::Error,
    },
    /// A position lies nowhere.
    #[error("{file} must give positions in degrees")]
    Position {
        /// Which file.
        file: &'static str,
        /// What is wrong with it.
        source: crate::geom::OutOfRange,
    },
    /// A code names a parent that is not there.
    #[error("{file}: {code} must belong to a known unit, got {parent}")]
    Orphan {
        /// Which file.
        file: &'static str,
        /// The unit.
        code: String,
        /// The parent that is missing.
        parent: String,
    },
}

#[derive(Deserialize)]
struct CountyRow {
    code6: String,
    name: String,
    name_en: String,
    pinyin: String,
    kind: String,
    area_km2: f64,
    pop_2018_est: u32,
    seat_lon_wgs84: f64,
    seat_lat_wgs84: f64,
    demo_grids: usize,
}

#[derive(Deserialize)]
struct TownshipRow {
    code9: String,
    name: String,
    r#type: String,
    county_code: String,
}

#[derive(Deserialize)]
struct VillageRow {
    code12: String,
    name: String,
    short_name: String,
    kind: String,
    township_code: String,
}

#[derive(Deserialize)]
struct WaypointRow {
    name: String,
    lon_wgs84: f64,
    lat_wgs84: f64,
}

impl Facts {
    /// The facts of Guilin that the program carries.
    pub fn guilin() -> Result<Self, FactsError> {
        Self::parse(
            include_str!("../../geodata/counties.csv"),
            include_str!("../../geodata/townships.csv"),
            include_str!("../../geodata/villages.csv"),
            include_str!("../../geodata/li_river.csv"),
        )
    }

    /// Facts from the text of four CSV files with the columns of those in `geodata/`.
    pub fn parse(counties: &str, townships: &str, villages: &str, river: &str) -> Result<Self, FactsError> {
        let mut counties = read_counties(counties)?;
        let orphan = |file, code: &str, parent: &str| FactsError::Orphan {
            file,
            code: code.into(),
            parent: parent.into(),
        };
        for row in rows::<TownshipRow>("townships.csv", townships)? {
            let county = counties.iter_mut().find(|c| c.code == row.county_code);
            let county = county.ok_or_else(|| orphan("townships.csv", &row.code9, &row.county_code))?;
            let (code, name, kind) = (row.code9, row.name, row.r#type);
            county.townships.push(Township { code, name, kind, villages: Vec::new() });
        }
        for row in rows::<VillageRow>("villages.csv", villages)? {
            let mut all = counties.iter_mut().flat_map(|c| &mut c.townships);
            let township = all.find(|t| t.code == row.township_code);
            let township = township.ok_or_else(|| orphan("villages.csv", &row.code12, &row.township_code))?;
            township.villages.push(village(row));
        }
        for county in &mut counties {
            county.townships.sort_by(|a, b| a.code.cmp(&b.code));
            county.townships.iter_mut().for_each(|t| t.villages.sort_by(|a, b| a.code.cmp(&b.code)));
        }
        counties.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(Self { counties, river: read_river(river)? })
    }
}

fn rows<T: serde::de::DeserializeOwned>(file: &'static str, text: &str) -> Result<Vec<T>, FactsError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().map_err(|source| FactsError::Csv { file, source })
}

fn position(file: &'static str, lon: f64, lat: f64) -> Result<Point, FactsError> {
    Point::from_degrees(lon, lat).map_err(|source| FactsError::Position { file, source })
}

fn read_counties(text: &str) -> Result<Vec<County>, FactsError> {
    let file = "counties.csv";
    let county = |r: CountyRow| {
        let seat = position(file, r.seat_lon_wgs84, r.seat_lat_wgs84)?;
        Ok(County {
            code: r.code6,
            name: r.name,
            name_en: r.name_en,
            pinyin: r.pinyin,
            kind: r.kind,
            area_km2: r.area_km2,
            population: r.pop_2018_est,
            seat,
            grids: r.demo_grids,
            townships: Vec::new(),
        })
    };
    rows(file, text)?.into_iter().map(county).collect()
}

fn read_river(text: &str) -> Result<Vec<Waypoint>, FactsError> {
    let file = "li_river.csv";
    let waypoint =
        |r: WaypointRow| Ok(Waypoint { at: position(file, r.lon_wgs84, r.lat_wgs84)?, name: r.name });
    rows(file, text)?.into_iter().map(waypoint).collect()
}

fn village(row: VillageRow) -> Village {
    let name = label(&row.name, &row.short_name);
    Village { code: row.code12, full_name: row.name, name, kind: row.kind }
}

/// The name for labels: the short one, unless it says nothing.
fn label(full: &str, short: &str) -> String {
    let bare = ["村", "社区", "街社区"].contains(&short) || short.chars().count() < 2;
    let full = full.strip_suffix("居委会").or_else(|| full.strip_suffix("村委会")).unwrap_or(full);
    if bare { full.into() } else { short.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guilin_has_its_official_numbers_of_units() {
        let facts = Facts::guilin().unwrap();
        let townships: Vec<&Township> = facts.counties.iter().flat_map(|c| &c.townships).collect();
        assert_eq!((facts.counties.len(), townships.len()), (17, 148));
        assert_eq!(townships.iter().map(|t| t.villages.len()).sum::<usize>(), 1946);
        assert_eq!(facts.counties.iter().map(|c| c.grids).sum::<usize>(), 5765);
        assert_eq!(facts.river.len(), 49);
    }

    #[test]
    fn a_label_that_says_nothing_gives_way_to_the_full_name() {
        assert_eq!(label("罗锦镇社区居委会", "社区"), "罗锦镇社区");
        assert_eq!(label("秀峰街道乐群社区", "乐群社区"), "乐群社区");
        assert_eq!(label("某镇村村委会", "村"), "某镇村");
        let facts = Facts::guilin().unwrap();
        let villages = facts.counties.iter().flat_map(|c| &c.townships).flat_map(|t| &t.villages);
        for v in villages {
            assert!(v.name.chars().count() >= 2 && v.name != "社区" && v.name != "街社区", "{v:?}");
        }
    }

    #[test]
    fn a_village_without_its_township_is_refused() {
        let counties = include_str!("../../geodata/counties.csv");
        let villages = "code12,name,short_name,kind,township_code\n1,某村,某村,村委会,999\n";
        let townships = "code9,name,type,county_code\n";
        let refused = Facts::parse(counties, townships, villages, "name,lon_wgs84,lat_wgs84\n");
        assert!(matches!(refused, Err(FactsError::Orphan { file: "villages.csv", .. })));
    }
}
