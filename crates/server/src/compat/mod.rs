//! What older clients call and newer ones do not, each file named after what it keeps alive.

pub(crate) mod config;
pub(crate) mod connection_import;
pub(crate) mod connection_metadata;
pub(crate) mod provider_names;
