//! What every way to connect an account reads from path and query.

use bowline_api::error::ErrorCode;
use bowline_domain::id::{ConnectionKey, IntegrationKey};
use bowline_domain::text;
use bowline_engine::connect::{ConnectCaller, ConnectRequest};
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::extract::{Params, Query};
use crate::validate::{Fields, Refusal, any_text};

/// What the page asks for. Other parameters of the query are left to the caller.
pub(crate) fn connect_request(
    caller: &ConnectCaller,
    params: &Params,
    fields: &mut Fields,
) -> Result<ConnectRequest, ApiError> {
    let integration = integration_key(params)?;
    fields.ignore("connect_session_token");
    fields.ignore("public_key");
    let connection = fields.optional_text("connection_id", text::check_connection_key);
    if connection.is_some() && matches!(caller, ConnectCaller::Session(_)) {
        let message = "connection_id is decided by the session; open a reconnect session instead";
        fields.refuse(&["connection_id"], Refusal::custom(message));
    }
    let mut settings = texts(fields, "params");
    // Where events go is for the application to say, not for a page.
    settings.shift_remove("webhook_url");
    Ok(ConnectRequest {
        integration,
        connection: connection.map(ConnectionKey::from_stored),
        params: settings,
        user_scope: fields.optional_text("user_scope", any_text),
        authorization_params: texts(fields, "authorization_params"),
        hmac: fields.optional_text("hmac", any_text),
    })
}

/// The query of a call without a popup; what it does not know it leaves alone, as frontends of all ages differ.
pub(super) fn whole_request(
    caller: &ConnectCaller,
    params: &Params,
    query: Query,
) -> Result<ConnectRequest, ApiError> {
    let mut fields = query.fields();
    let request = connect_request(caller, params, &mut fields)?;
    fields.ignore_rest();
    fields.finish()?;
    Ok(request)
}

/// `providerConfigKey` of the path.
pub(crate) fn integration_key(params: &Params) -> Result<IntegrationKey, ApiError> {
    let mut fields = params.fields();
    let key = fields.required_text("providerConfigKey", text::check_integration_key);
    fields.ignore_rest();
    fields.finish()?;
    Ok(IntegrationKey::from_stored(key))
}

/// The texts of a map in the query; other values are dropped.
pub(crate) fn texts(fields: &mut Fields, name: &str) -> Map<String, Value> {
    match fields.take(name) {
        Some(Value::Object(map)) => map.into_iter().filter(|(_, value)| value.is_string()).collect(),
        _ => Map::new(),
    }
}

/// A refused part of the query.
pub(super) fn bad_query(path: &[&str], message: String) -> ApiError {
    let path = path.iter().map(|part| (*part).to_owned()).collect();
    let issue = bowline_api::error::Issue { code: bowline_api::error::IssueCode::Custom, message, path };
    ApiError::invalid(ErrorCode::InvalidQueryParams, vec![issue])
}
