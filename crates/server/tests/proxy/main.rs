//! The proxy over real sockets: a server, providers of raw bytes, and a client that sees every byte.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod answers;
mod app;
mod base_url;
mod client;
mod credentials;
mod failures;
mod injection;
mod redirects;
mod requests;
mod retries;
mod secrets;
mod streams;
mod unauthorized;
mod upstream;
mod verification;
