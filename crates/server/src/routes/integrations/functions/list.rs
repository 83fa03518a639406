//! `GET /integrations/{uniqueKey}/functions`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::function::{FunctionListResponse, Pagination};
use bowline_domain::function::FunctionKind;
use bowline_domain::storage::FunctionFilter;

use super::{input, wire};
use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;
use crate::state::AppState;
use crate::validate::length;

const LIMIT_DEFAULT: u32 = 20;
const LIMIT_MAX: i64 = 100;
const PAGE_MAX: i64 = 1_000_000;

/// Lists an integration's functions, by type, name and event.
#[utoipa::path(
    get,
    path = "/integrations/{uniqueKey}/functions",
    tag = "functions",
    params(
        ("uniqueKey" = String, Path, description = "The integration's key"),
        ("type" = Option<String>, Query, description = "`sync`, `action` or `on-event`"),
        ("search" = Option<String>, Query, description = "A part of the name"),
        ("page" = Option<u32>, Query, description = "From 0"),
        ("limit" = Option<u32>, Query, description = "1 to 100; 20 when absent"),
    ),
    responses(
        (status = 200, description = "A page of functions", body = FunctionListResponse),
        (status = 404, description = "No such integration", body = bowline_api::error::ModernError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn list_functions(
    State(state): State<AppState>,
    caller: Caller<scope::FunctionsList>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    let filter = filter(query)?;
    let integration = input::integration(&params)?;

    let page = state.engine.list_functions(caller.environment(), &integration, &filter).await?;
    let data = page.functions.into_iter().map(wire::function_response).collect();
    let limit = filter.limit;
    let pagination = Pagination { total: page.total, page: filter.offset / u64::from(limit), limit };
    Ok(reply::Json(FunctionListResponse { data, pagination }).into_response())
}

fn filter(query: Query) -> Result<FunctionFilter, ApiError> {
    let mut fields = query.fields();
    let kind = fields.optional_one_of("type", FunctionKind::NAMES).and_then(FunctionKind::parse);
    let search = fields.optional_text("search", length(0, 255)).filter(|search| !search.is_empty());
    let limit = fields.optional_integer("limit", 1..=LIMIT_MAX);
    let page = fields.optional_integer("page", 0..=PAGE_MAX).unwrap_or(0);
    fields.finish()?;

    let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(LIMIT_DEFAULT);
    let offset = u64::try_from(page).unwrap_or(0) * u64::from(limit);
    Ok(FunctionFilter { kind, search, limit, offset })
}
