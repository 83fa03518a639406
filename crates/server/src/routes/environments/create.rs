//! `POST /environments`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::environment::EnvironmentResponse;
use bowline_api::error::ErrorCode;
use bowline_domain::Secret;
use bowline_domain::environment::EnvironmentSettings;
use bowline_domain::id::EnvironmentName;
use bowline_domain::text;
use bowline_engine::environment::CreateEnvironmentInput;
use serde_json::Value;

use super::list::environment_response;
use crate::error::ApiError;
use crate::extract::{AccountCaller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::{Fields, Refusal, length, url};

const OTLP_HEADERS_MAX: usize = 100;
const SET_PRODUCTION: &str = "account:environments:set_production";

/// Creates an environment with its first API key.
#[utoipa::path(
    post,
    path = "/environments",
    tag = "environments",
    request_body(content = Object, description = "name, is_production, callback_url, hmac_key, hmac_enabled, slack_notifications, otlp_endpoint, otlp_headers"),
    responses(
        (status = 200, description = "`{data: environment}`", body = inline(reply::Data<EnvironmentResponse>)),
        (status = 409, description = "The name is taken", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn create_environment(
    State(state): State<AppState>,
    caller: AccountCaller<scope::EnvironmentsCreate>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let name = fields.required_text("name", text::check_environment_name);
    let is_production = fields.optional_bool("is_production");
    let callback_url = fields.optional_text("callback_url", url);
    let hmac_key = fields.optional_text("hmac_key", length(0, 1_000));
    let hmac_enabled = fields.optional_bool("hmac_enabled").unwrap_or(false);
    let slack_notifications = fields.optional_bool("slack_notifications").unwrap_or(false);
    let otlp_endpoint =
        fields.optional_text("otlp_endpoint", |text| if text.is_empty() { Ok(()) } else { url(text) });
    let otlp_headers = otlp_headers(&mut fields);
    fields.finish()?;
    if name == "prod" && is_production == Some(false) {
        return Err(ApiError::new(ErrorCode::InvalidIsProdFlag));
    }
    let is_production = is_production.unwrap_or(name == "prod");
    if is_production {
        caller.require(SET_PRODUCTION)?;
    }

    let settings = EnvironmentSettings {
        callback_url,
        hmac_enabled,
        slack_notifications,
        otlp_endpoint: otlp_endpoint.filter(|endpoint| !endpoint.is_empty()),
        ..EnvironmentSettings::default()
    };
    let input = CreateEnvironmentInput {
        name: EnvironmentName::from_stored(name),
        is_production,
        settings,
        hmac_key: hmac_key.map(Secret::new),
        otlp_headers,
        secret_key: None,
        public_key: None,
    };
    let created = state.engine.create_environment(caller.account_id, input).await?;
    Ok(reply::data(environment_response(&created)).into_response())
}

/// A list of `{name, value}`.
fn otlp_headers(fields: &mut Fields) -> Vec<(String, Secret)> {
    let Some(value) = fields.take("otlp_headers") else { return Vec::new() };
    let items = value.as_array().filter(|items| items.len() <= OTLP_HEADERS_MAX);
    let Some(items) = items else {
        let message = format!("Expected an array of at most {OTLP_HEADERS_MAX} headers");
        fields.refuse(&["otlp_headers"], Refusal::custom(message));
        return Vec::new();
    };
    let mut headers = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        match otlp_header(item) {
            Some(header) => headers.push(header),
            None => {
                let message = "Expected {name: 1 to 256 characters, value: 1 to 4000 characters}";
                fields.refuse(&["otlp_headers", &at.to_string()], Refusal::custom(message));
            }
        }
    }
    headers
}

fn otlp_header(item: &Value) -> Option<(String, Secret)> {
    let object = item.as_object().filter(|object| object.len() == 2)?;
    let text = |name: &str, max: usize| {
        let text = object.get(name)?.as_str()?;
        text::check_length(text, 1, max).ok().map(|()| text.to_owned())
    };
    Some((text("name", 256)?, Secret::new(text("value", 4_000)?)))
}
