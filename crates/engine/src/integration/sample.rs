//! An integration of a built-in provider, for tests.

use std::sync::Arc;

use bowline_catalog::Catalog;
use bowline_domain::id::{EnvironmentId, IntegrationId, IntegrationKey, ProviderName, RowUid};
use bowline_domain::integration::Integration;
use bowline_domain::{SealedBytes, Timestamp};
use uuid::Uuid;

use super::{IntegrationCredentials, OpenIntegration};

/// An integration without credentials whose key is the provider's name.
pub(crate) fn integration_of(provider: &str) -> OpenIntegration {
    let integration = Integration {
        id: IntegrationId(1),
        uid: RowUid(Uuid::nil()),
        environment_id: EnvironmentId(1),
        key: IntegrationKey::from_stored(provider.to_owned()),
        provider: ProviderName::from_stored(provider.to_owned()),
        display_name: None,
        credentials: SealedBytes(Vec::new()),
        forward_webhooks: true,
        version: 1,
        created_at: Timestamp::default(),
        updated_at: Timestamp::default(),
    };
    OpenIntegration {
        integration: Arc::new(integration),
        provider: Catalog::builtin().find(provider).unwrap(),
        credentials: IntegrationCredentials::default(),
    }
}
