//! Layers and their levels.

/// A place in a layer's list of levels: 0 is the top (`city`), the last one is the grids'.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(pub u8);

/// What bounds a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outline {
    /// The layer has an outline of its own; a face inside it without a unit is a gap.
    Own,
    /// The layer must fill the outline of another one, named here.
    Of(String),
    /// The layer covers what it covers; there is no gap rule.
    None,
}

/// One coverage: its name, its levels from top to bottom, what bounds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The name in SQL, JSON and routes: `land`, `water`, `police`.
    pub name: String,
    /// What Chinese readers call it: 网格, 水域网格, 警格.
    pub title: String,
    /// Level names, top to bottom, at least one; the last one carries the geometry.
    pub levels: Vec<String>,
    /// What bounds it.
    pub outline: Outline,
}

impl Layer {
    /// The governance grids: `city county township village grid`, gap-free in an outline of their own.
    pub fn land() -> Self {
        Self::new("land", "网格", &["city", "county", "township", "village", "grid"], Outline::Own)
    }

    /// The water grids: `city reach water`, over the land grids, without an outline.
    pub fn water() -> Self {
        Self::new("water", "水域网格", &["city", "reach", "water"], Outline::None)
    }

    /// The police grids: `bureau station police`, gap-free in land's outline.
    pub fn police() -> Self {
        Self::new("police", "警格", &["bureau", "station", "police"], Outline::Of("land".into()))
    }

    /// The three layers that wangge knows, in the order in which they are drawn and listed.
    pub fn all() -> [Self; 3] {
        [Self::land(), Self::water(), Self::police()]
    }

    fn new(name: &str, title: &str, levels: &[&str], outline: Outline) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            levels: levels.iter().map(|&l| l.into()).collect(),
            outline,
        }
    }

    /// The level of that name.
    pub fn level(&self, name: &str) -> Option<Level> {
        self.levels.iter().position(|l| l == name).map(|i| Level(i as u8))
    }

    /// The name of a level.
    pub fn level_name(&self, level: Level) -> &str {
        &self.levels[usize::from(level.0)]
    }

    /// The lowest level, the one of the grids.
    pub fn grid_level(&self) -> Level {
        Level((self.levels.len() - 1) as u8)
    }
}
