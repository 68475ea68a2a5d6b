//! Drawing on borders: a path is noded with what it meets, and the faces that it makes are given away.

mod faces;
mod node;
mod path;

pub use faces::{Faces, places};
pub use node::Sheet;
pub use path::check_path;
