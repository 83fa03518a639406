//! The API in process, over a real embedded database.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod app;
mod catalogue;
mod compat;
mod connecting;
mod fixtures;
mod gates;
mod routes;
mod scenarios;
mod transport;
