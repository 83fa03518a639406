//! Integrations: what an application sets up for a provider.

mod credentials;
mod fields;
mod manage;
mod rules;
#[cfg(test)]
pub(crate) mod sample;

pub use credentials::IntegrationCredentials;
pub use manage::{CreateIntegrationInput, OpenIntegration, UpdateIntegrationInput};
pub use rules::{CredentialsInput, IntegrationError, has_static_client};
