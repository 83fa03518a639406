//! Connections: import, read with fresh credentials, label, delete.

mod fetch_log;
mod get;
mod import;
mod labels;
mod manage;
mod verify;

pub(crate) use fetch_log::FetchLog;
pub use get::{GetConnection, GetConnectionError, OpenConnection};
pub use import::{ImportConnection, ImportError, ImportedCredentials};
pub use labels::tags_for;
pub use manage::{ChangeConnectionError, MetadataError};
