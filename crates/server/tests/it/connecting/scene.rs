//! [`Scene`]: a server with integrations of a simulated provider, a session, and a browser's part of the flow.

use bowline_server::ServerSettings;
use bowline_sim::{Control, SimOptions, Simulator};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use crate::app::{Answer, TestApp};

/// A server and the provider behind it.
pub struct Scene {
    pub app: TestApp,
    pub simulator: Simulator,
    /// A session for all integrations.
    pub token: String,
}

/// A window on its way: where it was sent and the cookie it took along.
pub struct Window {
    pub location: Url,
    pub cookie: String,
}

impl Window {
    pub fn state(&self) -> String {
        self.param("state").expect("a state")
    }

    pub fn param(&self, name: &str) -> Option<String> {
        self.location.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
    }
}

impl Scene {
    pub async fn start() -> Self {
        Self::with(ServerSettings::default()).await
    }

    /// The integrations `oauth` (OAUTH2), `key` (API_KEY, verified), `basic`, `cc` (OAUTH2_CC), `none` and `hosted`
    /// (OAUTH2 whose token host a setting decides).
    pub async fn with(settings: ServerSettings) -> Self {
        let simulator = Simulator::start(SimOptions::default()).await.unwrap();
        simulator.control().configure(|config| config.oauth.auto_approve = true);
        let base = simulator.base_url().to_owned();
        let oauth = format!(
            "display_name: Simulated\nauth:\n  mode: OAUTH2\n  authorize:\n    url: {base}/oauth/authorize\n    \
             params:\n      prompt: consent\n  token:\n    url: {base}/oauth/token\napi:\n  base_url: {base}/api\n"
        );
        let key = format!(
            "display_name: Key\nauth:\n  mode: API_KEY\napi:\n  base_url: {base}/api\n  headers:\n    \
             x-api-key: ${{apiKey}}\n  verification:\n    endpoints:\n      - /user\ncredentials:\n  apiKey:\n    \
             type: string\n    title: Key\n    pattern: ^(sim-)?key-\n"
        );
        let client = format!(
            "display_name: CC\nauth:\n  mode: OAUTH2_CC\n  token:\n    url: {base}/oauth/token\n    params:\n      \
             grant_type: client_credentials\napi:\n  base_url: {base}/api\n"
        );
        let hosted = "display_name: Hosted\nauth:\n  mode: OAUTH2\n  authorize:\n    url: \
                      https://${connectionConfig.host}/authorize\n  token:\n    url: \
                      https://${connectionConfig.host}/token\nconnection_config:\n  host:\n    type: string\n    \
                      title: Host\n    format: hostname\n";
        let definitions =
            [("sim-oauth", oauth), ("sim-key", key), ("sim-cc", client), ("sim-hosted", hosted.to_owned())];
        let allow = simulator.address().to_string();
        let app = TestApp::with_settings(&definitions, &allow, settings).await;
        let own = json!({"type": "OAUTH2", "client_id": "sim-client", "client_secret": "sim-secret"});
        app.integration("sim-oauth", "oauth", own.clone()).await;
        app.integration("sim-hosted", "hosted", own).await;
        app.integration("sim-key", "key", Value::Null).await;
        app.integration("sim-cc", "cc", Value::Null).await;
        app.integration("private-api-basic", "basic", Value::Null).await;
        app.integration("unauthenticated", "none", Value::Null).await;
        let token = session(&app, json!({})).await;
        Self { app, simulator, token }
    }

    pub fn control(&self) -> Control {
        self.simulator.control()
    }

    /// Connects without a window.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_as(&self.token, path, body).await
    }

    pub async fn post_as(&self, token: &str, path: &str, body: Value) -> Answer {
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}connect_session_token={token}");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.app.call(&format!("POST {path}"), &[("content-type", "application/json")], body).await
    }

    /// Opens a window for `query`, which must be let in.
    pub async fn open(&self, query: &str) -> Window {
        self.open_as(&self.token, query).await
    }

    /// The same in another session.
    pub async fn open_as(&self, token: &str, query: &str) -> Window {
        let answer = self.try_open(token, query).await;
        assert_eq!(answer.status, 302, "{}", answer.body);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        Window { location: Url::parse(answer.header("location")).unwrap(), cookie }
    }

    pub async fn try_open(&self, token: &str, query: &str) -> Answer {
        let mark = if query.contains('?') { '&' } else { '?' };
        self.app.get(&format!("/oauth/connect/{query}{mark}connect_session_token={token}")).await
    }

    /// The user approves at the provider; gives path and query of the way back.
    pub async fn approve(&self, window: &Window) -> String {
        let back = redirect_of(&window.location).await;
        assert!(back.as_str().starts_with("http://localhost:3003/oauth/callback?"), "{back}");
        format!("{}?{}", back.path(), back.query().unwrap_or_default())
    }

    /// The browser comes back.
    pub async fn come_back(&self, path: &str, cookie: &str) -> Answer {
        self.app.call(&format!("GET {path}"), &[("cookie", cookie)], "").await
    }

    /// Open, approve, come back.
    pub async fn connect(&self, query: &str) -> Answer {
        let window = self.open(query).await;
        let back = self.approve(&window).await;
        self.come_back(&back, &window.cookie).await
    }

    /// All connections of the environment.
    pub async fn connections(&self) -> Vec<Value> {
        self.app.get_as_owner("/connections").await.json()["connections"].as_array().unwrap().clone()
    }

    /// The only connection there is, with its credentials.
    pub async fn only_connection(&self, integration: &str) -> Value {
        let list = self.connections().await;
        assert_eq!(list.len(), 1, "{list:?}");
        let id = list[0]["connection_id"].as_str().unwrap();
        let path = format!("/connections/{id}?provider_config_key={integration}&refresh_token=true");
        self.app.get_as_owner(&path).await.json()
    }
}

/// Opens a session for the end user `u` and gives its token.
pub async fn session(app: &TestApp, more: Value) -> String {
    crate::routes::connect::token(app, more).await
}

/// Where a GET of the provider leads.
pub async fn redirect_of(url: &Url) -> Url {
    let address = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let target = &url[url::Position::BeforePath..];
    let request = format!("GET {target} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    Url::parse(location.unwrap_or_else(|| panic!("no redirect: {answer}"))).unwrap()
}
