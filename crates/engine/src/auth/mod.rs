//! How credentials are got and renewed, one file per auth mode.

mod client_credentials;
pub(crate) mod github_app;
mod http_tokens;
mod jwt;
pub mod oauth1;
pub mod oauth2;
mod redact;
pub mod revoke;
mod token_call;
mod token_response;

pub use http_tokens::HttpTokenClient;
