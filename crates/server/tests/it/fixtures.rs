//! Values that many tests need.

use serde_json::{Value, json};

/// Has the form of a key, and is none.
pub const PRIVATE_KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nbm90IGEga2V5\n-----END RSA PRIVATE KEY-----";

/// An OAuth 2 client.
pub fn oauth_client() -> Value {
    json!({"type": "OAUTH2", "client_id": "client-id", "client_secret": "client-secret"})
}

/// The clock's first moment.
pub const NOW_Z: &str = "2023-11-14T22:13:20.000Z";
/// The same, as single connections write it.
pub const NOW_OFFSET: &str = "2023-11-14T22:13:20.000+00:00";
/// The same, as lists of connections write it.
pub const NOW_MICROS: &str = "2023-11-14T22:13:20.000000+00:00";
