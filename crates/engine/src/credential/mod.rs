//! Credentials: their plain form in memory, how they are sealed, and how they are kept fresh.

mod plain;
pub mod refresh;
mod seal;
pub mod vault;

pub use plain::{CredentialKind, Credentials};
pub use seal::{open_config, open_credentials, seal_config, seal_credentials};
pub(crate) use seal::{open_object, seal_object};
