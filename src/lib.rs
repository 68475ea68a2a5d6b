//! wangge 网格: a GIS server for grid-based city governance.
//!
//! A city divides its ground into responsibility grids. wangge holds them as exact, edge-matched polygons,
//! says which grid is responsible for a point, draws them as vector tiles, and changes their borders without
//! ever opening a gap or an overlap.
//!
//! **The one idea:** one planar partition on an integer lattice answers every question. Border vertices are
//! integers, and two neighbours share the same ones; so "no gap, no overlap" is an equality and not a
//! tolerance, and the map never shows a border that the lookup does not use.
//!
//! # Words
//!
//! A thing has one name in SQL, Rust, JSON and the page.
//!
//! | word | 中文 | meaning |
//! |---|---|---|
//! | layer | 图层 | one coverage: `land` 网格, `water` 水域网格, `police` 警格. Inside a layer nothing overlaps; layers may lie over each other |
//! | unit | 单元 | a responsibility area at some level: an immutable `id`, a public `code` that may change, a name, a parent, attributes |
//! | grid | 网格 | a unit of a layer's lowest level; only grids carry geometry, a higher unit's shape is the union of its grids |
//! | level | 层级 | land: `city county township village grid` · water: `city reach water` · police: `bureau station police` |
//! | post | 岗位 | who answers for a unit, over a span of days: a title, a holder, a telephone |
//! | lattice | 格点 | positions as `i32` in 1e-7 degree (about 1 cm), CGCS2000 longitude and latitude |
//! | coverage | 覆盖 | a layer's grids as a planar partition: nodes, arcs, faces |
//! | outline | 外廓 | the region that a gap-free layer fills; a face inside it without a unit is a *gap* |
//! | arc | 界线 | a maximal run of border with the same unit on each side; its level is the highest at which its sides differ |
//! | defect | 缺陷 | a located breach of the rules: overlap, gap, self-crossing, sliver, wrong parent, duplicate code |
//! | revision | 版本 | a published state, numbered from 1; never changed |
//! | change | 变更 | the net edit as a value: border runs, relabelled faces, fields, lineage |
//! | draft | 草案 | a planner's operations on top of a base revision |
//! | report | 事件 | an incoming incident with a position |
//! | reference | 参考线 | lines to draw along: roads, rivers, a plan; never part of a coverage |
//! | category | 类别 | a kind of report, with the rule that finds the responsible layer |
//!
//! # Rooms
//!
//! Each room uses only those above it in this table; `tests/it/layers.rs` reads the imports and fails on one
//! that does not. The core waits for nothing, reads no clock and no file, and knows neither SQL nor HTTP: if it
//! needs a time, an id or a user, that is an argument.
//!
//! | room | what is in it |
//! |---|---|
//! | [`geom`] | lattice points, exact predicates, rings, shapes, areas; coordinate systems at the door |
//! | [`unit`] | codes, levels, layers, units as a tree, posts, reference lines, report categories |
//! | [`coverage`] | building (round, node, validate), arcs, faces, dissolving, the index behind `owner` |
//! | [`edit`] | operations on borders resolved to changes, their algebra, the life of a draft |
//! | [`overlay`] | two layers laid over each other: pieces, crosswalk, measures |
//! | [`snapshot`] | one revision in memory, looked up and drawn from; never changed once built |
//! | [`report`] | stages and the moves between them, masking, a report as it is kept |
//! | [`tile`] | from drawn coverages to the bytes of a vector tile |
//! | [`store`] | revisions, posts, reference lines, reports, people in one GeoPackage file, or in PostGIS for several nodes; a node's local snapshot |
//! | [`exchange`] | files in and out: GeoJSON, GeoPackage, CSV |
//! | [`demo`] | a made-up Guilin from published facts |
//! | [`app`] | the use cases: locating, tiling, publishing, following other nodes; swaps one published value |
//! | [`http`] | the route table, errors, views, one file per noun |
//! | [`cli`] | one file per command |
//!
//! # A lookup, file by file
//!
//! `GET /api/v1/locate?lon=110.29&lat=25.27&crs=gcj02&category=drowning`
//!
//! 1. `http/listen/` accepts within deadlines, `http/guard.rs` looks at `Host` and `Origin`, `http/routes.rs` names
//!    the handler and its access rule.
//! 2. `http/locate/` reads the parameters; `geom/crs/` makes a lattice point of the position, once, or refuses it
//!    with a hint.
//! 3. `app/locating.rs` takes the published value: a pointer, no lock, no SQL. It stays with that value to the end.
//! 4. `snapshot/locate.rs` asks `coverage/index/` of each layer for the owner and `coverage/borders/` for the
//!    nearest border, the nearest unit and the shares of the accuracy circle.
//! 5. The category's rule (`unit/category.rs`) says which layer is responsible; `unit/tree.rs` gives the chain up to
//!    the city, `app/posts.rs` who answers for it; `http/locate/view.rs` writes it down.
//!
//! # A tile, file by file
//!
//! `GET /tiles/grid/12/3302/1752.mvt`
//!
//! 1. `app/tiling.rs` makes the key ([`tile`] has its parts): the revision that last touched the tile is in it, so
//!    nothing is ever invalidated. In the cache, or asked for with that ETag: done.
//! 2. `snapshot/drawn/` has the layer at that zoom: borders thinned by least area without ever crossing, the levels
//!    above read off the same arcs, each vertex rounded to the world grid of the zoom once.
//! 3. `tile/clip.rs` cuts out the window, `tile/write.rs` writes the features.
//!
//! # An edit, file by file
//!
//! `{"layer": "land", "kind": "replace_path", "path": [[110.29, 25.27], …]}`
//!
//! 1. `edit/operation.rs` reads the intent: units by code, positions in degrees, rounded to the lattice once.
//! 2. `edit/state/` is the published layers with the draft's net change on top; `edit/draw/` takes the borders near the
//!    path as a sheet, nodes the path with them and finds the faces; `edit/resolve/` gives them away, or says with places
//!    why that cannot be.
//! 3. What came of it is a [`edit::Change`]: what lay and what lies beside each segment that differs. `State::after` lets
//!    it pass only if everything near it is still a coverage, exactly.
//! 4. The change is what is stored, undone, put together, hashed for approval (`edit/draft.rs`), and carried over to the
//!    revision that others have published meanwhile (`edit/rebase/`).

pub use wangge_core::{coverage, edit, geom, overlay, report, snapshot, tile, unit};
pub use wangge_store::store;

pub mod app;
pub mod cli;
pub mod demo;
pub mod exchange;
pub mod http;
