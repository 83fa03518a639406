//! Routes, in files that mirror the paths.

mod cli_telemetry;
pub mod connect;
mod connections;
mod environments;
mod infra;
mod integrations;
mod providers;
