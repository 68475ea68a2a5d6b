//! The one integration binary: what the whole program promises, area by area.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "clippy knows a test by its attribute and does not see that all of this is tests"
)]

mod anew;
mod arcs;
mod base;
mod borders;
mod bulk;
mod cli;
mod cli_database;
mod cli_killed;
mod cli_people;
mod cli_reference;
mod coverage;
mod demo;
#[path = "../support/dice.rs"]
mod dice;
mod documents;
mod drafts;
mod drawings;
mod drawn;
mod edit;
mod http;
mod layers;
mod locate;
mod martin;
mod nodes;
#[path = "../support/oracle.rs"]
mod oracle;
mod overlap;
mod owner;
#[path = "../support/partition.rs"]
mod partition;
mod parts;
#[path = "../support/planar.rs"]
mod planar;
#[path = "../support/postgis.rs"]
mod postgis;
#[path = "../support/probes.rs"]
mod probes;
mod province;
mod samples;
mod source;
#[path = "../support/square.rs"]
mod square;
mod store_constraints;
mod store_constraints_events;
mod store_constraints_people;
mod store_constraints_reports;
#[macro_use]
mod store_contract;
mod reports;
mod store_beside;
mod store_copy;
mod store_drafts;
mod store_events;
mod store_faults;
mod store_file;
mod store_people;
mod store_postgis;
mod tiles;
#[path = "../support/town.rs"]
mod town;
