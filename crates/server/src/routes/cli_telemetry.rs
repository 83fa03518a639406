//! `POST /cli/telemetry`

use axum::response::Response;

use crate::error::ApiError;
use crate::extract::{AddressLimited, JsonBody, Query};
use crate::reply;
use crate::validate;

/// Takes what the official CLI reports of itself, and drops it: Bowline keeps no telemetry.
#[utoipa::path(
    post,
    path = "/cli/telemetry",
    tag = "infrastructure",
    request_body = bowline_api::infra::CliTelemetryRequest,
    responses(
        (status = 204, description = "Taken"),
        (status = 400, description = "Invalid body", body = bowline_api::error::ModernError),
    )
)]
pub(crate) async fn post_cli_telemetry(
    _: AddressLimited<10>,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut body = body.fields();
    body.required_text("deviceId", validate::uuid);
    body.required_text("event", validate::length(1, 255));
    body.optional_bool("ephemeral");
    body.finish()?;
    Ok(reply::no_content())
}
