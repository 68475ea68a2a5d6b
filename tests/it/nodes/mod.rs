//! Several servers on one store: each takes up what another one published.

mod take_up;
