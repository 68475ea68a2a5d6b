//! Tiles: rendered once, kept compressed.
//!
//! The key of a tile names everything that its bytes depend on, the revision that last touched it
//! included. So nothing is ever wrong: a new revision asks for new keys. Those that it replaced are dropped, which is for
//! memory alone; who asks for one again has it drawn again.

use super::overlap::TILED;
use super::{App, OverlapError, Published};
use crate::tile::{Source, TileCoord, TileKey, Tileset, Window, render};
use bytes::Bytes;
use std::io::{self, Write};
use std::sync::Arc;

/// How much of the memory the cache may take.
const CAPACITY_BYTES: u64 = 48 << 20;
/// What an entry costs beside its bytes.
const ENTRY_BYTES: usize = 128;

/// How the bytes of a tile are packed: the content codings that browsers take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packing {
    /// As rendered.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
}

/// Packed tiles by key, the least used dropped first.
#[derive(Clone, Debug)]
pub(super) struct TileCache(moka::sync::Cache<(TileKey, Packing), Bytes>);

impl Default for TileCache {
    fn default() -> Self {
        let weigh = |_: &(TileKey, Packing), bytes: &Bytes| (bytes.len() + ENTRY_BYTES) as u32;
        Self(moka::sync::Cache::builder().max_capacity(CAPACITY_BYTES).weigher(weigh).build())
    }
}

impl Packing {
    /// The name in `Content-Encoding`; `None` for the identity.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// Packs bytes. The qualities are those after which a tile takes longer and is hardly smaller.
    fn pack(self, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(bytes),
            Self::Gzip => {
                let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
                writer.write_all(&bytes)?;
                writer.finish()
            }
            Self::Brotli => {
                let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
                writer.write_all(&bytes)?;
                Ok(writer.into_inner())
            }
            Self::Zstd => zstd::encode_all(bytes.as_slice(), 6),
        }
    }
}

impl Published {
    /// The key of a tile: its bytes are the same for as long as the key is. Not to be called where others wait; see
    /// [`Published::age`].
    pub fn tile_key(&self, tileset: Tileset, tile: TileCoord) -> TileKey {
        let revision = match tileset {
            Tileset::Grid => self.age(tile.z, (tile.x, tile.y)),
            Tileset::Overlap => self.revision().number,
        };
        TileKey { tileset, tile, revision }
    }

    fn known_tile_key(&self, tileset: Tileset, tile: TileCoord) -> Option<TileKey> {
        match tileset {
            Tileset::Grid => {
                let revision = self.known_age(tile.z, (tile.x, tile.y))?;
                Some(TileKey { tileset, tile, revision })
            }
            Tileset::Overlap => Some(self.tile_key(tileset, tile)),
        }
    }

    /// The bytes of a tile of the tileset `grid`, not packed; empty when there is nothing in it. The first tile of a zoom
    /// also draws that zoom, which takes up to some tenths of a second; of a very large layer each tile is drawn by itself.
    pub fn render(&self, tile: TileCoord) -> Vec<u8> {
        let layers = self.base.layers().iter();
        let Window { min, max, .. } = Window::of(tile);
        let drawn: Vec<_> = layers.filter_map(|l| Some((l, l.drawn_for(tile.z, (min, max))?))).collect();
        let sources: Vec<Source<'_>> =
            drawn.iter().map(|(l, drawn)| Source { layer: &l.layer, units: &l.units, drawn }).collect();
        render(&sources, tile)
    }
}

impl TileCache {
    /// The packed bytes if they are at hand; takes no time.
    pub fn find(&self, key: TileKey, packing: Packing) -> Option<Bytes> {
        self.0.get(&(key, packing))
    }

    /// Drops tiles in whose place a state has newer ones, as far as it knows.
    pub fn drop_replaced(&self, by: &Published) {
        for (entry, _) in &self.0 {
            let (key, _) = *entry;
            let now = by.known_tile_key(key.tileset, key.tile);
            if now.is_some_and(|now| now.revision > key.revision) {
                self.0.invalidate(&*entry);
            }
        }
    }

    /// The packed bytes, rendered when they are not at hand. Several who ask for one key at once wait
    /// for one rendering. May take long: not to be called where others wait.
    pub fn get(&self, key: TileKey, packing: Packing, render: impl FnOnce() -> Vec<u8>) -> Bytes {
        self.0.get_with((key, packing), || {
            let bytes = render();
            if bytes.is_empty() {
                return Bytes::new();
            }
            packing.pack(bytes).expect("writing to memory does not fail").into()
        })
    }
}

impl App {
    /// The key of a tile. What it takes to compare drawings is done away from the threads that answer requests.
    pub async fn tile_key(&self, published: &Arc<Published>, tileset: Tileset, tile: TileCoord) -> TileKey {
        if let Some(key) = published.known_tile_key(tileset, tile) {
            return key;
        }
        let published = published.clone();
        let compare = tokio::task::spawn_blocking(move || published.tile_key(tileset, tile));
        compare.await.expect("comparing drawings does not panic")
    }

    /// The packed bytes of a tile; empty when there is nothing in it. Rendered away from the threads
    /// that answer requests. An error says that the layers of the tileset are not there.
    pub async fn tile(
        &self,
        published: Arc<Published>,
        key: TileKey,
        packing: Packing,
    ) -> Result<Bytes, OverlapError> {
        if let Some(found) = self.tiles.find(key, packing) {
            return Ok(found);
        }
        let (tiles, tile) = (self.tiles.clone(), key.tile);
        let rendered = match key.tileset {
            Tileset::Grid => {
                tokio::task::spawn_blocking(move || tiles.get(key, packing, || published.render(tile)))
            }
            Tileset::Overlap => {
                let overlap = self.overlap(published, TILED).await?;
                tokio::task::spawn_blocking(move || tiles.get(key, packing, || overlap.render(tile)))
            }
        };
        Ok(rendered.await.expect("rendering a tile does not panic"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Base, Revision, StateHash};
    use std::io::Read;

    #[test]
    fn a_state_drops_the_tiles_that_it_replaced_and_no_others() {
        let at = chrono::DateTime::UNIX_EPOCH;
        let base = Base::new(Revision { number: 5, effective_from: at }, Vec::new()).unwrap();
        let revision = base.revision;
        let ages = super::super::ages::Ages::new(3);
        let state = Published {
            base,
            state_hash: StateHash([0; 32]),
            note: None,
            revisions: [revision].into(),
            ages,
        };
        let cache = TileCache::default();
        let key = |tileset, revision| TileKey { tileset, tile: TileCoord { z: 8, x: 1, y: 1 }, revision };
        let keys = [
            key(Tileset::Grid, 2),
            key(Tileset::Grid, 3),
            key(Tileset::Grid, 4),
            key(Tileset::Overlap, 4),
            key(Tileset::Overlap, 5),
        ];
        for key in keys {
            cache.get(key, Packing::Identity, || vec![1]);
        }
        cache.drop_replaced(&state);
        let unknown = cache.find(keys[0], Packing::Identity);
        assert!(unknown.is_some(), "what nobody compared is left alone");
        state.age(8, (1, 1));
        cache.drop_replaced(&state);
        let kept = keys.map(|key| cache.find(key, Packing::Identity).is_some());
        assert_eq!(kept, [false, true, true, false, true]);
    }

    #[test]
    fn every_packing_gives_the_bytes_back() {
        let tile: Vec<u8> = (0..5_000u32).map(|i| (i * i % 251) as u8).collect();
        let packed = |p: Packing| p.pack(tile.clone()).unwrap();
        let mut gzip = Vec::new();
        flate2::read::GzDecoder::new(&packed(Packing::Gzip)[..]).read_to_end(&mut gzip).unwrap();
        let mut brotli = Vec::new();
        brotli::Decompressor::new(&packed(Packing::Brotli)[..], 4096).read_to_end(&mut brotli).unwrap();
        let zstd = zstd::decode_all(&packed(Packing::Zstd)[..]).unwrap();
        assert!([packed(Packing::Identity), gzip, brotli, zstd].iter().all(|back| *back == tile));
    }
}
