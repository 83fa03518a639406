//! Routes of older clients.

mod config;
mod config_read;
mod connection_import;
mod connection_metadata;
mod provider_names;
