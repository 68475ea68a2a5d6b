//! What the server promises over HTTP. Every answer is held against the committed description.

mod access;
mod arrow;
mod bad_input;
mod bodies;
pub mod client;
mod drafts;
mod events;
mod health;
mod listen;
mod lives;
mod locate;
mod nearby;
mod open311;
mod openapi;
mod overlap;
mod posts;
mod problems;
mod references;
pub mod serve;
pub mod session;
mod tiles;
mod units;
mod wire;
