//! Routes, in files that mirror the paths.

mod action;
mod cli_telemetry;
pub mod connect;
mod connections;
mod environments;
pub mod functions;
mod infra;
mod integrations;
mod providers;
