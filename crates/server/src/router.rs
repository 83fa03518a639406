//! Every route, flat. `routes/` mirrors the paths; [`crate::transport`] is what happens around them.
//!
//! Parameters are named as the wire names them, because validation issues carry these names.
//! `/proxy` is not listed: its requests go to `routes::proxy` as they came.

use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use crate::error::ApiError;
use crate::routes::{cli_telemetry, env_js, health, openapi_json, providers, ready};
use crate::state::AppState;
use crate::transport::RoutePatterns;

/// The routes, and their patterns for the transport.
pub(crate) struct Routes {
    pub router: axum::Router<AppState>,
    pub patterns: RoutePatterns,
}

impl Routes {
    fn new() -> Self {
        Self { router: axum::Router::new(), patterns: RoutePatterns::default() }
    }

    fn route(mut self, pattern: &'static str, methods: MethodRouter<AppState>) -> Self {
        self.patterns.add(pattern);
        self.router = self.router.route(pattern, methods);
        self
    }

    /// Answers everything else, other methods of known paths too. Comes last: it covers the routes before it.
    fn or_not_found(mut self) -> Self {
        self.router = self.router.fallback(not_found).method_not_allowed_fallback(not_found);
        self
    }
}

/// The whole public API.
pub(crate) fn routes() -> Routes {
    Routes::new()
        .route("/health", get(health::get_health))
        .route("/ready", get(ready::get_ready))
        .route("/env.js", get(env_js::get_env_js))
        .route("/openapi.json", get(openapi_json::get_openapi))
        .route("/cli/telemetry", post(cli_telemetry::post_cli_telemetry))
        .route("/providers.json", get(providers::all::get_all_providers))
        .route("/providers", get(providers::list::list_providers))
        .route("/providers/{provider}", get(providers::get::get_provider))
        .route("/providers/{provider}/templates", get(providers::templates::list_templates))
        .or_not_found()
}

async fn not_found(method: http::Method, uri: http::Uri) -> Response {
    ApiError::not_found(format!("There is no route {method} {}", uri.path())).into_response()
}
