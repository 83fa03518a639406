//! `POST /connect/telemetry`

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use bowline_api::connect::ConnectTelemetryRequest;

use crate::error::ApiError;
use crate::extract::{AddressLimited, JsonBody, Query};
use crate::reply;
use crate::state::AppState;
use crate::validate::{Refusal, any_text};

const EVENTS: [&str; 15] = [
    "open",
    "view:list",
    "view:integration",
    "view:unknown_error",
    "view:credentials_error",
    "view:success",
    "click:integration",
    "click:doc",
    "click:doc_section",
    "click:connect",
    "click:close",
    "click:finish",
    "click:outside",
    "popup:blocked_by_browser",
    "popup:closed_early",
];
/// A page whose clock is further off tells nothing worth keeping.
const CLOCK_SKEW_MAX: Duration = Duration::from_secs(2 * 3_600);

/// Takes what a Connect UI reports of its session. It is logged here and sent nowhere.
#[utoipa::path(
    post,
    path = "/connect/telemetry",
    tag = "connect",
    request_body = ConnectTelemetryRequest,
    responses(
        (status = 204, description = "Taken"),
        (status = 400, description = "Invalid body", body = bowline_api::error::ModernError),
        (status = 401, description = "No live session has this token", body = bowline_api::error::ClassicError),
    )
)]
pub(crate) async fn post_connect_telemetry(
    State(state): State<AppState>,
    _: AddressLimited<1>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut fields = body.fields();
    let token = fields.required_text("token", any_text);
    let event = fields.required_one_of("event", &EVENTS);
    let now = state.clock.now();
    match fields.required_moment("timestamp") {
        Some(at) if at.since(now).max(now.since(at)) > CLOCK_SKEW_MAX => {
            fields.refuse(&["timestamp"], Refusal::custom("timestamp must be within two hours of now"));
        }
        _ => {}
    }
    let integration =
        fields.optional_object("dimensions", |fields| fields.optional_text("integration", any_text));
    fields.finish()?;
    let session = state.engine.find_connect_session(&token).await?;
    let integration = integration.flatten();
    tracing::debug!(session = %session.uid, event, integration, "the Connect UI reports");
    Ok(reply::no_content())
}
