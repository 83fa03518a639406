//! One line per route: who may call it, and a call that succeeds for its owner.

use serde_json::{Value, json};

/// What kind of key a route wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plane {
    /// None.
    Public,
    /// One bound to an environment.
    Environment,
    /// A connect session's token instead of a key; `routes/connect` tests who is let in.
    Session,
    /// One of the account, or bound to an environment and with a right over the account.
    Account,
}

/// A route with a call of it.
pub struct Case {
    /// `METHOD /pattern`, as the router has it.
    pub route: &'static str,
    pub plane: Plane,
    /// Each of these is enough; none means that any key of the plane is.
    pub scopes: &'static [&'static str],
    /// Path and query of a call that names objects of `dev`.
    pub path: &'static str,
    pub body: Value,
    /// The owner's answer.
    pub status: u16,
}

impl Case {
    pub fn line(&self) -> String {
        let (method, _) = self.route.split_once(' ').unwrap();
        format!("{method} {}", self.path)
    }

    fn answers(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    fn sends(mut self, body: Value) -> Self {
        self.body = body;
        self
    }
}

fn case(plane: Plane, route: &'static str, path: &'static str, scopes: &'static [&'static str]) -> Case {
    Case { route, plane, scopes, path, body: Value::Null, status: 200 }
}

fn public(route: &'static str, path: &'static str) -> Case {
    case(Plane::Public, route, path, &[])
}

fn env(route: &'static str, path: &'static str, scopes: &'static [&'static str]) -> Case {
    case(Plane::Environment, route, path, scopes)
}

fn session(route: &'static str, path: &'static str) -> Case {
    case(Plane::Session, route, path, &[])
}

fn account(route: &'static str, path: &'static str, scopes: &'static [&'static str]) -> Case {
    case(Plane::Account, route, path, scopes)
}

const LIST_INTEGRATIONS: &[&str] =
    &["environment:integrations:list", "environment:integrations:list_credentials"];
const READ_INTEGRATION: &[&str] =
    &["environment:integrations:read", "environment:integrations:read_credentials"];
const CREATE_INTEGRATION: &[&str] = &["environment:integrations:create"];
const UPDATE_INTEGRATION: &[&str] = &["environment:integrations:update"];
const DELETE_INTEGRATION: &[&str] = &["environment:integrations:delete"];
const LIST_FUNCTIONS: &[&str] = &["environment:integrations:list_functions"];
const FUNCTIONS_LIST: &[&str] = &["environment:functions:list"];
const FUNCTIONS_READ: &[&str] = &["environment:functions:read"];
const FUNCTIONS_DELETE: &[&str] = &["environment:functions:delete"];
const ACT: &[&str] = &["environment:actions:execute"];
const DEPLOY: &[&str] = &["environment:deploy"];
const LIST_CONNECTIONS: &[&str] =
    &["environment:connections:list", "environment:connections:list_credentials"];
const READ_CONNECTION: &[&str] =
    &["environment:connections:read", "environment:connections:read_credentials"];
const CREATE_CONNECTION: &[&str] = &["environment:connections:create"];
const UPDATE_CONNECTION: &[&str] = &["environment:connections:update"];
const DELETE_CONNECTION: &[&str] = &["environment:connections:delete"];
const CONNECT: &[&str] = &["environment:connect_sessions:write"];
const CREATE_KEY: &[&str] = &["account:environments:api_keys:create"];
const LIST_KEYS: &[&str] = &["account:environments:api_keys:list"];
const READ_KEY: &[&str] = &["account:environments:api_keys:read"];
const DELETE_KEY: &[&str] = &["account:environments:api_keys:delete"];

/// A connection of `dev`, in the query form.
const CONNECTION: &str = "/connections/owned-connection?provider_config_key=owned-basic";
/// The same under the singular path.
const SINGULAR: &str = "/connection/owned-connection?provider_config_key=owned-basic";

/// Every route. `dev` owns the integrations `owned` (github) and `owned-basic` (private-api-basic), the latter
/// with the connection `owned-connection`, API key 1, and the action `owned-action` in two versions.
pub fn all() -> Vec<Case> {
    [
        infrastructure(),
        integrations(),
        functions(),
        connections(),
        connect(),
        pages(),
        environments(),
        legacy(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn infrastructure() -> Vec<Case> {
    let telemetry = json!({"deviceId": "5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52", "event": "cli:deploy"});
    vec![
        public("GET /health", "/health"),
        public("GET /ready", "/ready"),
        public("GET /env.js", "/env.js"),
        public("GET /openapi.json", "/openapi.json"),
        public("GET /providers.json", "/providers.json"),
        public("POST /cli/telemetry", "/cli/telemetry").sends(telemetry).answers(204),
        env("GET /providers", "/providers?search=github", &[]),
        env("GET /providers/{provider}", "/providers/github", &[]),
        env("GET /providers/{provider}/templates", "/providers/github/templates", &[]),
    ]
}

fn connect() -> Vec<Case> {
    let again = json!({"connection_id": "owned-connection", "integration_id": "owned-basic"});
    let named = json!({"end_user": {"id": "u"}, "allowed_integrations": ["owned"]});
    vec![
        env("POST /connect/sessions", "/connect/sessions", CONNECT).sends(named).answers(201),
        env("POST /connect/sessions/reconnect", "/connect/sessions/reconnect", CONNECT)
            .sends(again)
            .answers(201),
        session("GET /connect/session", "/connect/session"),
        session("DELETE /connect/session", "/connect/session"),
        session("GET /connect/connections", "/connect/connections").answers(403),
        session(
            "DELETE /connect/connections/{connectionId}",
            "/connect/connections/c?provider_config_key=free",
        )
        .answers(403),
        session(
            "POST /connect/connections/{connectionId}/reconnect",
            "/connect/connections/c/reconnect?provider_config_key=free",
        )
        .answers(403),
        session("GET /connect/session/status", "/connect/session/status"),
        public("POST /connect/telemetry", "/connect/telemetry").sends(json!({})).answers(400),
    ]
}

/// What pages call. Each is closed to whoever shows neither a session's token nor a public key;
/// `connecting` tests who is let in.
fn pages() -> Vec<Case> {
    let closed = |route, path| public(route, path).answers(401);
    vec![
        public("GET /", "/").answers(404),
        public("GET /oauth/callback", "/oauth/callback?code=c&state=s").answers(400),
        public("GET /app-auth/connect", "/app-auth/connect?state=s").answers(400),
        public("POST /confirm", "/confirm").answers(400),
        public(
            "GET /oauth/client-metadata/{environmentUuid}/{providerConfigKey}",
            "/oauth/client-metadata/5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52/owned",
        )
        .answers(404),
        public("GET /connect-ui", "/connect-ui"),
        public("GET /connect-ui/{file}", "/connect-ui/main.js"),
        public("GET /images/template-logos/{file}", "/images/template-logos/github.svg"),
        public("GET /oauth/ending.js", "/oauth/ending.js"),
        public("GET /oauth/ending.css", "/oauth/ending.css"),
        closed("GET /oauth/connect/{providerConfigKey}", "/oauth/connect/owned"),
        closed("POST /oauth2/auth/{providerConfigKey}", "/oauth2/auth/owned"),
        closed("POST /api-auth/api-key/{providerConfigKey}", "/api-auth/api-key/owned"),
        closed("POST /api-auth/basic/{providerConfigKey}", "/api-auth/basic/owned-basic"),
        closed("POST /auth/tba/{providerConfigKey}", "/auth/tba/owned"),
        closed("POST /auth/jwt/{providerConfigKey}", "/auth/jwt/owned"),
        closed("POST /auth/two-step/{providerConfigKey}", "/auth/two-step/owned"),
        closed("POST /auth/bill/{providerConfigKey}", "/auth/bill/owned"),
        closed("POST /auth/signature/{providerConfigKey}", "/auth/signature/owned"),
        closed("POST /auth/aws-sigv4/{providerConfigKey}", "/auth/aws-sigv4/owned"),
        closed("POST /auth/unauthenticated/{providerConfigKey}", "/auth/unauthenticated/owned"),
        closed("POST /auth/oauth-outbound/{providerConfigKey}", "/auth/oauth-outbound/owned"),
        closed("POST /auth/tableau/{providerConfigKey}", "/auth/tableau/owned"),
        closed("POST /unauth/{providerConfigKey}", "/unauth/owned"),
        closed("POST /app-store-auth/{providerConfigKey}", "/app-store-auth/owned"),
    ]
}

fn integrations() -> Vec<Case> {
    let new = json!({"provider": "unauthenticated", "unique_key": "another"});
    let quickstart = json!({"provider": "github", "unique_key": "another"});
    vec![
        env("GET /integrations", "/integrations", LIST_INTEGRATIONS),
        env("POST /integrations", "/integrations", CREATE_INTEGRATION).sends(new),
        env("POST /integrations/quickstart", "/integrations/quickstart", CREATE_INTEGRATION)
            .sends(quickstart)
            .answers(400),
        env("GET /integrations/{uniqueKey}", "/integrations/owned?include=credentials", READ_INTEGRATION),
        env("PATCH /integrations/{uniqueKey}", "/integrations/owned", UPDATE_INTEGRATION)
            .sends(json!({"display_name": "Taken over"})),
        env("DELETE /integrations/{uniqueKey}", "/integrations/owned", DELETE_INTEGRATION),
    ]
}

fn functions() -> Vec<Case> {
    let one = "/integrations/owned/functions/owned-action";
    vec![
        env("POST /action/trigger", "/action/trigger", ACT)
            .sends(json!({"action_name": "owned-action"}))
            .answers(400),
        env("GET /action/{id}", "/action/2f1a52c5-6c1c-4d0e-8f0e-2f2b8a1d4c11", ACT).answers(404),
        env("GET /v1/{endpoint}", "/v1/x", ACT).answers(400),
        env("POST /v1/{endpoint}", "/v1/x", ACT).answers(400),
        env("PUT /v1/{endpoint}", "/v1/x", ACT).answers(400),
        env("PATCH /v1/{endpoint}", "/v1/x", ACT).answers(400),
        env("DELETE /v1/{endpoint}", "/v1/x", ACT).answers(400),
        env("POST /sync/deploy", "/sync/deploy", DEPLOY).sends(owned_action("// taken over")),
        env("POST /sync/deploy/confirmation", "/sync/deploy/confirmation", DEPLOY)
            .sends(json!({"flowConfigs": []})),
        env("GET /integrations/{uniqueKey}/functions", "/integrations/owned/functions", FUNCTIONS_LIST),
        env("GET /integrations/{uniqueKey}/functions/{name}", one, FUNCTIONS_READ),
        env("DELETE /integrations/{uniqueKey}/functions/{name}", one, FUNCTIONS_DELETE),
        env(
            "GET /integrations/{uniqueKey}/functions/{name}/code",
            "/integrations/owned/functions/owned-action/code",
            FUNCTIONS_READ,
        ),
        env(
            "GET /integrations/{uniqueKey}/functions/{name}/versions",
            "/integrations/owned/functions/owned-action/versions",
            FUNCTIONS_READ,
        ),
        env(
            "POST /integrations/{uniqueKey}/functions/{name}/rollback",
            "/integrations/owned/functions/owned-action/rollback",
            DEPLOY,
        )
        .sends(json!({"version": "1"})),
    ]
}

/// A deployment of the action `owned-action`, whose source is this text.
pub fn owned_action(source: &str) -> Value {
    json!({"source": "standalone", "flowConfigs": [{
        "type": "action", "syncName": "owned-action", "providerConfigKey": "owned",
        "fileBody": {"js": source, "ts": source},
    }]})
}

fn connections() -> Vec<Case> {
    let import = json!({
        "provider_config_key": "owned-basic", "connection_id": "owned-connection",
        "credentials": {"type": "BASIC", "username": "taken", "password": "over"},
    });
    let metadata = json!({
        "provider_config_key": "owned-basic", "connection_id": "owned-connection", "metadata": {"taken": "over"},
    });
    let path = "/connections/metadata";
    vec![
        env("GET /connections", "/connections", LIST_CONNECTIONS),
        env("POST /connections", "/connections", CREATE_CONNECTION).sends(import).answers(201),
        env("GET /connections/{connectionId}", CONNECTION, READ_CONNECTION),
        env("PATCH /connections/{connectionId}", CONNECTION, UPDATE_CONNECTION).sends(json!({"tags": {}})),
        env("DELETE /connections/{connectionId}", CONNECTION, DELETE_CONNECTION),
        env("POST /connections/metadata", path, UPDATE_CONNECTION).sends(metadata.clone()).answers(201),
        env("PATCH /connections/metadata", path, UPDATE_CONNECTION).sends(metadata),
    ]
}

fn environments() -> Vec<Case> {
    let old_key = json!({"environment_id": 1, "display_name": "another"});
    let key = json!({"display_name": "another"});
    vec![
        env("GET /environment-variables", "/environment-variables", &["environment:variables:read"]),
        env(
            "POST /environment/webhook-signing-key/rotate",
            "/environment/webhook-signing-key/rotate",
            &["environment:webhook_signing_key:rotate"],
        ),
        account("GET /environments", "/environments", &["account:environments:list"]),
        account("POST /environments", "/environments", &["account:environments:create"])
            .sends(json!({"name": "another"})),
        account("DELETE /environments/{environmentId}", "/environments/1", &["account:environments:delete"])
            .answers(204),
        account("POST /environment/api-keys", "/environment/api-keys", CREATE_KEY).sends(old_key),
        account("DELETE /environment/api-keys", "/environment/api-keys", DELETE_KEY)
            .sends(json!({"environment_id": 1, "key_id": 1})),
        account("GET /environments/{environmentId}/api-keys", "/environments/1/api-keys", LIST_KEYS),
        account("POST /environments/{environmentId}/api-keys", "/environments/1/api-keys", CREATE_KEY)
            .sends(key),
        account("GET /environments/{environmentId}/api-keys/{keyId}", "/environments/1/api-keys/1", READ_KEY),
        account(
            "DELETE /environments/{environmentId}/api-keys/{keyId}",
            "/environments/1/api-keys/1",
            DELETE_KEY,
        ),
    ]
}

fn legacy() -> Vec<Case> {
    let new = json!({"provider": "unauthenticated", "provider_config_key": "another"});
    let change = json!({
        "provider": "github", "provider_config_key": "owned", "oauth_client_id": "taken",
        "oauth_client_secret": "over",
    });
    let import = json!({
        "provider_config_key": "owned-basic", "connection_id": "owned-connection", "username": "taken",
        "password": "over",
    });
    let metadata = json!({
        "provider_config_key": "owned-basic", "connection_id": "owned-connection", "metadata": {"taken": "over"},
    });
    let bare = json!({"taken": "over"});
    let one = "/connection/owned-connection/metadata?provider_config_key=owned-basic";
    vec![
        env("GET /config", "/config", LIST_INTEGRATIONS),
        env("POST /config", "/config", CREATE_INTEGRATION).sends(new),
        env("PUT /config", "/config", UPDATE_INTEGRATION).sends(change),
        env("GET /config/{providerConfigKey}", "/config/owned", READ_INTEGRATION),
        env("DELETE /config/{providerConfigKey}", "/config/owned", DELETE_INTEGRATION),
        env("GET /connection", "/connection", LIST_CONNECTIONS),
        env("POST /connection", "/connection", CREATE_CONNECTION).sends(import).answers(201),
        env("POST /connection/metadata", "/connection/metadata", UPDATE_CONNECTION)
            .sends(metadata.clone())
            .answers(201),
        env("PATCH /connection/metadata", "/connection/metadata", UPDATE_CONNECTION).sends(metadata),
        env("GET /connection/{connectionId}", SINGULAR, READ_CONNECTION),
        env("DELETE /connection/{connectionId}", SINGULAR, DELETE_CONNECTION),
        env("POST /connection/{connectionId}/metadata", one, UPDATE_CONNECTION)
            .sends(bare.clone())
            .answers(201),
        env("PATCH /connection/{connectionId}/metadata", one, UPDATE_CONNECTION).sends(bare),
        env("GET /provider", "/provider?query=github", &[]),
        env("GET /provider/{provider}", "/provider/github", &[]),
        env("GET /scripts/config", "/scripts/config", LIST_FUNCTIONS),
        env("GET /flow/configs", "/flow/configs", LIST_FUNCTIONS),
    ]
}
