//! What the demo starts with: its configuration, its providers, its connection.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bowline_domain::Timestamp;
use bowline_sim::{Control, NewGrant};
use serde_json::{Value, json};

use super::calls::Scene;
use crate::api_client::ApiClient;
use crate::args::DemoArgs;
use crate::config::{Config, Layers, LogLevel};

/// The integration with the simulated OAuth 2 provider.
pub const OAUTH_INTEGRATION: &str = "demo-oauth";
/// The integration with the simulated API-key provider.
pub const API_KEY_INTEGRATION: &str = "demo-api-key";
/// The connected account.
pub const CONNECTION: &str = "ada";

/// So soon that the first read renews the token.
const TOKEN_LIFETIME_SECONDS: u64 = 60;
/// Late enough for the first read to come before the background renews the token by itself.
const BACKGROUND_EVERY: Duration = Duration::from_secs(600);

/// Provider files in the layout of the public catalogue.
const PROVIDERS: &str = "\
demo-oauth:
    display_name: Demo (OAuth 2)
    categories: [dev-tools]
    auth_mode: OAUTH2
    authorization_url: '{{SIM}}/oauth/authorize'
    token_url: '{{SIM}}/oauth/token'
    default_scopes: [read, write]
    proxy:
        base_url: '{{SIM}}'
    docs: https://example.com/docs/demo-oauth

demo-api-key:
    display_name: Demo (API key)
    categories: [dev-tools]
    auth_mode: API_KEY
    proxy:
        base_url: '{{SIM}}'
        headers:
            x-api-key: ${apiKey}
    docs: https://example.com/docs/demo-api-key
    credentials:
        apiKey:
            type: string
            title: API key
            description: Any key that starts with sim-key-
";

/// The providers of the simulator at `url`.
pub fn providers(url: &str) -> String {
    PROVIDERS.replace("{{SIM}}", url)
}

/// The demo's configuration. Nothing of the environment's counts, so that it is the same everywhere.
pub fn config(args: &DemoArgs, folder: &Path, providers: PathBuf, simulator: SocketAddr) -> Result<Config> {
    let mut config = Config::from_layers(&Layers::default())?;
    // Beside another server, which may hold the Connect UI's usual port, the API serves the page.
    if args.listen != config.server.listen {
        config.server.connect_ui_listen = None;
    }
    config.server.listen = args.listen;
    config.server.providers.0 = vec![providers];
    config.storage.data_dir = folder.to_owned();
    config.outbound.allow.0 = vec![simulator.to_string()];
    config.refresh.background_every = BACKGROUND_EVERY;
    config.logging.level = LogLevel::Warn;
    Ok(config)
}

/// Makes the integrations and one connection, through the API as anyone would.
pub async fn connect(api: &ApiClient, url: &str, simulator: &Control) -> Result<Scene> {
    let oauth_client = json!({
        "type": "OAUTH2",
        "client_id": "sim-client",
        "client_secret": "sim-secret",
        "scopes": "read,write",
    });
    let oauth =
        json!({ "provider": "demo-oauth", "unique_key": OAUTH_INTEGRATION, "credentials": oauth_client });
    post(api, "/integrations", oauth).await?;
    post(api, "/integrations", json!({ "provider": "demo-api-key", "unique_key": API_KEY_INTEGRATION }))
        .await?;

    let grant = simulator
        .mint_grant(NewGrant { expires_in_seconds: Some(TOKEN_LIFETIME_SECONDS), ..NewGrant::default() });
    let credentials = json!({
        "type": "OAUTH2",
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "expires_at": Timestamp::from_millis(grant.expires_at_ms).iso_millis_z(),
    });
    let connection = json!({
        "provider_config_key": OAUTH_INTEGRATION,
        "connection_id": CONNECTION,
        "credentials": credentials,
        "end_user": { "id": "user-1", "display_name": "Ada" },
    });
    post(api, "/connections", connection).await?;
    Ok(Scene { url: url.to_owned(), key: api.key().to_owned(), first_token: grant.access_token })
}

async fn post(api: &ApiClient, path: &str, body: Value) -> Result<()> {
    let answer = api.send("POST", path, &[], Some(&body.to_string())).await.context("setting up the demo")?;
    if !answer.status.is_success() {
        bail!("setting up the demo: POST {path} answered {} {}", answer.status, answer.body);
    }
    Ok(())
}
