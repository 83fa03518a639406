//! How credentials are got and renewed, one file per auth mode.

mod client_credentials;
mod create;
pub(crate) mod github_app;
mod http_tokens;
mod jwt;
pub(crate) mod oauth1;
mod oauth2;
mod redact;
pub(crate) mod secret_host;
mod token_call;
mod token_response;

pub(crate) use create::{TokenCreation, create};
pub use http_tokens::HttpTokenClient;
pub(crate) use oauth2::{CodeExchange, exchange as exchange_code};
