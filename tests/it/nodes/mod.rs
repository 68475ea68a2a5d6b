//! Several servers on one store: each takes up what another one published, and goes on without the store.

mod beside;
mod broken;
mod fixture;
mod follow;
mod following;
mod hints;
mod outage;
mod promotion;
mod snapshot;
mod take_up;
mod watch;
mod writes;
