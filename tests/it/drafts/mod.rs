//! Drafts through the app, from the first operation to the revision.

mod conflicts;
mod events;
mod killed;
mod life;
mod lives;
mod readers;
mod scheduled;
mod tiles;
mod times;
pub mod world;
