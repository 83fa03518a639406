//! `GET /connections`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::connection::ConnectionListResponse;
use bowline_domain::connection::ConnectionFilter;

use super::wire::summary_response;
use crate::error::ApiError;
use crate::extract::{Caller, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::length;

const LIMIT_MAX: i64 = 2_000;
const LIMIT_DEFAULT: u32 = 10_000;
const PAGE_MAX: i64 = 1_000_000;

/// Lists connections, newest first; all filters must match.
#[utoipa::path(
    get,
    path = "/connections",
    tag = "connections",
    params(
        ("connectionId" = Option<String>, Query, description = "Exactly this connection id"),
        ("search" = Option<String>, Query, description = "A part of the id, the end user's name or e-mail"),
        ("endUserId" = Option<String>, Query, description = "Exactly this end user"),
        ("endUserOrganizationId" = Option<String>, Query, description = "Exactly this organization"),
        ("integrationId" = Option<String>, Query, description = "Any of these integrations, comma-separated"),
        ("limit" = Option<i64>, Query, description = "1 to 2000"),
        ("page" = Option<i64>, Query, description = "From 0"),
    ),
    responses((status = 200, description = "The connections", body = ConnectionListResponse)),
    security(("secret_key" = []))
)]
pub(crate) async fn list_connections(
    State(state): State<AppState>,
    caller: Caller<scope::ConnectionsList>,
    query: Query,
) -> Result<Response, ApiError> {
    let filter = filter(query)?;
    let found = state.engine.list_connections(caller.environment(), &filter).await?;
    let connections = found.into_iter().map(summary_response).collect();
    Ok(reply::Json(ConnectionListResponse { connections }).into_response())
}

fn filter(query: Query) -> Result<ConnectionFilter, ApiError> {
    let mut fields = query.fields();
    // Older clients send parameters they have no value for as empty texts.
    fields.drop_empty(&["connectionId", "search", "endUserId", "endUserOrganizationId"]);
    let key = fields.optional_text("connectionId", length(1, 255));
    let search = fields.optional_text("search", length(1, 255));
    let end_user_id = fields.optional_text("endUserId", length(1, 255));
    let organization_id = fields.optional_text("endUserOrganizationId", length(1, 255));
    let integrations = fields.optional_text("integrationId", length(1, 65_536));
    let tags = fields.optional_tags("tags").unwrap_or_default();
    // SDK 0.69.8 to 0.69.30 send `tags.email` so.
    let email = fields.optional_text("email", length(1, 255));
    let limit = fields.optional_integer("limit", 1..=LIMIT_MAX);
    let page = fields.optional_integer("page", 0..=PAGE_MAX).unwrap_or(0);
    fields.finish()?;

    let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(LIMIT_DEFAULT);
    let mut tags: Vec<_> = tags.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    tags.extend(email.map(|email| ("end_user_email".to_owned(), email)));
    // Empty items stay: they match nothing, where an empty list would match everything.
    let split = |list: String| list.split(',').map(|key| key.trim().to_owned()).collect();
    Ok(ConnectionFilter {
        key,
        search,
        end_user_id,
        organization_id,
        integration_keys: integrations.map(split).unwrap_or_default(),
        tags,
        limit,
        offset: u64::try_from(page).unwrap_or(0) * u64::from(limit),
    })
}
