//! `POST /connection`: the flat import of older REST clients (spec `api.md` §11).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::error::ErrorCode;
use bowline_domain::Timestamp;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::provider::AuthMode;
use bowline_domain::tags::Tags;
use bowline_engine::connection::{ImportConnection, ImportError, ImportedCredentials};
use bowline_engine::credential::{CredentialKind, Credentials};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::routes::connections::WEBHOOK_URL_CHARS_MAX;
use crate::state::AppState;
use crate::validate::length;

/// Later than this when read as milliseconds: a number of milliseconds.
const MILLIS_FROM: i64 = 63_072_000_000;

/// Longest text of each field that is read. The two ids have limits of their own.
const TEXT_CHARS_MAX: [(&str, usize); 16] = [
    ("access_token", TOKEN_CHARS_MAX),
    ("refresh_token", TOKEN_CHARS_MAX),
    ("oauth_token", TOKEN_CHARS_MAX),
    ("oauth_token_secret", 2_048),
    ("oauth_client_id_override", 2_048),
    ("oauth_client_secret_override", 2_048),
    ("username", 1_024),
    ("password", 1_024),
    ("api_key", 1_024),
    ("token_id", 2_048),
    ("token_secret", 2_048),
    ("app_id", 2_048),
    ("installation_id", 2_048),
    ("expires_at", 2_048),
    ("expires_in", 2_048),
    ("webhook_url_override", WEBHOOK_URL_CHARS_MAX),
];
const TOKEN_CHARS_MAX: usize = 16_384;

/// Imports a connection from a flat body.
#[utoipa::path(
    post,
    path = "/connection",
    tag = "legacy",
    request_body(content = Object, description = "provider_config_key, connection_id, metadata, connection_config and the mode's fields"),
    responses(
        (status = 201, description = "The request with its connection_id", body = Object),
        (status = 400, description = "Something is missing or wrong", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn import_connection(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsCreate>,
    _: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let form = Form::read(body, state.clock.now())?;
    form.check_lengths()?;
    let integration = form.required("provider_config_key", ErrorCode::MissingProviderConfig)?;
    let integration = IntegrationKey::parse(integration).map_err(|_| unknown_integration())?;
    let key = form.connection_key()?;
    let webhook_url_override = form.webhook_url_override(&state)?;
    let open =
        state.engine.integration_for_import(caller.environment(), &integration).await.map_err(refused)?;
    let config = form.config()?;
    let credentials = form.credentials(open.provider.auth_mode, &config)?;
    let import = ImportConnection {
        integration,
        key,
        credentials,
        config,
        metadata: form.object("metadata"),
        metadata_when_new: None,
        end_user: None,
        tags: Tags::default(),
        webhook_url_override,
        verify: false,
    };
    let imported = state.engine.import_connection(caller.environment(), import).await.map_err(refused)?;
    let mut echo = form.fields;
    echo.insert("connection_id".to_owned(), imported.connection.key.as_str().into());
    Ok((StatusCode::CREATED, reply::no_store(reply::Json(echo))).into_response())
}

fn refused(error: ImportError) -> ApiError {
    match error {
        ImportError::UnknownIntegration => unknown_integration(),
        ImportError::UnknownProvider => {
            ApiError::classic(ErrorCode::UnknownProviderTemplate).status(StatusCode::NOT_FOUND)
        }
        ImportError::MissingAccountId => ApiError::classic(ErrorCode::MissingAccountId),
        ImportError::MetadataTooLarge => {
            ApiError::classic_with(ErrorCode::RequestTooLarge, error.to_string(), json!({}))
        }
        other => other.into(),
    }
}

fn unknown_integration() -> ApiError {
    ApiError::classic(ErrorCode::UnknownProviderConfig)
}

/// The flat body.
struct Form {
    fields: Map<String, Value>,
    now: Timestamp,
}

impl Form {
    fn read(body: JsonBody, now: Timestamp) -> Result<Self, ApiError> {
        match body.into_value() {
            Some(Value::Object(fields)) => Ok(Self { fields, now }),
            _ => Err(ApiError::classic(ErrorCode::MissingBody)),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn required(&self, name: &str, code: ErrorCode) -> Result<&str, ApiError> {
        self.text(name).ok_or_else(|| ApiError::classic(code))
    }

    /// The limits of `POST /connections`. Fields that nobody reads are not judged: old clients send whole token
    /// responses.
    fn check_lengths(&self) -> Result<(), ApiError> {
        for (name, chars_max) in TEXT_CHARS_MAX {
            let Some(text) = self.text(name) else { continue };
            length(0, chars_max)(text)
                .map_err(|problem| ApiError::invalid_body(format!("{name}: {problem}")))?;
        }
        Ok(())
    }

    fn object(&self, name: &str) -> Option<Map<String, Value>> {
        self.fields.get(name).and_then(Value::as_object).cloned()
    }

    fn connection_key(&self) -> Result<Option<ConnectionKey>, ApiError> {
        let Some(key) = self.text("connection_id") else { return Ok(None) };
        let key = ConnectionKey::parse(key).map_err(|problem| {
            let message = format!("connection_id: {problem}");
            ApiError::classic_with(ErrorCode::InvalidBody, message, json!({}))
        })?;
        Ok(Some(key))
    }

    fn webhook_url_override(&self, state: &AppState) -> Result<Option<String>, ApiError> {
        let refused = |reason: &dyn std::fmt::Display| {
            ApiError::invalid_body(format!("webhook_url_override: {reason}"))
        };
        match self.fields.get("webhook_url_override") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(address)) if address.is_empty() => Ok(Some(String::new())),
            Some(Value::String(address)) => {
                state.engine.check_webhook_target(address).map_err(|error| refused(&error))?;
                Ok(Some(address.clone()))
            }
            Some(_) => Err(refused(&"expected a URL")),
        }
    }

    /// The connection config; scopes may come as a comma list.
    fn config(&self) -> Result<Map<String, Value>, ApiError> {
        let mut config = self.object("connection_config").unwrap_or_default();
        if let Some(Value::String(list)) = config.get("oauth_scopes_override") {
            let scopes = list.split(',').map(str::trim).filter(|scope| !scope.is_empty());
            let scopes: Vec<Value> = scopes.map(Value::from).collect();
            config.insert("oauth_scopes_override".to_owned(), scopes.into());
        }
        Ok(config)
    }

    fn credentials(
        &self,
        mode: AuthMode,
        config: &Map<String, Value>,
    ) -> Result<ImportedCredentials, ApiError> {
        let mut object = Map::new();
        let mut put = |name: &str, text: &str| object.insert(name.to_owned(), text.into());
        let kind = match mode {
            AuthMode::OAuth2 => return self.oauth2().map(ImportedCredentials::Given),
            AuthMode::OAuth2Cc => return self.client_credentials().map(ImportedCredentials::Given),
            AuthMode::OAuth1 => {
                put("oauth_token", self.required("oauth_token", ErrorCode::MissingOauthToken)?);
                put(
                    "oauth_token_secret",
                    self.required("oauth_token_secret", ErrorCode::MissingOauthTokenSecret)?,
                );
                CredentialKind::Oauth1
            }
            AuthMode::Basic => {
                put("username", self.required("username", ErrorCode::MissingBasicUsername)?);
                put("password", self.text("password").unwrap_or_default());
                CredentialKind::Basic
            }
            AuthMode::ApiKey => {
                put("apiKey", self.required("api_key", ErrorCode::MissingApiKey)?);
                CredentialKind::ApiKey
            }
            AuthMode::Tba => {
                put("token_id", self.required("token_id", ErrorCode::MissingAccessToken)?);
                put("token_secret", self.required("token_secret", ErrorCode::MissingAccessToken)?);
                if !config.get("accountId").is_some_and(Value::is_string) {
                    return Err(ApiError::classic(ErrorCode::MissingAccountId));
                }
                self.put_override(&mut object);
                CredentialKind::Tba
            }
            AuthMode::App => {
                return Ok(ImportedCredentials::GithubApp {
                    kind: CredentialKind::App,
                    app_id: self.required("app_id", ErrorCode::MissingAppId)?.to_owned(),
                    installation_id: self
                        .required("installation_id", ErrorCode::MissingInstallationId)?
                        .to_owned(),
                });
            }
            AuthMode::None => CredentialKind::None,
            _ => return Err(ApiError::classic(ErrorCode::InvalidAuthMode)),
        };
        Ok(ImportedCredentials::Given(Credentials::new(kind, object)))
    }

    fn oauth2(&self) -> Result<Credentials, ApiError> {
        let mut object = Map::new();
        let access_token = self.required("access_token", ErrorCode::MissingAccessToken)?;
        object.insert("access_token".to_owned(), access_token.into());
        if let Some(token) = self.text("refresh_token") {
            object.insert("refresh_token".to_owned(), token.into());
        }
        if self.fields.get("no_expiration") != Some(&Value::Bool(true)) {
            object.insert("expires_at".to_owned(), self.expiry()?.iso_millis_z().into());
        }
        self.put_override(&mut object);
        let raw = self.object("raw").unwrap_or_else(|| self.fields.clone());
        object.insert("raw".to_owned(), raw.into());
        Ok(Credentials::new(CredentialKind::Oauth2, object))
    }

    fn client_credentials(&self) -> Result<Credentials, ApiError> {
        let mut object = Map::new();
        let token = self.required("access_token", ErrorCode::MissingAccessToken)?;
        object.insert("token".to_owned(), token.into());
        for (field, name) in
            [("client_id", "oauth_client_id_override"), ("client_secret", "oauth_client_secret_override")]
        {
            object.insert(field.to_owned(), self.text(name).unwrap_or_default().into());
        }
        if let Some(at) = self.fields.get("expires_at").and_then(moment) {
            object.insert("expires_at".to_owned(), at.iso_millis_z().into());
        }
        object.insert("raw".to_owned(), self.fields.clone().into());
        Ok(Credentials::new(CredentialKind::Oauth2Cc, object))
    }

    fn put_override(&self, object: &mut Map<String, Value>) {
        let pairs =
            [("client_id", "oauth_client_id_override"), ("client_secret", "oauth_client_secret_override")];
        let given: Map<String, Value> = pairs
            .into_iter()
            .filter_map(|(field, name)| Some((field.to_owned(), self.text(name)?.into())))
            .collect();
        if !given.is_empty() {
            object.insert("config_override".to_owned(), given.into());
        }
    }

    /// `expires_at`, or now and `expires_in` seconds.
    fn expiry(&self) -> Result<Timestamp, ApiError> {
        if let Some(value) = self.fields.get("expires_at").filter(|value| !value.is_null()) {
            if value.is_object() || value.is_array() || value.is_boolean() {
                return Err(ApiError::classic(ErrorCode::InvalidExpiresAt));
            }
            return moment(value).ok_or_else(|| ApiError::classic(ErrorCode::MissingExpiresAt));
        }
        let seconds = self.fields.get("expires_in").and_then(|value| match value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        });
        let seconds = seconds.ok_or_else(|| ApiError::classic(ErrorCode::MissingExpiresAt))?;
        Ok(self.now.plus(std::time::Duration::from_secs(seconds)))
    }
}

/// ISO 8601, seconds or milliseconds since the epoch.
fn moment(value: &Value) -> Option<Timestamp> {
    let of_number =
        |n: i64| if n >= MILLIS_FROM { Timestamp::from_millis(n) } else { Timestamp::from_seconds(n) };
    match value {
        Value::Number(number) => number.as_i64().map(of_number),
        Value::String(text) => Timestamp::parse_iso(text).or_else(|| text.trim().parse().ok().map(of_number)),
        _ => None,
    }
}
