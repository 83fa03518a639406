//! `GET /env.js`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::json;

use crate::state::AppState;

/// Tells the browser pages of this installation where things are.
#[utoipa::path(
    get,
    path = "/env.js",
    tag = "infrastructure",
    responses((status = 200, description = "A script that sets `window._env`", content_type = "text/javascript"))
)]
pub(crate) async fn get_env_js(State(state): State<AppState>) -> Response {
    let settings = &state.settings;
    let env = json!({
        "apiUrl": settings.public_url,
        "dashboardApiUrl": settings.public_url,
        "publicUrl": settings.public_url,
        "connectUrl": settings.connect_url,
        "gitHash": settings.git_hash,
        "publicPosthogKey": "",
        "publicPosthogHost": "",
        "publicLogoDevKey": "",
        "publicStripeKey": "",
        "isCloud": false,
        "isHosted": true,
        "isEnterprise": false,
        "features": {
            "logs": true,
            "scripts": true,
            "auth": false,
            "allowSignup": false,
            "managedAuth": false,
            "gettingStarted": false,
            "slack": false,
            "plan": false,
            "authRoles": false,
        },
    });
    // `<` is escaped so that no value can end the script element of a page that inlines this.
    let script = format!("window._env = {};\n", env.to_string().replace('<', "\\u003c"));
    let headers = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")];
    (headers, script).into_response()
}
