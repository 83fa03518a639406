//! A simulator, a server, a client, and an integration for each kind of credential.

use bowline_sdk::credentials::NewCredentials;
use bowline_sdk::integrations::{IntegrationCredentials, OAuthApp};
use bowline_sdk::{Bowline, BowlineBuilder};
use bowline_sim::{Control, NewGrant, SimOptions, Simulator};
use bowline_testkit::http_client::HttpClient;
use bowline_testkit::postgres::TestDatabase;
use bowline_testkit::process::{SECRET_KEY, Server, ServerPlace};
use bowline_testkit::provider_file::{ProviderFile, definition};
use serde_json::{Value, json};

pub const OAUTH: &str = "live-oauth";
pub const API_KEY: &str = "live-key";
pub const ADA: &str = "ada";

pub struct Place {
    pub bowline: Bowline,
    pub control: Control,
    server: Server,
    _simulator: Simulator,
    _database: Option<TestDatabase>,
    _kept: (ServerPlace, ProviderFile),
}

impl Place {
    pub async fn sqlite() -> Self {
        Self::start(None, &[]).await
    }

    pub async fn postgres() -> Self {
        Self::start(Some(TestDatabase::create()), &[]).await
    }

    /// On SQLite, with variables for the server.
    pub async fn with(variables: &[(&str, &str)]) -> Self {
        Self::start(None, variables).await
    }

    async fn start(database: Option<TestDatabase>, variables: &[(&str, &str)]) -> Self {
        let simulator = Simulator::start(SimOptions::default()).await.unwrap();
        let base = simulator.base_url();
        let file = ProviderFile::write(&json!({
            "live-oauth": definition(base, "OAUTH2", json!({"default_scopes": ["read"]})),
            "live-key": {
                "display_name": "Simulated key",
                "categories": ["dev-tools"],
                "auth_mode": "API_KEY",
                "proxy": {"base_url": format!("{base}/api"), "headers": {"x-api-key": "${apiKey}"}},
                "docs": "https://example.com/docs",
                "credentials": {"apiKey": {"type": "string", "title": "Key", "description": "A key"}},
            },
        }));
        let place = match &database {
            None => ServerPlace::sqlite(),
            Some(database) => ServerPlace::postgres(&database.url()),
        };
        let mut place = place.set("BOWLINE_PROVIDERS", &file.path().display().to_string());
        for (name, value) in variables {
            place = place.set(name, value);
        }
        let server = Server::start(&place);
        let bowline = builder(&server).build().unwrap();
        Self {
            bowline,
            control: simulator.control(),
            server,
            _simulator: simulator,
            _database: database,
            _kept: (place, file),
        }
    }

    /// A client with the server's key and settings of its own.
    pub fn client(&self) -> BowlineBuilder {
        builder(&self.server)
    }

    /// Makes the integration for OAuth 2.
    pub async fn create_oauth_integration(&self) {
        let app = OAuthApp::new("sim-client", "sim-secret").scopes(["read", "write"]);
        let credentials = IntegrationCredentials::OAuth2(app);
        self.bowline.create_integration(OAUTH, OAUTH).credentials(&credentials).await.unwrap();
    }

    /// Makes the integration for API keys, and a connection with one.
    pub async fn connect_by_key(&self) {
        self.bowline.create_integration(API_KEY, API_KEY).await.unwrap();
        let credentials = NewCredentials::api_key("sim-key-ada");
        self.bowline.import_connection(API_KEY, credentials).connection_id(ADA).await.unwrap();
    }

    /// Deploys functions as the CLI does; the client has no method for that.
    pub async fn deploy(&self, body: &Value) {
        let http = HttpClient::new(self.server.url(), SECRET_KEY);
        let answer = http.call("POST /sync/deploy", body).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Credentials that the simulator knows, good for a day.
    pub fn oauth_credentials(&self) -> NewCredentials {
        let grant =
            self.control.mint_grant(NewGrant { expires_in_seconds: Some(86_400), ..NewGrant::default() });
        NewCredentials::oauth2(grant.access_token)
            .refresh_token(grant.refresh_token.unwrap())
            .expires_at("2099-01-01T00:00:00.000Z")
    }
}

fn builder(server: &Server) -> BowlineBuilder {
    Bowline::builder().host(server.url()).secret_key(SECRET_KEY)
}
