//! Building an index: the grid, the owners of its corners, the edges of its cells.

use super::block::Blocks;
use super::directory::{Directory, Entry, Kind};
use super::exact::{Exact, NARROW};
use super::split::Part;
use super::{Coverage, Edges, Index};
use crate::geom::{Bbox, Point};
use rayon::prelude::*;

/// The grid has at most this many cells per edge.
const CELLS_PER_EDGE: f64 = 4.0;
/// And its cells list each edge at most this many times, on average.
const LISTS_PER_EDGE: u64 = 4;
/// The largest side of a top cell, as a power of two: see [`NARROW`].
const LARGEST: u32 = 28;
/// The smallest side of a top cell.
const SMALLEST: u32 = 6;

impl Index {
    /// Builds the index of a coverage. Costs about 0.3 µs per segment.
    pub fn build(coverage: &Coverage) -> Self {
        let edges = Edges::of(coverage);
        let length = |a: Point, b: Point| {
            let along = |u: i32, v: i32| (i64::from(u) - i64::from(v)).abs();
            along(a.x, b.x).max(along(a.y, b.y))
        };
        let wide = edges.numbers().any(|e| {
            let (a, b) = edges.ends(e);
            length(a, b) >= NARROW
        });
        let Some(bbox) = edges.bbox() else { return Self::of_nothing() };
        let directory = Directory::over(bbox, top_shift(&edges, bbox));
        if wide { fill::<i128>(directory, &edges, wide) } else { fill::<i64>(directory, &edges, wide) }
    }

    /// The index of a coverage without units: no point is in its box but one, and that is outside.
    fn of_nothing() -> Self {
        let mut directory = Directory::over(Bbox { min: Point::default(), max: Point::default() }, 0);
        directory.top.push(Entry::of(Kind::Owner, 0));
        Self { directory, blocks: Blocks::default(), wide: false }
    }
}

/// The smallest side of top cells that keeps within both limits.
fn top_shift(edges: &Edges, bbox: Bbox) -> u32 {
    let count = edges.numbers().count() as u64;
    let fits = |shift: &u32| {
        let grid = Directory::over(bbox, *shift);
        let cells = grid.columns as f64 * grid.rows() as f64;
        let crossed = |u: i32, v: i32| (i64::from(u) - i64::from(v)).unsigned_abs() >> shift;
        let listed: u64 = edges
            .numbers()
            .map(|e| edges.ends(e))
            .map(|(a, b)| 1 + crossed(a.x, b.x) + crossed(a.y, b.y))
            .sum();
        cells <= CELLS_PER_EDGE * count as f64 && listed <= LISTS_PER_EDGE * count
    };
    (SMALLEST..LARGEST).find(fits).unwrap_or(LARGEST)
}

/// Fills the cells of a grid, rows in parallel, joined in their order.
fn fill<N: Exact>(mut directory: Directory, edges: &Edges, wide: bool) -> Index {
    let owners = corner_owners(&directory, edges);
    let lists = Lists::of(&directory, edges);
    let columns = directory.columns;
    let rows: Vec<(Part, Vec<Entry>)> = (0..directory.rows())
        .into_par_iter()
        .map(|row| {
            let mut part = Part::new(edges);
            let entry = |column: usize| {
                let at = row * columns + column;
                part.top::<N>(directory.cell(column, row), owners[at], lists.of_cell(at))
            };
            let entries = (0..columns).map(entry).collect();
            (part, entries)
        })
        .collect();
    let mut blocks = Blocks::default();
    directory.top.reserve_exact(owners.len() + 1);
    directory.finer.reserve_exact(rows.iter().map(|r| r.0.finer.len()).sum());
    blocks.short.reserve_exact(rows.iter().map(|r| r.0.blocks.short.len()).sum());
    blocks.long.reserve_exact(rows.iter().map(|r| r.0.blocks.long.len()).sum());
    blocks.runs.reserve_exact(rows.iter().map(|r| r.0.blocks.runs.len()).sum());
    for (mut part, entries) in rows {
        let (finer, short) = (directory.finer.len(), blocks.short.len());
        let (long, runs) = (blocks.long.len(), blocks.runs.len());
        let moved = |entry: Entry| {
            entry.moved(|kind| match kind {
                Kind::Owner => 0,
                Kind::Finer => finer,
                Kind::Short => short,
                Kind::Long => long,
                Kind::Run => runs,
            })
        };
        directory.top.extend(entries.into_iter().map(moved));
        for directory in &mut part.finer {
            directory.0.iter_mut().for_each(|e| *e = moved(*e));
        }
        directory.finer.append(&mut part.finer);
        blocks.short.append(&mut part.blocks.short);
        blocks.long.append(&mut part.blocks.long);
        blocks.runs.append(&mut part.blocks.runs);
    }
    // What is outside the box.
    directory.top.push(Entry::of(Kind::Owner, 0));
    Index { directory, blocks, wide }
}

/// The owner of the lower-left corner of each top cell.
///
/// Along each row of corners from the west, the owner changes by the label of each edge that is passed:
/// the labels are put down at the first corner that is past the edge, and summed by XOR.
fn corner_owners(grid: &Directory, edges: &Edges) -> Vec<u32> {
    let (columns, rows) = (grid.columns, grid.rows());
    let mut owners = vec![0u32; columns * rows];
    let side = 1i64 << grid.shift;
    let ceil_div = |a: i64| a.div_euclid(side) + i64::from(a.rem_euclid(side) != 0);
    for edge in edges.numbers() {
        let (a, b) = edges.ends(edge);
        let (low, high) = if a.y < b.y { (a, b) } else { (b, a) };
        let up = |y: i32| ceil_div(i64::from(y) - i64::from(grid.origin.y));
        for row in up(low.y)..up(high.y).min(rows as i64) {
            let y = i64::from(grid.origin.y) + row * side;
            let column = ceil_div(first_past(low, high, y) - i64::from(grid.origin.x));
            if column < columns as i64 {
                owners[row as usize * columns + column as usize] ^= edges.labels[edge as usize];
            }
        }
    }
    for row in owners.chunks_exact_mut(columns) {
        for column in 1..columns {
            row[column] ^= row[column - 1];
        }
    }
    owners
}

/// The smallest x whose point at height `y` is on the segment or east of it, where `low.y ≤ y < high.y`.
fn first_past(low: Point, high: Point, y: i64) -> i64 {
    let (dx, dy) = (i128::from(high.x) - i128::from(low.x), i128::from(high.y) - i128::from(low.y));
    let rise = i128::from(y) - i128::from(low.y);
    let east = -(-(dx * rise)).div_euclid(dy);
    i64::from(low.x) + east as i64
}

/// For each top cell the edges whose box meets it, ascending.
struct Lists {
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Lists {
    fn of(grid: &Directory, edges: &Edges) -> Self {
        let mut starts = vec![0u32; grid.columns * grid.rows() + 1];
        for edge in edges.numbers() {
            cells_of(grid, edges.ends(edge), |cell| starts[cell + 1] += 1);
        }
        for cell in 1..starts.len() {
            starts[cell] += starts[cell - 1];
        }
        let mut next = starts.clone();
        let mut listed = vec![0; starts[starts.len() - 1] as usize];
        for edge in edges.numbers() {
            cells_of(grid, edges.ends(edge), |cell| {
                listed[next[cell] as usize] = edge;
                next[cell] += 1;
            });
        }
        Self { starts, edges: listed }
    }

    fn of_cell(&self, cell: usize) -> &[u32] {
        &self.edges[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}

/// Visits all top cells that a segment may meet: row by row, those between its two crossings of the row.
fn cells_of(grid: &Directory, (a, b): (Point, Point), mut visit: impl FnMut(usize)) {
    let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
    let row_of = |y: i32| ((i64::from(y) - i64::from(grid.origin.y)) >> grid.shift) as usize;
    let column_of = |x: i64| ((x - i64::from(grid.origin.x)) >> grid.shift) as usize;
    let (first, last) = (row_of(low.y), row_of(high.y));
    let mut from = i64::from(low.x);
    for row in first..=last {
        let to = if row == last {
            i64::from(high.x)
        } else {
            let y = i64::from(grid.origin.y) + ((row as i64 + 1) << grid.shift);
            first_past(low, high, y)
        };
        // Where it leaves the row is rounded to a whole unit: one unit of margin on the west.
        let (west, east) = (from.min(to) - 1, from.max(to));
        for column in column_of(west.max(i64::from(grid.origin.x)))..=column_of(east) {
            visit(row * grid.columns + column);
        }
        from = to;
    }
}
