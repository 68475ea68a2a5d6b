//! What a draft draws near a place: the borders to draw on, and the units that they part.

use super::DraftError;
use crate::app::App;
use crate::edit::{Border, Side};
use crate::geom::Bbox;
use crate::unit::{Code, Unit, UnitId};
use std::collections::BTreeSet;

/// The borders of a layer near a place, as a draft draws them.
#[derive(Clone, Debug)]
pub struct Nearby {
    /// The version of the draft.
    pub version: u64,
    /// The borders.
    pub borders: Vec<Border>,
    /// The grids that they part, by id, each with the code of the unit above it.
    pub units: Vec<(Unit, Option<Code>)>,
}

impl App {
    /// The borders near a box as a draft draws them; as they are in force for a draft whose life is over. Those of the
    /// draft's layer, when no other is named.
    pub async fn draft_borders(
        &self,
        id: u64,
        layer: Option<String>,
        bbox: Bbox,
    ) -> Result<Nearby, DraftError> {
        let working = self.working(id).await?;
        let find = move || {
            let over = working.draft.standing.flow.stage().is_final();
            let state = if over { working.before() } else { working.state()? };
            let layer = layer.unwrap_or_else(|| working.draft.layer.clone());
            let view = state.layer(&layer).ok_or(DraftError::UnknownLayer(layer))?;
            let borders = view.borders(bbox);
            let sides = borders.iter().flat_map(|b| [b.sides.0, b.sides.1]);
            let ids: BTreeSet<UnitId> = sides.filter_map(Side::unit).collect();
            let units = ids.into_iter().filter_map(|id| {
                let unit = view.unit(id)?.into_owned();
                let parent = unit.parent.and_then(|p| view.unit(p)).map(|p| p.code.clone());
                Some((unit, parent))
            });
            Ok(Nearby { version: working.draft.version, units: units.collect(), borders })
        };
        tokio::task::spawn_blocking(find).await.expect("looking for borders does not panic")
    }
}
