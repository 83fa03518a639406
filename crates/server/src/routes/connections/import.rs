//! `POST /connections`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connection::{ConnectionResponse, ImportConnectionRequest};
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::metadata::Metadata;
use bowline_domain::text;
use bowline_engine::connection::{ImportConnection, ImportedCredentials};
use bowline_engine::credential::{CredentialKind, Credentials};
use http::StatusCode;
use serde_json::{Map, Value};

use super::input;
use super::wire::{Moments, connection_response};
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::{Fields, Refusal, length};

const OAUTH2_TOKEN_MAX: usize = 16_384;
const UNION_MESSAGE: &str = "invalid credentials object";

/// Imports a connection, or replaces the one with this id.
#[utoipa::path(
    post,
    path = "/connections",
    tag = "connections",
    request_body = ImportConnectionRequest,
    responses(
        (status = 201, description = "The connection with its credentials", body = ConnectionResponse),
        (status = 400, description = "Invalid fields, or refused by the provider", body = bowline_api::error::ModernError),
        (status = 404, description = "No such integration", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn import_connection(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsCreate>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let integration = fields.required_text("provider_config_key", text::check_integration_key);
    let key = fields.optional_text("connection_id", text::check_connection_key);
    let metadata = fields.optional_json_object("metadata");
    let config = connection_config(&mut fields);
    let webhook_url_override = input::webhook_url_override(&mut fields);
    let end_user = input::end_user(&mut fields);
    let tags = fields.optional_tags("tags").unwrap_or_default();
    let credentials = credentials(&mut fields);
    fields.finish()?;
    input::check_webhook_target(&state.engine, webhook_url_override.as_deref())?;

    let import = ImportConnection {
        integration: IntegrationKey::from_stored(integration),
        key: key.map(ConnectionKey::from_stored),
        credentials,
        config,
        metadata,
        metadata_when_new: Some(Metadata::new()),
        end_user,
        tags,
        webhook_url_override,
        verify: true,
    };
    let imported = state.engine.import_connection(caller.environment(), import).await?;
    let credentials = imported.credentials.into_exposed();
    let response = connection_response(&imported.connection, credentials, imported.config, Moments::Zulu);
    Ok((StatusCode::CREATED, reply::no_store(reply::Json(response))).into_response())
}

fn connection_config(fields: &mut Fields) -> Map<String, Value> {
    let config = fields.optional_json_object("connection_config").unwrap_or_default();
    let scopes_fit = config
        .get("oauth_scopes_override")
        .is_none_or(|scopes| scopes.as_array().is_some_and(|scopes| scopes.iter().all(Value::is_string)));
    if !scopes_fit {
        let message = "Invalid input: expected array of strings";
        fields.refuse(&["connection_config", "oauth_scopes_override"], Refusal::custom(message));
    }
    config
}

fn credentials(fields: &mut Fields) -> ImportedCredentials {
    if !fields.has("credentials") {
        fields.refuse(&["credentials", "type"], Refusal::union(UNION_MESSAGE));
    }
    let read = fields.optional_tagged("credentials", UNION_MESSAGE, |kind, fields| {
        let kind = CredentialKind::from_name(kind)?;
        read_credentials(kind, fields)
    });
    read.unwrap_or_else(|| ImportedCredentials::Given(Credentials::new(CredentialKind::None, Map::new())))
}

fn read_credentials(kind: CredentialKind, fields: &mut Fields) -> Option<ImportedCredentials> {
    let mut taken = Taken { fields, object: Map::new() };
    match kind {
        CredentialKind::Oauth2 => {
            taken.required("access_token", 1, OAUTH2_TOKEN_MAX);
            taken.optional("refresh_token", 1, OAUTH2_TOKEN_MAX);
            taken.moment("expires_at");
            taken.config_override();
        }
        CredentialKind::Oauth2Cc => {
            taken.required("token", 0, 4_096);
            taken.required("client_id", 0, 255);
            taken.required("client_secret", 0, 2_048);
            taken.optional("client_certificate", 0, 10_000);
            taken.optional("client_private_key", 0, 10_000);
            taken.moment("expires_at");
        }
        CredentialKind::Oauth1 => {
            taken.required("oauth_token", 0, 2_048);
            taken.required("oauth_token_secret", 0, 2_048);
        }
        CredentialKind::ApiKey => taken.required("apiKey", 1, 1_024),
        CredentialKind::Basic => {
            taken.required("username", 0, 1_024);
            taken.required("password", 0, 1_024);
        }
        CredentialKind::Tba => {
            taken.required("token_id", 0, 2_048);
            taken.required("token_secret", 0, 2_048);
            taken.config_override();
        }
        CredentialKind::App | CredentialKind::Custom => {
            let app_id = taken.fields.required_text("app_id", length(1, 255));
            let installation_id = taken.fields.required_text("installation_id", length(1, 255));
            return Some(ImportedCredentials::GithubApp { kind, app_id, installation_id });
        }
        CredentialKind::None => {}
        // Other modes obtain their credentials themselves.
        _ => return None,
    }
    Some(ImportedCredentials::Given(with_raw(kind, taken.object)))
}

/// OAuth credentials keep what they were made from under `raw`.
fn with_raw(kind: CredentialKind, object: Map<String, Value>) -> Credentials {
    let given = Credentials::new(kind, object);
    if !matches!(kind, CredentialKind::Oauth2 | CredentialKind::Oauth2Cc | CredentialKind::Oauth1) {
        return given;
    }
    let raw = given.expose().clone();
    let mut object = given.into_exposed();
    object.insert("raw".to_owned(), raw.into());
    Credentials::new(kind, object)
}

/// Fields moved from the request into a credentials object.
struct Taken<'a> {
    fields: &'a mut Fields,
    object: Map<String, Value>,
}

impl Taken<'_> {
    fn required(&mut self, name: &str, min: usize, max: usize) {
        let text = self.fields.required_text(name, length(min, max));
        self.object.insert(name.to_owned(), text.into());
    }

    fn optional(&mut self, name: &str, min: usize, max: usize) {
        if let Some(text) = self.fields.optional_text(name, length(min, max)) {
            self.object.insert(name.to_owned(), text.into());
        }
    }

    fn moment(&mut self, name: &str) {
        if let Some(at) = self.fields.optional_moment(name) {
            self.object.insert(name.to_owned(), at.iso_millis_z().into());
        }
    }

    fn config_override(&mut self) {
        let read = self.fields.optional_object("config_override", |fields| {
            let id = fields.optional_text("client_id", length(0, 255));
            let secret = fields.optional_text("client_secret", length(0, 2_048));
            let pairs = [("client_id", id), ("client_secret", secret)];
            pairs
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value?.into())))
                .collect::<Map<_, _>>()
        });
        if let Some(over) = read {
            self.object.insert("config_override".to_owned(), over.into());
        }
    }
}
