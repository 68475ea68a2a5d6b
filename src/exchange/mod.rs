//! Files in and out: what other programs write, and what they read.

pub mod locate_rows;
