//! The OpenAPI document, made from the handlers' own descriptions. List each handler here as in the router.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{compat, routes};

/// The public API.
#[derive(OpenApi)]
#[openapi(
    info(title = "Bowline", description = "Integrations platform; speaks Nango's public protocol"),
    modifiers(&SecretKey),
    paths(
        routes::health::get_health,
        routes::ready::get_ready,
        routes::env_js::get_env_js,
        routes::openapi_json::get_openapi,
        routes::cli_telemetry::post_cli_telemetry,
        routes::providers::all::get_all_providers,
        routes::providers::list::list_providers,
        routes::providers::get::get_provider,
        routes::providers::templates::list_templates,
        routes::integrations::list::list_integrations,
        routes::integrations::create::create_integration,
        routes::integrations::quickstart::create_quickstart_integration,
        routes::integrations::get::get_integration,
        routes::integrations::update::update_integration,
        routes::integrations::delete::delete_integration,
        routes::integrations::functions::list::list_functions,
        routes::integrations::functions::get::get_function,
        routes::integrations::functions::delete::delete_function,
        routes::integrations::functions::code::get_function_code,
        routes::integrations::functions::versions::list_function_versions,
        routes::integrations::functions::rollback::rollback_function,
        routes::sync::deploy::deploy_functions,
        routes::sync::confirmation::confirm_deploy,
        routes::connections::list::list_connections,
        routes::connections::import::import_connection,
        routes::connections::metadata::set_metadata,
        routes::connections::metadata::update_metadata,
        routes::connections::get::get_connection,
        routes::connections::update::update_connection,
        routes::connections::delete::delete_connection,
        routes::connect::create::create_connect_session,
        routes::connect::reconnect::reconnect_session,
        routes::connect::session::get_connect_session,
        routes::connect::session::delete_connect_session,
        routes::connect_ui::page,
        routes::connect_ui::file,
        routes::logo::get_logo,
        routes::connect::status::get_popup_status,
        routes::connect::own::list_own_connections,
        routes::connect::own::delete_own_connection,
        routes::connect::own::reconnect_own_connection,
        routes::connect::telemetry::post_connect_telemetry,
        routes::websocket::open,
        routes::oauth::connect::connect,
        routes::oauth::callback::callback,
        routes::oauth::callback::app_callback,
        routes::oauth::callback::confirm,
        routes::oauth::client_metadata::get_client_metadata,
        routes::oauth::page::script,
        routes::oauth::page::style,
        routes::auth::credentials::connect_client_credentials,
        routes::auth::credentials::connect_api_key,
        routes::auth::credentials::connect_basic,
        routes::auth::credentials::connect_tba,
        routes::auth::credentials::connect_jwt,
        routes::auth::credentials::connect_two_step,
        routes::auth::credentials::connect_bill,
        routes::auth::credentials::connect_signature,
        routes::auth::credentials::connect_aws,
        routes::auth::credentials::connect_none,
        routes::auth::credentials::connect_none_legacy,
        routes::auth::credentials::connect_outbound,
        routes::auth::credentials::connect_app_store,
        routes::auth::credentials::connect_tableau,
        routes::action::trigger::trigger_action,
        routes::action::get::get_action,
        routes::v1::call_endpoint,
        routes::environment_variables::list_environment_variables,
        routes::scripts_config::list_scripts,
        routes::environments::list::list_environments,
        routes::environments::create::create_environment,
        routes::environments::delete::delete_environment,
        routes::environments::api_keys::create_api_key,
        routes::environments::api_keys::delete_api_key,
        routes::environments::api_keys::create_environment_api_key,
        routes::environments::api_keys::list_environment_api_keys,
        routes::environments::api_keys::get_environment_api_key,
        routes::environments::api_keys::delete_environment_api_key,
        routes::environments::signing_key::rotate_signing_key,
        compat::config::read::list_configs,
        compat::config::write::create_config,
        compat::config::write::update_config,
        compat::config::read::get_config,
        compat::config::write::delete_config,
        compat::connection_import::import_connection,
        compat::connection_metadata::set_metadata,
        compat::connection_metadata::update_metadata,
    ),
    components(schemas(bowline_api::error::RateLimitError))
)]
struct Document;

struct SecretKey;

impl Modify for SecretKey {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API key")).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("secret_key", SecurityScheme::Http(scheme));
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A connect session's token"))
            .build();
        components.add_security_scheme("connect_session", SecurityScheme::Http(scheme));
    }
}

/// The document as JSON text; `docs/openapi.json` is its committed copy.
pub fn openapi_json() -> String {
    let mut text = Document::openapi().to_pretty_json().expect("the document is plain data");
    text.push('\n');
    text
}
