//! Files and rows, in and out.

pub mod locate_rows;
