//! Objects that functions see as clients of the public API see them.

use bowline_domain::environment::Environment;
use serde_json::Value;

use crate::connection::OpenConnection;
use crate::integration::OpenIntegration;

/// What of an integration is asked for beyond its own fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IntegrationParts {
    /// The address for webhooks.
    pub webhook: bool,
    /// The application's credentials.
    pub credentials: bool,
}

/// Makes the objects of the public API, which this crate does not know.
pub trait FunctionObjects: Send + Sync {
    /// A connection with its credentials; refresh tokens only if asked for.
    fn connection(&self, open: OpenConnection, with_refresh_token: bool) -> Value;

    /// An integration.
    fn integration(
        &self,
        environment: &Environment,
        open: &OpenIntegration,
        parts: IntegrationParts,
    ) -> Value;
}
