//! How credentials are got and renewed, one file per auth mode.

mod aws;
mod bill;
mod client_credentials;
mod create;
pub(crate) mod github_app;
mod http_tokens;
pub(crate) mod introspection;
pub(crate) mod jwt;
pub(crate) mod mcp;
pub(crate) mod oauth1;
pub(crate) mod oauth2;
mod redact;
pub mod revoke;
mod saml;
pub(crate) mod secret_host;
mod signed_token;
pub(crate) mod step;
mod token_call;
mod token_response;
mod two_step;
mod wsse;
mod xml;

pub(crate) use create::{TokenCreation, create};
pub use http_tokens::HttpTokenClient;
