//! Environments, their API keys, variables and signing keys.

mod bootstrap;
mod keys;
mod manage;
mod secrets;
mod variables;

pub use bootstrap::{BootstrapError, EnvironmentKeys, FixedKeys};
pub use keys::{API_KEYS_MAX, ApiKeyError, CreatedApiKey};
pub use manage::{CreateEnvironmentInput, EnvironmentError};
pub use secrets::EnvironmentSecrets;
pub use variables::{Variable, VariableError};
