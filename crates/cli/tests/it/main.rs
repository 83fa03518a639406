//! The `bowline` binary as its users run it: what it prints, how it ends, what it leaves on disk.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod config;
mod demo;
mod functions;
mod keys;
mod providers;
mod runner;
mod serve;
mod support;
mod usage;
