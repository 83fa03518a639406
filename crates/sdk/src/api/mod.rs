//! The methods of the API, a file per resource.

pub mod actions;
pub mod connect;
pub mod connections;
pub mod credentials;
pub mod environments;
pub mod functions;
pub mod integrations;
pub mod metadata;
pub mod providers;
pub mod proxy;
pub mod records;
pub mod scripts;
pub mod syncs;
pub mod waiting;
pub mod webhooks;
