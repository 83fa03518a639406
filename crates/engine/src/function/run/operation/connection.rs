//! The connection, its metadata, its integration and the environment's variables.

use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::metadata::MetadataWrite;
use bowline_runtime::{HostAnswer, HostError};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::host::RunScope;
use super::super::objects::{FunctionObjects, IntegrationParts};
use super::{internal, json};
use crate::connection::{GetConnection, GetConnectionError, MetadataError, OpenConnection};
use crate::credential::CredentialKind;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wanted {
    provider_config_key: String,
    connection_id: String,
    #[serde(default)]
    force_refresh: bool,
    #[serde(default)]
    refresh_token: bool,
    #[serde(default)]
    refresh_github_app_jwt_token: bool,
}

/// A connection of the environment with good credentials.
pub(super) async fn get(scope: &RunScope, wanted: Wanted) -> Result<HostAnswer, HostError> {
    let integration = IntegrationKey::from_stored(wanted.provider_config_key);
    let connection = ConnectionKey::from_stored(wanted.connection_id);
    let get = GetConnection {
        integration: &integration,
        connection: &connection,
        force_refresh: wanted.force_refresh,
        renew_app_token: wanted.refresh_github_app_jwt_token,
    };
    let open = open(scope, &get);
    json(&objects(scope)?.connection(open.await?, wanted.refresh_token))
}

fn objects(scope: &RunScope) -> Result<&dyn FunctionObjects, HostError> {
    let none = || HostError::new("server_error", "this node does not know the public API's objects");
    scope.engine.functions.objects().ok_or_else(none)
}

async fn open(scope: &RunScope, wanted: &GetConnection<'_>) -> Result<OpenConnection, HostError> {
    scope.engine.get_connection(&scope.environment, *wanted).await.map_err(|error| match error {
        GetConnectionError::UnknownIntegration => {
            HostError::new("unknown_provider_config", error.to_string())
        }
        GetConnectionError::UnknownConnection => HostError::new("unknown_connection", error.to_string()),
        GetConnectionError::Refresh { .. } => HostError::new("connection_refresh_failed", error.to_string()),
        GetConnectionError::Storage(_) | GetConnectionError::Vault(_) => internal(error),
    })
}

/// What the official client's `getToken` gives: the access token, the pair of OAuth 1, or all credentials.
pub(super) async fn token(scope: &RunScope) -> Result<HostAnswer, HostError> {
    let wanted = GetConnection {
        integration: &scope.connection.integration_key,
        connection: &scope.connection.key,
        force_refresh: false,
        renew_app_token: false,
    };
    let open = open(scope, &wanted).await?;
    let fields = open.credentials.expose();
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    json(&match open.credentials.kind() {
        CredentialKind::Oauth2 | CredentialKind::App => field("access_token"),
        CredentialKind::Oauth1 => {
            json!({ "oAuthToken": field("oauth_token"), "oAuthTokenSecret": field("oauth_token_secret") })
        }
        _ => Value::Object(fields.clone()),
    })
}

#[derive(Deserialize)]
pub(super) struct Metadata {
    metadata: Map<String, Value>,
}

pub(super) async fn set_metadata(scope: &RunScope, given: Metadata) -> Result<HostAnswer, HostError> {
    write_metadata(scope, given.metadata, MetadataWrite::Replace).await
}

pub(super) async fn update_metadata(scope: &RunScope, given: Metadata) -> Result<HostAnswer, HostError> {
    write_metadata(scope, given.metadata, MetadataWrite::Merge).await
}

async fn write_metadata(
    scope: &RunScope,
    metadata: Map<String, Value>,
    write: impl FnOnce(Map<String, Value>) -> MetadataWrite,
) -> Result<HostAnswer, HostError> {
    let answer = json(&metadata)?;
    let (integration, keys) = (&scope.connection.integration_key, [scope.connection.key.clone()]);
    let written = scope.engine.set_metadata(&scope.environment, integration, &keys, &write(metadata)).await;
    written.map_err(|error| match error {
        MetadataError::UnknownConnection(_) => HostError::new("unknown_connection", error.to_string()),
        MetadataError::TooLarge(_) => HostError::new("request_too_large", error.to_string()),
        MetadataError::Storage(_) => internal(error),
    })?;
    Ok(answer)
}

#[derive(Deserialize)]
pub(super) struct IntegrationWanted {
    #[serde(default)]
    include: Vec<String>,
}

/// The run's integration.
pub(super) async fn integration(
    scope: &RunScope,
    wanted: IntegrationWanted,
) -> Result<HostAnswer, HostError> {
    let includes = |part: &str| wanted.include.iter().any(|included| included == part);
    let parts = IntegrationParts { webhook: includes("webhook"), credentials: includes("credentials") };
    let key = &scope.connection.integration_key;
    let found = scope.engine.find_integration(&scope.environment, key).await.map_err(internal)?;
    let gone = || HostError::new("unknown_provider_config", "the integration does not exist any more");
    let open = found.ok_or_else(gone)?;
    json(&objects(scope)?.integration(&scope.environment, &open, parts))
}

/// `[{name, value}]`.
pub(super) async fn variables(scope: &RunScope) -> Result<HostAnswer, HostError> {
    let variables = scope.engine.list_variables(&scope.environment).await.map_err(internal)?;
    let variables: Vec<Value> = variables
        .iter()
        .map(|variable| json!({ "name": variable.name, "value": variable.value.expose().as_str() }))
        .collect();
    json(&variables)
}
