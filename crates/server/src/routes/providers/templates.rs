//! `GET /providers/{provider}/templates`

use axum::response::Response;
use bowline_domain::text;

use crate::error::ApiError;
use crate::extract::{Caller, Params, Query, scope};
use crate::reply;

/// Lists the ready-made functions of a provider. None are shipped with the server yet.
#[utoipa::path(
    get,
    path = "/providers/{provider}/templates",
    tag = "providers",
    params(("provider" = String, Path, description = "The provider's name")),
    responses(
        (status = 200, description = "`{data: [template]}`", body = serde_json::Value),
        (status = 401, description = "Not authenticated", body = bowline_api::error::ClassicError),
    ),
    security(("secret_key" = []))
)]
pub(crate) async fn list_templates(
    _: Caller<scope::AnyEnvironment>,
    query: Query,
    params: Params,
) -> Result<Response, ApiError> {
    query.none()?;
    let mut params = params.fields();
    params.required_text("provider", text::check_provider_name);
    params.finish()?;
    Ok(reply::json_text(r#"{"data":[]}"#))
}
