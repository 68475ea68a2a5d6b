//! A publish leaves the tiles alone that it does not touch: their keys stay, and so do their bytes.

use super::world::Town;
use crate::dice::Dice;
use crate::http::client::wait;
use crate::town;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wangge::app::Published;
use wangge::geom::Point;
use wangge::snapshot::drawn::Dot;
use wangge::tile::{TileCoord, Tileset};

/// The zooms that somebody looks at; no more than drawings are kept.
const ZOOMS: [u8; 3] = [9, 11, 13];
const ROUNDS: usize = 6;

/// All tiles that the town may be in, and one further.
fn tiles(published: &Published) -> Vec<TileCoord> {
    let bbox = published.base.layers()[0].coverage.bbox().unwrap();
    let mut tiles = Vec::new();
    for z in ZOOMS {
        let (sw, ne) = (Dot::of(bbox.min, z).tile(), Dot::of(bbox.max, z).tile());
        let columns = sw.0 - 1..=ne.0 + 1;
        tiles.extend(columns.flat_map(|x| (ne.1 - 1..=sw.1 + 1).map(move |y| TileCoord { z, x, y })));
    }
    tiles
}

fn looked_at(published: &Published) -> BTreeMap<String, (String, Vec<u8>)> {
    let look = |tile: TileCoord| {
        let key = published.tile_key(Tileset::Grid, tile).to_string();
        (format!("{}/{}/{}", tile.z, tile.x, tile.y), (key, published.render(tile)))
    };
    tiles(published).into_iter().map(look).collect()
}

/// Something to draw: the middle of a border a little aside, a new name, or another parent.
fn edit(published: &Published, dice: &mut Dice, round: usize) -> Value {
    let land = &published.base.layers()[0];
    let degrees = |p: Point| json!([p.lon(), p.lat()]);
    loop {
        let arc = land.coverage.arc(dice.int(0, land.coverage.arcs().len() as i64 - 1) as u32);
        let sides = [arc.left, arc.right].map(|face| land.coverage.unit(face));
        let [Some(left), Some(right)] = sides.map(|s| s.and_then(|id| land.units.get(id))) else { continue };
        match round % 3 {
            0 if arc.points.len() >= 6 && !arc.is_closed() => {
                let (a, b) = (arc.points[1], arc.points[arc.points.len() - 2]);
                let aside =
                    Point::new(a.x.midpoint(b.x) + (b.y - a.y) / 9, a.y.midpoint(b.y) - (b.x - a.x) / 9);
                return json!({"kind": "replace_path", "path": [degrees(a), degrees(aside), degrees(b)]});
            }
            1 if left.parent != right.parent => {
                let parent = left.parent.and_then(|p| land.units.get(p)).unwrap();
                return json!({"kind": "reassign_parent", "units": [right.code], "parent": parent.code});
            }
            2 => {
                let name = json!({"old": left.name, "new": format!("新名{round}")});
                return json!({"kind": "set_attributes", "unit": left.code, "set": {"name": name}});
            }
            _ => {}
        }
    }
}

#[test]
fn tiles_that_a_publish_does_not_touch_keep_their_keys_and_their_bytes() {
    wait(async {
        let town = Town::of(&[town::source(14, 6, 7)]).await;
        let mut dice = Dice::new(11);
        let mut before = looked_at(&town.app.published());
        let (mut kept, mut changed) = (0, 0);
        for round in 0..ROUNDS {
            let mut tries = 0;
            let id = town.begin("x").await;
            while town.app.working(id).await.unwrap().stored.is_empty() {
                let operation = edit(&town.app.published(), &mut dice, round);
                let _ = town.try_draw(id, operation, &super::world::planner()).await;
                tries += 1;
                assert!(tries < 100, "nothing can be drawn");
            }
            town.approve(id).await;
            town.publish(id).await;
            let after = looked_at(&town.app.published());
            let mut touched = 0;
            for (tile, (key, bytes)) in &after {
                let (old_key, old_bytes) = &before[tile];
                if key == old_key {
                    assert!(bytes == old_bytes, "round {round}: {tile} has its key and other bytes");
                    kept += 1;
                } else {
                    touched += 1;
                    changed += usize::from(bytes != old_bytes);
                }
            }
            println!("round {round}: {touched} of {} tiles touched", after.len());
            assert!(touched > 0, "round {round}");
            // Another parent may give many villages another tint.
            assert!(
                round % 3 == 1 || touched < after.len() / 2,
                "round {round}: {touched} of {}",
                after.len()
            );
            before = after;
        }
        println!("{kept} tiles kept their keys, {changed} of those touched had other bytes");
        assert!(changed > 0);
    });
}

#[test]
fn a_zoom_at_which_nobody_looked_is_new_as_a_whole() {
    wait(async {
        let town = Town::file().await;
        let id = town.drawn("x", &[super::world::set("g3", "name", "北村第1网格", "新")]).await;
        town.approve(id).await;
        town.publish(id).await;
        let far = TileCoord { z: 10, x: 0, y: 0 };
        assert_eq!(town.app.tile_key(&town.app.published(), Tileset::Grid, far).await.revision, 2);
    });
}
