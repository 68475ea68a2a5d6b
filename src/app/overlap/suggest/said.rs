//! What a suggestion is called and what it gains, in words for those who approve it.

use super::{Suggestion, SuggestionKind};

impl Suggestion<'_> {
    /// What a draft of it is called.
    pub fn title(&self) -> String {
        let station = &self.group.name;
        match (self.kind, self.between) {
            (SuggestionKind::Align, Some((from, to))) => {
                format!("{station}沿网格界线对齐:{} → {}", from.name, to.name)
            }
            (SuggestionKind::Snap, Some((from, to))) => {
                format!("{station}警格界线贴合网格界线:{} → {}", from.name, to.name)
            }
            (SuggestionKind::Split, _) => format!("{}沿警格界线分为两个网格", self.first_grid()),
            _ => format!("{station}警格按整网格重划"),
        }
    }

    /// What moves and what it gains, in a sentence.
    pub fn reason(&self) -> String {
        let hectares = |m2: f64| format!("{:.2}", m2 / 10_000.0);
        let moved = hectares(self.moved_m2);
        let to = self.between.map_or("所在警格", |(_, to)| to.name.as_str());
        let grids = self.grids.len();
        let what = match (self.kind, self.between) {
            (SuggestionKind::Snap, _) => format!("{grids} 个网格边上的窄条划入{to},移动 {moved} 公顷"),
            (SuggestionKind::Split, Some((from, to))) => {
                format!("{}跨{}和{},分出 {moved} 公顷为新网格", self.first_grid(), to.name, from.name)
            }
            _ => format!("{grids} 个网格整体划入{to},移动 {moved} 公顷"),
        };
        format!(
            "{what}:{}被分割网格 {} → {},不一致面积 {} → {} 公顷",
            self.group.name,
            self.split.0,
            self.split.1,
            hectares(self.mismatch_m2.0),
            hectares(self.mismatch_m2.1),
        )
    }

    fn first_grid(&self) -> &str {
        self.grids.first().map_or("", |grid| grid.name.as_str())
    }
}
