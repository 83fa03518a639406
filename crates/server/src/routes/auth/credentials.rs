//! One route per kind of credentials. What they share is [`connect`]; what each reads is beside it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connect::ConnectedResponse;
use bowline_domain::provider::AuthMode;
use bowline_engine::connect::{DirectInput, DirectWay};
use serde_json::{Map, Value};

use super::input;
use crate::error::ApiError;
use crate::extract::{JsonBody, PageCaller, Params, Query};
use crate::reply;
use crate::state::AppState;
use crate::validate::{Fields, Refusal, any_text, length};

/// Longest value of a credential field; private keys and certificates are the longest.
const VALUE_CHARS_MAX: usize = 32_768;
/// Most fields of a free credentials object.
const FIELDS_MAX: usize = 100;

/// What a route reads from its body: credential fields and, into the second argument, connection settings.
type Read = fn(&mut Fields, &mut Map<String, Value>) -> Map<String, Value>;

/// Lets the page in, reads what the user typed, and connects the account.
async fn connect(
    state: AppState,
    PageCaller(caller): PageCaller,
    params: Params,
    query: Query,
    body: JsonBody,
    (way, read): (DirectWay, Read),
) -> Result<Response, ApiError> {
    let mut request = input::whole_request(&caller, &params, query)?;
    let mut body = body.or_empty().fields();
    // Connect UIs name the mode in the body, some frontends do not.
    body.ignore("type");
    let assertion_option = body.optional_json_object("assertionOption").unwrap_or_default();
    let fields = read(&mut body, &mut request.params);
    body.finish()?;
    let integration = request.integration.clone();
    let attempt = state.engine.begin_connect(&caller, request).await?;
    let typed = DirectInput { way, fields, assertion_option };
    let connection = state.engine.connect_directly(attempt, typed).await?;
    let response = ConnectedResponse {
        connection_id: connection.key.as_str().to_owned(),
        provider_config_key: integration.as_str().to_owned(),
    };
    Ok(reply::no_store(reply::Json(response)).into_response())
}

macro_rules! routes {
    ($($(#[doc = $doc:literal])+ $name:ident $path:tt $way:expr, $read:ident;)+) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "auth",
            params(
                ("providerConfigKey" = String, Path, description = "The integration's key"),
                ("connect_session_token" = Option<String>, Query, description = "A connect session's token"),
                ("public_key" = Option<String>, Query, description = "The environment's public key, where it is allowed"),
                ("connection_id" = Option<String>, Query, description = "With a public key: the connection's id"),
                ("hmac" = Option<String>, Query, description = "With a public key, where the environment wants it"),
            ),
            request_body = Option<serde_json::Value>,
            responses(
                (status = 200, description = "Connected", body = ConnectedResponse),
                (status = 400, description = "Refused, by this server or by the provider", body = bowline_api::error::ModernError),
                (status = 401, description = "Not authenticated", body = bowline_api::error::ClassicError),
                (status = 404, description = "No such integration", body = bowline_api::error::ModernError),
            )
        )]
        pub(crate) async fn $name(
            State(state): State<AppState>,
            caller: PageCaller,
            params: Params,
            query: Query,
            body: JsonBody,
        ) -> Result<Response, ApiError> {
            connect(state, caller, params, query, body, ($way, $read)).await
        }
    )+};
}

routes! {
    /// Connects an account by an API key.
    connect_api_key "/api-auth/api-key/{providerConfigKey}" DirectWay::Mode(AuthMode::ApiKey), api_key;
    /// Connects an account by user name and password.
    connect_basic "/api-auth/basic/{providerConfigKey}" DirectWay::Mode(AuthMode::Basic), basic;
    /// Connects a NetSuite account by a token of its token-based authentication.
    connect_tba "/auth/tba/{providerConfigKey}" DirectWay::Mode(AuthMode::Tba), tba;
    /// Connects an account by a key that tokens are signed with.
    connect_jwt "/auth/jwt/{providerConfigKey}" DirectWay::Mode(AuthMode::Jwt), free;
    /// Connects an account by fields that are exchanged for a token.
    connect_two_step "/auth/two-step/{providerConfigKey}" DirectWay::Mode(AuthMode::TwoStep), free;
    /// Connects a BILL account.
    connect_bill "/auth/bill/{providerConfigKey}" DirectWay::Mode(AuthMode::Bill), bill;
    /// Connects an account whose requests carry a WSSE user name token.
    connect_signature "/auth/signature/{providerConfigKey}" DirectWay::Mode(AuthMode::Signature), basic;
    /// Connects an AWS account by a role.
    connect_aws "/auth/aws-sigv4/{providerConfigKey}" DirectWay::Mode(AuthMode::AwsSigV4), aws;
    /// Connects an account that needs no credentials.
    connect_none "/auth/unauthenticated/{providerConfigKey}" DirectWay::Mode(AuthMode::None), nothing;
    /// As `/auth/unauthenticated`, for older frontends.
    connect_none_legacy "/unauth/{providerConfigKey}" DirectWay::Mode(AuthMode::None), nothing;
    /// Begins a connection that the provider completes when its app is installed there.
    connect_outbound "/auth/oauth-outbound/{providerConfigKey}" DirectWay::OutboundInstallation, nothing;
    /// Connects an account by client credentials (RFC 6749 §4.4).
    connect_client_credentials "/oauth2/auth/{providerConfigKey}" DirectWay::Mode(AuthMode::OAuth2Cc), client;
    /// Connects an App Store account by its API key, for older frontends.
    connect_app_store "/app-store-auth/{providerConfigKey}" DirectWay::Mode(AuthMode::Jwt), app_store;
    /// Connects a Tableau account by a personal access token, for older frontends.
    connect_tableau "/auth/tableau/{providerConfigKey}" DirectWay::Mode(AuthMode::TwoStep), tableau;
}

/// Reads texts that must be there, then texts that may be there.
fn texts(fields: &mut Fields, required: &[(&str, usize, usize)], optional: &[&str]) -> Map<String, Value> {
    let mut read = Map::new();
    for (name, min, max) in required {
        read.insert((*name).to_owned(), fields.required_text(name, length(*min, *max)).into());
    }
    for name in optional {
        if let Some(text) = fields.optional_text(name, length(0, VALUE_CHARS_MAX)) {
            read.insert((*name).to_owned(), text.into());
        }
    }
    read
}

fn api_key(fields: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    texts(fields, &[("apiKey", 1, 1_024)], &[])
}

fn basic(fields: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    // Either may be empty, and frontends leave an empty one out.
    let mut read = texts(fields, &[], &["username", "password"]);
    for name in ["username", "password"] {
        read.entry(name).or_insert_with(|| "".into());
    }
    read
}

fn tba(fields: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    let own_client = ["oauth_client_id_override", "oauth_client_secret_override"];
    texts(fields, &[("token_id", 1, 2_048), ("token_secret", 1, 2_048)], &own_client)
}

fn bill(fields: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    let required = ["username", "password", "organization_id", "dev_key"].map(|name| (name, 1, 1_024));
    texts(fields, &required, &[])
}

fn aws(fields: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    let mut read = texts(fields, &[("role_arn", 1, 2_048)], &[]);
    if let Some(region) = fields.optional_text("region", region) {
        read.insert("region".to_owned(), region.into());
    }
    read
}

/// `[a-z0-9-]`, at most 64 of them.
fn region(text: &str) -> Result<(), Refusal> {
    length(1, 64)(text)?;
    let is_region = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if is_region { Ok(()) } else { Err(Refusal::format("Invalid region")) }
}

fn client(fields: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    let optional = ["client_secret", "client_certificate", "client_private_key"];
    texts(fields, &[("client_id", 1, 255)], &optional)
}

fn nothing(_: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    Map::new()
}

/// Whatever the provider's form asks for.
fn free(fields: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    fields.take_rest(FIELDS_MAX, VALUE_CHARS_MAX)
}

fn app_store(fields: &mut Fields, settings: &mut Map<String, Value>) -> Map<String, Value> {
    let required = [("privateKeyId", 1, 255), ("issuerId", 1, 255), ("privateKey", 1, VALUE_CHARS_MAX)];
    if let Some(scope) = fields.optional_texts("scope", FIELDS_MAX, any_text) {
        settings.insert("scope".to_owned(), scope.join(",").into());
    }
    texts(fields, &required, &[])
}

/// Tableau's fields under the names its provider's form has today.
fn tableau(fields: &mut Fields, _: &mut Map<String, Value>) -> Map<String, Value> {
    let read = texts(fields, &[("pat_name", 1, 1_024), ("pat_secret", 1, 1_024)], &["content_url"]);
    let renamed = [("pat_name", "pat"), ("pat_secret", "secret"), ("content_url", "contentUrl")];
    let value = |old: &str| read.get(old).cloned();
    renamed.iter().filter_map(|(old, new)| Some(((*new).to_owned(), value(old)?))).collect()
}
