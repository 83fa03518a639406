//! OAUTH2: exchanges authorization codes (RFC 6749 §4.1.3) and renews access tokens (§6).

mod client;
mod exchange;
mod refresh;
mod response;

pub use exchange::{CodeExchange, exchange};
pub use refresh::refresh;
