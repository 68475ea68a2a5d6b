//! Tiles that PostGIS cuts from kept drawings, beside our own.

pub mod constraints;
mod kept;
mod same;

use crate::partition;
use crate::{postgis, town};
use sqlx::{Connection, PgConnection};
use wangge::app::{Published, draw_head};
use wangge::snapshot::LayerSource;
use wangge::store::{Location, Sitting, Store};
use wangge::tile::TileCoord;
use wangge::unit::{Code, Layer, Level, Unit, UnitId};

pub use crate::store_contract::publication;

/// A town with water and police of other borders over it.
pub fn layers(seed: u64) -> Vec<LayerSource> {
    let over = |layer: Layer, side, first: u64| {
        let unit = |n: u64, level: u8, parent: Option<u64>| Unit {
            id: UnitId::try_from(n).unwrap(),
            code: Code::try_from(format!("x{n}")).unwrap(),
            name: format!("示例{n}"),
            level: Level(level),
            parent: parent.map(|p| UnitId::try_from(p).unwrap()),
            attributes: wangge::unit::Attributes::new(),
        };
        let shapes: Vec<_> = partition::city(side, 7, seed + first)
            .into_iter()
            .map(|(id, shape)| (UnitId::try_from(first + 100 + id.get()).unwrap(), shape))
            .collect();
        let middle = |id: UnitId| first + 2 + id.get() % 3;
        let grids = shapes.iter().map(|(id, _)| unit(id.get(), 2, Some(middle(*id))));
        let above =
            std::iter::once(unit(first, 0, None)).chain((2..5).map(|n| unit(first + n, 1, Some(first))));
        let units = above.chain(grids).collect();
        LayerSource { layer, outline: None, units, shapes }
    };
    vec![town::source(24, 9, seed), over(Layer::water(), 5, 20_000_000), over(Layer::police(), 9, 30_000_000)]
}

/// A database with one revision and its drawings.
pub async fn drawn(layers: &[LayerSource]) -> (Store, Published, PgConnection) {
    let name = postgis::database().await;
    let url = postgis::shared_url(&name);
    let store = Store::create(Location::parse(&url).unwrap()).await.unwrap();
    store.publish(&publication(None, layers)).await.unwrap();
    store.keep_drawings(true).await.unwrap();
    let done = draw_head(&store).await.unwrap();
    assert!(matches!(done, Some(Sitting::Drawn { added: 1.., removed: 0 })), "{done:?}");
    let published = Published::new(store.load_head().await.unwrap()).unwrap();
    (store, published, PgConnection::connect(&url).await.unwrap())
}

/// What PostGIS makes of a tile; asked for as martin asks.
pub async fn cut(connection: &mut PgConnection, tile: TileCoord) -> Vec<u8> {
    let ask = "select wangge.wangge_tile($1::integer, $2::integer, $3::integer, '{}'::json)";
    let cut: Result<Option<Vec<u8>>, _> = sqlx::query_scalar(ask)
        .bind(i32::from(tile.z))
        .bind(tile.x as i32)
        .bind(tile.y as i32)
        .fetch_one(connection)
        .await;
    cut.unwrap().unwrap_or_default()
}
