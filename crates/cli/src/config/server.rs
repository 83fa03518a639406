//! `[server]`

use std::net::SocketAddr;

use super::section::section;
use super::setting::{Kind, Paths, Setting, WebAddress, split};

section! {
    /// The public API, and what this node does.
    pub struct ServerConfig = "server" {
        /// Address and port the API listens on. Port 0 takes a free one.
        listen: SocketAddr = "127.0.0.1:3003", "BOWLINE_LISTEN";
        /// What this node does: `api` answers requests, `scheduler` refreshes tokens in the background,
        /// `runner` runs functions.
        roles: Roles = "api,scheduler,runner", "BOWLINE_ROLES";
        /// Where clients reach the API. Logos and webhook addresses start with it.
        /// Without it: `http://localhost` and the port listened on.
        public_url: Option<WebAddress> = "", "BOWLINE_PUBLIC_URL";
        /// Address and port at which the Connect UI is served alone, as older frontends need it. Empty switches it
        /// off; the API serves it under `/connect-ui/` in any case. A port that is taken is only warned of.
        connect_ui_listen: Option<SocketAddr> = "127.0.0.1:3009", "BOWLINE_CONNECT_UI_LISTEN";
        /// Where browsers reach the Connect UI. Links for end users start with it.
        connect_ui_url: WebAddress = "http://localhost:3009", "BOWLINE_CONNECT_UI_URL";
        /// Whether pages may connect accounts with nothing but an environment's public key, as frontends older than
        /// connect sessions do. Anyone who sees the page can then connect accounts; set the environment's HMAC key.
        allow_public_keys: bool = "false", "BOWLINE_ALLOW_PUBLIC_KEYS";
        /// Requests per minute and account before they are answered with 429; 0 switches the limit off.
        rate_limit_per_minute: u64 = "6000", "BOWLINE_RATE_LIMIT_PER_MINUTE";
        /// Largest request body that is read into memory, in bytes. Proxied bodies are streamed and not limited.
        body_bytes_max: usize = "78643200", "BOWLINE_BODY_BYTES_MAX";
        /// Whether the last entry of `X-Forwarded-For` is the client's address. Switch it off when clients reach
        /// this node without a reverse proxy.
        trust_forwarded_for: bool = "true", "BOWLINE_TRUST_FORWARDED_FOR";
        /// Whether browsers enforce the content security policy, rather than only report breaches of it.
        enforce_content_security_policy: bool = "false", "BOWLINE_ENFORCE_CONTENT_SECURITY_POLICY";
        /// Files or folders with provider definitions, laid over the built-in catalogue. In a variable they are
        /// separated by commas or colons.
        providers: Paths = "", "BOWLINE_PROVIDERS";
    }
}

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Answers requests.
    pub api: bool,
    /// Does what is due in the background.
    pub scheduler: bool,
    /// Runs functions.
    pub runner: bool,
}

impl Setting for Roles {
    const KIND: Kind = Kind::Choices(&["api", "scheduler", "runner"]);

    fn parse(text: &str) -> Result<Self, String> {
        let mut roles = Self { api: false, scheduler: false, runner: false };
        for role in split(text, &[',']) {
            match role {
                "api" => roles.api = true,
                "scheduler" => roles.scheduler = true,
                "runner" => roles.runner = true,
                _ => return Err("the roles are api, scheduler and runner".to_owned()),
            }
        }
        Ok(roles)
    }
}
