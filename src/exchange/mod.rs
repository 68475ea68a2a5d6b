//! Files in and out: what other programs write, and what they read.

pub mod import;
pub mod locate_rows;
pub mod posts;
pub mod read;
pub mod references;
pub mod report;
pub mod sheet;
pub mod table;
pub mod write;
