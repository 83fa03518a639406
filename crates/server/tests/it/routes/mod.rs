//! Routes, in files that mirror the paths.

mod cli_telemetry;
mod infra;
mod integrations;
mod providers;
