//! Integrations: a provider set up for an environment, with the application's own credentials.

use crate::id::{EnvironmentId, IntegrationId, IntegrationKey, ProviderName, RowUid};
use crate::{SealedBytes, Timestamp};

/// An integration as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Integration {
    /// The database's number.
    pub id: IntegrationId,
    /// The row's own id; ciphertexts are bound to it.
    pub uid: RowUid,
    /// The environment it belongs to.
    pub environment_id: EnvironmentId,
    /// Unique among the environment's live integrations.
    pub key: IntegrationKey,
    /// The provider in the catalogue.
    pub provider: ProviderName,
    /// Own display name, else the provider's is shown.
    pub display_name: Option<String>,
    /// Sealed application credentials (client id and secret, app link, custom fields).
    pub credentials: SealedBytes,
    /// Whether inbound webhooks are forwarded.
    pub forward_webhooks: bool,
    /// Counts writes; a write names the version it was computed from.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// An integration to be written.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    /// The row's own id.
    pub uid: RowUid,
    /// Unique among the environment's live integrations.
    pub key: IntegrationKey,
    /// The provider in the catalogue.
    pub provider: ProviderName,
    /// Own display name.
    pub display_name: Option<String>,
    /// Sealed application credentials.
    pub credentials: SealedBytes,
    /// Whether inbound webhooks are forwarded.
    pub forward_webhooks: bool,
    /// When it is made.
    pub created_at: Timestamp,
}

/// A change to an integration; absent fields keep their value.
#[derive(Debug, Clone)]
pub struct IntegrationPatch {
    /// The version the change was computed from.
    pub expected_version: i64,
    /// A new key; refused while the integration has live connections.
    pub key: Option<IntegrationKey>,
    /// Another provider (the legacy PUT may change it).
    pub provider: Option<ProviderName>,
    /// A new display name.
    pub display_name: Option<String>,
    /// New sealed credentials.
    pub credentials: Option<SealedBytes>,
    /// Whether inbound webhooks are forwarded.
    pub forward_webhooks: Option<bool>,
    /// When it changes.
    pub updated_at: Timestamp,
}
