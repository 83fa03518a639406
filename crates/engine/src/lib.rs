//! What Bowline does: keep integrations and connections, keep credentials fresh, call third-party APIs.
//!
//! The engine never speaks Bowline's own wire protocol (that is `server`), never writes SQL (that is
//! `storage-*`), and reaches the network through [`outbound`] alone.
//!
//! Start reading at [`Engine`]; then [`credential::refresh`] for the promise that matters most.

pub mod access;
pub mod auth;
pub mod catalog;
pub mod connect;
pub mod connection;
pub mod credential;
mod engine;
pub mod environment;
pub mod function;
pub mod integration;
pub mod outbound;
pub mod proxy;
pub mod rate_limit;
mod system_clock;
mod task;
pub mod template;

pub use engine::{Engine, EngineOptions};
pub use system_clock::SystemClock;
