//! Drafts through the app, from the first operation to the revision.

mod conflicts;
mod life;
mod readers;
mod scheduled;
mod times;
pub mod world;
