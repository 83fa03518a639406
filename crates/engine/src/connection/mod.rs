//! Connections: import, read with fresh credentials, label, delete.

mod fetch_log;
pub(crate) mod fields;
mod get;
mod import;
mod labels;
mod learn;
mod manage;
pub(crate) mod probe;
mod release;
mod trial;
mod verify;
pub(crate) mod write;

pub(crate) use fetch_log::FetchLog;
pub use get::{GetConnection, GetConnectionError, OpenConnection};
pub use import::{ImportConnection, ImportError, ImportedCredentials};
pub use labels::tags_for;
pub use manage::{ChangeConnectionError, MetadataError};
pub use verify::TestFailed;
pub use write::WriteError;
