//! `GET /integrations`

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;

use super::wire;
use crate::error::ApiError;
use crate::extract::{Caller, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Lists integrations, by provider and then by age; to a connect session those that it allows.
#[utoipa::path(
    get,
    path = "/integrations",
    tag = "integrations",
    responses((status = 200, description = "`{data: […]}`", body = inline(reply::Data<Vec<bowline_api::integration::IntegrationResponse>>))),
    security(("secret_key" = []))
)]
pub(crate) async fn list_integrations(
    State(state): State<AppState>,
    caller: Caller<scope::OrSession<scope::IntegrationsList>>,
    query: Query,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut open = state.engine.list_integrations(caller.environment()).await?;
    if let Some(session) = caller.session() {
        open.retain(|open| session.allows(&open.integration.key));
    }
    let list: Vec<_> = open.iter().map(|open| wire::integration_response(&state.settings, open)).collect();
    Ok(reply::data(list).into_response())
}
