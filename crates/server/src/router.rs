//! Every route, flat. `routes/` mirrors the paths; [`crate::transport`] is what happens around them.
//!
//! Parameters are named as the wire names them, because validation issues carry these names.
//! `/proxy` is not listed: its requests go to `routes::proxy` as they came.

use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, post};

use crate::compat::{config, connection_import, connection_metadata, provider_names};
use crate::error::ApiError;
use crate::routes::{
    action, auth, cli_telemetry, connect, connect_ui, connections, env_js, environment_variables,
    environments, health, integrations, logo, oauth, openapi_json, providers, ready, scripts_config, sync,
    v1, websocket,
};
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
        .route(
            "/integrations",
            get(integrations::list::list_integrations).post(integrations::create::create_integration),
        )
        .route("/integrations/quickstart", post(integrations::quickstart::create_quickstart_integration))
        .route(
            "/integrations/{uniqueKey}",
            get(integrations::get::get_integration)
                .patch(integrations::update::update_integration)
                .delete(integrations::delete::delete_integration),
        )
        .route(
            "/connections",
            get(connections::list::list_connections).post(connections::import::import_connection),
        )
        .route(
            "/connections/metadata",
            post(connections::metadata::set_metadata).patch(connections::metadata::update_metadata),
        )
        .route(
            "/connections/{connectionId}",
            get(connections::get::get_connection)
                .patch(connections::update::update_connection)
                .delete(connections::delete::delete_connection),
        )
        .route("/action/trigger", post(action::trigger::trigger_action))
        .route("/action/{id}", get(action::get::get_action))
        .route("/v1/{*endpoint}", any(v1::call_endpoint))
        .route("/environment-variables", get(environment_variables::list_environment_variables))
        .route("/scripts/config", get(scripts_config::list_scripts))
        .functions()
        .environments()
        .connect()
        .auth()
        .legacy()
        .or_not_found()
}

impl Routes {
    /// Functions: deployed, described, rolled back.
    fn functions(self) -> Self {
        use integrations::functions;
        self.route("/sync/deploy", post(sync::deploy::deploy_functions))
            .route("/sync/deploy/confirmation", post(sync::confirmation::confirm_deploy))
            .route("/integrations/{uniqueKey}/functions", get(functions::list::list_functions))
            .route(
                "/integrations/{uniqueKey}/functions/{name}",
                get(functions::get::get_function).delete(functions::delete::delete_function),
            )
            .route("/integrations/{uniqueKey}/functions/{name}/code", get(functions::code::get_function_code))
            .route(
                "/integrations/{uniqueKey}/functions/{name}/versions",
                get(functions::versions::list_function_versions),
            )
            .route(
                "/integrations/{uniqueKey}/functions/{name}/rollback",
                post(functions::rollback::rollback_function),
            )
    }

    /// Connect sessions.
    fn connect(self) -> Self {
        self.route("/connect/sessions", post(connect::create::create_connect_session))
            .route("/connect/sessions/reconnect", post(connect::reconnect::reconnect_session))
            .route(
                "/connect/session",
                get(connect::session::get_connect_session).delete(connect::session::delete_connect_session),
            )
            .route("/connect/session/status", get(connect::status::get_popup_status))
            .route("/connect/connections", get(connect::own::list_own_connections))
            .route(
                "/connect/connections/{connectionId}",
                axum::routing::delete(connect::own::delete_own_connection),
            )
            .route(
                "/connect/connections/{connectionId}/reconnect",
                post(connect::own::reconnect_own_connection),
            )
            .route("/connect-ui", get(connect_ui::page))
            .route("/connect-ui/{file}", get(connect_ui::file))
            .route("/images/template-logos/{file}", get(logo::get_logo))
            .route("/connect/telemetry", post(connect::telemetry::post_connect_telemetry))
    }

    /// Accounts connected by pages, in a window or at once.
    fn auth(self) -> Self {
        use auth::credentials as direct;
        self.route("/", get(websocket::open))
            .route("/oauth/connect/{providerConfigKey}", get(oauth::connect::connect))
            .route("/oauth/callback", get(oauth::callback::callback))
            .route(
                "/oauth/client-metadata/{environmentUuid}/{providerConfigKey}",
                get(oauth::client_metadata::get_client_metadata),
            )
            .route("/app-auth/connect", get(oauth::callback::app_callback))
            // Not below `/oauth`, where only JSON is taken.
            .route("/confirm", axum::routing::post(oauth::callback::confirm))
            .route("/oauth/ending.js", get(oauth::page::script))
            .route("/oauth/ending.css", get(oauth::page::style))
            .route("/oauth2/auth/{providerConfigKey}", post(direct::connect_client_credentials))
            .route("/api-auth/api-key/{providerConfigKey}", post(direct::connect_api_key))
            .route("/api-auth/basic/{providerConfigKey}", post(direct::connect_basic))
            .route("/auth/tba/{providerConfigKey}", post(direct::connect_tba))
            .route("/auth/jwt/{providerConfigKey}", post(direct::connect_jwt))
            .route("/auth/two-step/{providerConfigKey}", post(direct::connect_two_step))
            .route("/auth/bill/{providerConfigKey}", post(direct::connect_bill))
            .route("/auth/signature/{providerConfigKey}", post(direct::connect_signature))
            .route("/auth/aws-sigv4/{providerConfigKey}", post(direct::connect_aws))
            .route("/auth/unauthenticated/{providerConfigKey}", post(direct::connect_none))
            .route("/auth/oauth-outbound/{providerConfigKey}", post(direct::connect_outbound))
            .route("/auth/tableau/{providerConfigKey}", post(direct::connect_tableau))
            .route("/unauth/{providerConfigKey}", post(direct::connect_none_legacy))
            .route("/app-store-auth/{providerConfigKey}", post(direct::connect_app_store))
    }

    /// Environments and API keys, in both generations of paths.
    fn environments(self) -> Self {
        use environments::{api_keys, create, delete, list, signing_key};
        self.route("/environments", get(list::list_environments).post(create::create_environment))
            .route("/environments/{environmentId}", axum::routing::delete(delete::delete_environment))
            .route("/environment/api-keys", post(api_keys::create_api_key).delete(api_keys::delete_api_key))
            .route(
                "/environments/{environmentId}/api-keys",
                get(api_keys::list_environment_api_keys).post(api_keys::create_environment_api_key),
            )
            .route(
                "/environments/{environmentId}/api-keys/{keyId}",
                get(api_keys::get_environment_api_key).delete(api_keys::delete_environment_api_key),
            )
            .route("/environment/webhook-signing-key/rotate", post(signing_key::rotate_signing_key))
    }

    /// What older clients call.
    fn legacy(self) -> Self {
        self.route(
            "/config",
            get(config::list_configs).post(config::create_config).put(config::update_config),
        )
        .route("/config/{providerConfigKey}", get(config::get_config).delete(config::delete_config))
        .route(
            "/connection",
            get(connections::list::list_connections).post(connection_import::import_connection),
        )
        .route(
            "/connection/metadata",
            post(connections::metadata::set_metadata).patch(connections::metadata::update_metadata),
        )
        .route(
            "/connection/{connectionId}",
            get(connections::get::get_connection_legacy).delete(connections::delete::delete_connection),
        )
        .route(
            "/connection/{connectionId}/metadata",
            post(connection_metadata::set_metadata).patch(connection_metadata::update_metadata),
        )
        .route("/provider", get(provider_names::list_providers))
        .route("/provider/{provider}", get(provider_names::get_provider))
        .route("/flow/configs", get(scripts_config::list_scripts))
    }
}

async fn not_found(method: http::Method, uri: http::Uri) -> Response {
    ApiError::not_found(format!("There is no route {method} {}", uri.path())).into_response()
}
