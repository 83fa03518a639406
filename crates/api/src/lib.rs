//! The public HTTP API as types: error codes, envelopes, request and response bodies.
//!
//! No logic lives here and nothing here does I/O. Start reading at [`error`]: the one table of error codes
//! and the three envelopes they travel in.

pub mod action;
pub mod connect;
pub mod connection;
pub mod environment;
pub mod error;
pub mod function;
pub mod infra;
pub mod integration;
