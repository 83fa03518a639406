//! `POST /sync/deploy/confirmation`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::function::{
    ConfirmedAction, ConfirmedEventFunction, ConfirmedSync, DeployConfirmationResponse,
};
use bowline_domain::function::{FunctionEvent, FunctionKind};
use bowline_engine::function::{DeployPreview, PreviewedFunction};
use http::HeaderMap;

use super::cli_version::check_cli_version;
use super::input::deploy_request;
use crate::error::ApiError;
use crate::extract::{Caller, JsonBody, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Tells what a deployment would do, and does nothing.
#[utoipa::path(
    post,
    path = "/sync/deploy/confirmation",
    tag = "functions",
    request_body = bowline_api::function::DeployFunctionsRequest,
    responses(
        (status = 200, description = "What would change", body = DeployConfirmationResponse),
        (status = 400, description = "Invalid fields", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn confirm_deploy(
    State(state): State<AppState>,
    caller: Caller<scope::Deploy>,
    headers: HeaderMap,
    query: Query,
    body: JsonBody,
) -> Result<Response, ApiError> {
    check_cli_version(&headers)?;
    query.none()?;
    let request = deploy_request(body)?;

    let preview = state.engine.preview_deploy(caller.environment(), &request).await?;
    Ok(reply::Json(response(preview)).into_response())
}

fn response(preview: DeployPreview) -> DeployConfirmationResponse {
    let DeployPreview { new, updated, deleted, deleted_models } = preview;
    let (new_syncs, new_actions, new_on_event_scripts) = by_kind(new);
    let (updated_syncs, updated_actions, updated_on_event_scripts) = by_kind(updated);
    let (deleted_syncs, deleted_actions, deleted_on_event_scripts) = by_kind(deleted);
    DeployConfirmationResponse {
        new_syncs,
        updated_syncs,
        deleted_syncs,
        new_actions,
        updated_actions,
        deleted_actions,
        deleted_models,
        new_on_event_scripts,
        updated_on_event_scripts,
        deleted_on_event_scripts,
    }
}

type ByKind = (Vec<ConfirmedSync>, Vec<ConfirmedAction>, Vec<ConfirmedEventFunction>);

fn by_kind(functions: Vec<PreviewedFunction>) -> ByKind {
    let (mut syncs, mut actions, mut events) = ByKind::default();
    for function in functions {
        let name = function.name.to_string();
        let provider_config_key = function.integration.to_string();
        match function.kind {
            FunctionKind::Sync => syncs.push(ConfirmedSync {
                name,
                provider_config_key,
                connections: function.connections,
                auto_start: function.auto_start,
            }),
            FunctionKind::Action => actions.push(ConfirmedAction { name, provider_config_key }),
            FunctionKind::OnEvent => {
                let event = function.event.map_or("", FunctionEvent::as_str).to_owned();
                events.push(ConfirmedEventFunction { provider_config_key, name, event });
            }
        }
    }
    (syncs, actions, events)
}
