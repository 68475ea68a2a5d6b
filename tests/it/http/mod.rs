//! What the server promises over HTTP. Every answer is held against the committed description.

mod access;
mod client;
mod listen;
mod openapi;
mod problems;
mod units;
mod wire;
