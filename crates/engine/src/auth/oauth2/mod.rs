//! OAUTH2: exchanges authorization codes (RFC 6749 §4.1.3) and renews access tokens (§6).
//!
//! [`exchange`] and [`refresh`] make a `Grant` (`grant.rs`), give it the provider's shape and read the answer. What
//! is special about a provider stands in `dialect.rs`.

mod client;
mod dialect;
mod exchange;
mod grant;
mod refresh;
mod response;

pub use client::Client;
pub use dialect::{RefreshProof, refresh_proof};
pub use exchange::{CodeExchange, exchange};
pub use refresh::refresh;
