//! Drafts through the app, from the first operation to the revision.

mod conflicts;
mod killed;
mod life;
mod readers;
mod scheduled;
mod tiles;
mod times;
pub mod world;
