//! The public API's objects, for functions.

use bowline_domain::environment::Environment;
use bowline_engine::connection::OpenConnection;
use bowline_engine::function::{FunctionObjects, IntegrationParts};
use bowline_engine::integration::OpenIntegration;
use serde_json::{Value, json};

use crate::routes::{connections, integrations};
use crate::settings::ServerSettings;

/// Shows functions what clients of the public API see.
#[derive(Debug, Clone)]
pub struct ApiObjects(ServerSettings);

impl ApiObjects {
    /// Objects of a server with these settings.
    pub fn new(settings: ServerSettings) -> Self {
        Self(settings)
    }
}

impl FunctionObjects for ApiObjects {
    fn connection(&self, open: OpenConnection, with_refresh_token: bool) -> Value {
        json!(connections::wire::open_response(open, with_refresh_token))
    }

    fn integration(
        &self,
        environment: &Environment,
        open: &OpenIntegration,
        parts: IntegrationParts,
    ) -> Value {
        let mut response = integrations::wire::integration_response(&self.0, open);
        if parts.webhook {
            response.webhook_url = Some(integrations::wire::webhook_url(&self.0, environment, open));
        }
        if parts.credentials {
            response.credentials = Some(integrations::wire::credentials(open));
        }
        json!(response)
    }
}
