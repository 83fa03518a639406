//! The OpenAPI document, made from the handlers' own descriptions. List each handler here as in the router.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::routes;

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
    }
}

/// The document as JSON text; `docs/openapi.json` is its committed copy.
pub fn openapi_json() -> String {
    let mut text = Document::openapi().to_pretty_json().expect("the document is plain data");
    text.push('\n');
    text
}
