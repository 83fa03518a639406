//! Integrations.

use async_trait::async_trait;

use std::sync::Arc;

use super::StorageResult;
use crate::Timestamp;
use crate::id::{EnvironmentId, IntegrationKey};
use crate::integration::{Integration, IntegrationPatch, NewIntegration};

/// Outcome of [`IntegrationStore::create_integration`].
#[derive(Debug)]
pub enum CreateIntegration {
    /// Written.
    Created(Integration),
    /// A live integration of the environment has this key.
    KeyTaken,
}

/// Outcome of [`IntegrationStore::update_integration`].
#[derive(Debug)]
pub enum UpdateIntegration {
    /// Written; the integration as it is now.
    Updated(Integration),
    /// No live integration with this key.
    NotFound,
    /// The version is not the expected one: read again and compute the change anew.
    VersionMoved,
    /// A live integration of the environment has the new key.
    KeyTaken,
    /// The key cannot change while live connections exist.
    HasConnections,
}

/// Integrations of an environment.
#[async_trait]
pub trait IntegrationStore: Send + Sync + 'static {
    /// Writes an integration.
    async fn create_integration(
        &self,
        environment: EnvironmentId,
        new: NewIntegration,
    ) -> StorageResult<CreateIntegration>;

    /// All live integrations, by provider and then by age.
    async fn list_integrations(&self, environment: EnvironmentId) -> StorageResult<Vec<Integration>>;

    /// A live integration by key.
    async fn find_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
    ) -> StorageResult<Option<Arc<Integration>>>;

    /// Changes an integration and counts its version up.
    async fn update_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
        patch: IntegrationPatch,
    ) -> StorageResult<UpdateIntegration>;

    /// Deletes an integration with its connections and functions; false when there is none.
    async fn delete_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
        at: Timestamp,
    ) -> StorageResult<bool>;

    /// How many live connections an integration has.
    async fn count_connections(&self, environment: EnvironmentId, key: &IntegrationKey)
    -> StorageResult<u64>;
}
