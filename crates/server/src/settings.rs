//! What the HTTP side is configured with. Values come from the caller; nothing here reads the environment.

/// Settings of the public API.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where clients reach this API, without a trailing slash; logos and webhook addresses start with it.
    pub public_url: String,
    /// Where browsers reach the Connect UI, without a trailing slash.
    pub connect_url: String,
    /// Largest body read into memory, in bytes; proxied bodies are streamed and not limited by it.
    pub body_bytes_max: usize,
    /// Whether the last entry of `X-Forwarded-For` is the client's address.
    pub trusts_forwarded_for: bool,
    /// Whether pages may connect accounts with nothing but an environment's public key, as old frontends do.
    pub allows_public_keys: bool,
    /// Whether the content security policy is enforced rather than reported.
    pub enforces_content_security_policy: bool,
    /// The commit this binary was built from; empty when unknown.
    pub git_hash: String,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:3003".to_owned(),
            connect_url: "http://localhost:3009".to_owned(),
            body_bytes_max: 75 * 1024 * 1024,
            trusts_forwarded_for: true,
            allows_public_keys: false,
            enforces_content_security_policy: false,
            git_hash: String::new(),
        }
    }
}
