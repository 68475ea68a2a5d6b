//! wangge 网格: a GIS server for grid-based city governance.
pub mod app;
pub mod cli;
pub mod coverage;
pub mod exchange;
pub mod geom;
pub mod snapshot;
pub mod store;
pub mod unit;
