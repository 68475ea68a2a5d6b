//! Where the points of arcs are: in memory, or in a file that is read where it is asked for.

use crate::geom::{Bbox, Point};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Points that lie elsewhere, in the order of a coverage's arcs.
///
/// The core reads no files: whoever keeps the points implements this.
pub trait ReadPoints: fmt::Debug + Send + Sync {
    /// Fills `into` with the points from place `first` on. Never asked for more than there are.
    ///
    /// There is no answer for a disk that does not read what it took: the implementation ends the work.
    fn read(&self, first: u32, into: &mut [Point]);
}

/// Who puts the points of arcs elsewhere.
pub trait KeepPoints: fmt::Debug + Send + Sync {
    /// Takes the points of a layer, by its name; `None` when they could not be put there and stay in memory.
    fn keep(&self, layer: &str, points: &[Point]) -> Option<Arc<dyn ReadPoints>>;
}

/// The points of all arcs, one arc after another.
#[derive(Clone, Debug)]
pub(super) enum Arcs {
    /// At hand.
    Memory(Vec<Point>),
    /// Read where they are asked for.
    File {
        /// How many there are.
        len: u32,
        /// The box around them; `None` when there are none.
        bbox: Option<Bbox>,
        /// Who reads them.
        from: Arc<dyn ReadPoints>,
    },
}

impl Arcs {
    /// Some points in a row.
    pub fn run(&self, first: u32, len: u32) -> Cow<'_, [Point]> {
        match self {
            Self::Memory(points) => Cow::Borrowed(&points[first as usize..(first + len) as usize]),
            Self::File { from, .. } => {
                let mut run = vec![Point::default(); len as usize];
                from.read(first, &mut run);
                Cow::Owned(run)
            }
        }
    }

    /// All of them.
    pub fn all(&self) -> Cow<'_, [Point]> {
        self.run(0, self.len() as u32)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Memory(points) => points.len(),
            Self::File { len, .. } => *len as usize,
        }
    }

    /// The box around them.
    pub fn bbox(&self) -> Option<Bbox> {
        match self {
            Self::Memory(points) => Bbox::of(points.iter().copied()),
            Self::File { bbox, .. } => *bbox,
        }
    }
}

impl Default for Arcs {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl PartialEq for Arcs {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Eq for Arcs {}
