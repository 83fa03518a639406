//! `GET /environments`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bowline_api::environment::EnvironmentResponse;
use bowline_domain::environment::Environment;
use bowline_domain::text;

use crate::error::ApiError;
use crate::extract::{AccountCaller, Query, scope};
use crate::reply;
use crate::state::AppState;

/// Lists the account's environments.
#[utoipa::path(
    get,
    path = "/environments",
    tag = "environments",
    params(("name" = Option<String>, Query, description = "Exactly this name")),
    responses((status = 200, description = "`{data: […]}`", body = inline(reply::Data<Vec<EnvironmentResponse>>))),
    security(("secret_key" = []))
)]
pub(crate) async fn list_environments(
    State(state): State<AppState>,
    caller: AccountCaller<scope::EnvironmentsList>,
    query: Query,
) -> Result<Response, ApiError> {
    let mut fields = query.fields();
    let name = fields.optional_text("name", text::check_environment_name);
    fields.finish()?;
    let all = state.engine.list_environments(caller.account_id).await?;
    let wanted =
        |environment: &&Environment| name.as_ref().is_none_or(|name| environment.name.as_str() == name);
    let list: Vec<_> = all.iter().filter(wanted).map(environment_response).collect();
    Ok(reply::data(list).into_response())
}

/// An environment as the wire has it.
pub(super) fn environment_response(environment: &Environment) -> EnvironmentResponse {
    EnvironmentResponse {
        id: environment.id.0,
        uuid: environment.uuid.to_string(),
        name: environment.name.as_str().to_owned(),
        is_production: environment.is_production,
    }
}
