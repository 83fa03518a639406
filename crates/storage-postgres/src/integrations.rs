//! Integrations.

use std::sync::Arc;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::id::{EnvironmentId, IntegrationKey};
use bowline_domain::integration::{Integration, IntegrationPatch, NewIntegration};
use bowline_domain::storage::{CreateIntegration, IntegrationStore, StorageResult, UpdateIntegration};
use sqlx::PgConnection;

use crate::PostgresStorage;
use crate::rows::{IntegrationRow, integration_columns};
use crate::session::{retrying, violates};

const KEY_INDEX: &str = "integrations_key";

#[async_trait]
impl IntegrationStore for PostgresStorage {
    async fn create_integration(
        &self,
        environment: EnvironmentId,
        new: NewIntegration,
    ) -> StorageResult<CreateIntegration> {
        retrying("creating an integration", || self.try_create_integration(environment, &new)).await
    }

    async fn list_integrations(&self, environment: EnvironmentId) -> StorageResult<Vec<Integration>> {
        retrying("listing integrations", || self.try_list_integrations(environment)).await
    }

    async fn find_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
    ) -> StorageResult<Option<Arc<Integration>>> {
        retrying("finding an integration", || self.try_find_integration(environment, key)).await
    }

    async fn update_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
        patch: IntegrationPatch,
    ) -> StorageResult<UpdateIntegration> {
        retrying("updating an integration", || self.try_update_integration(environment, key, &patch)).await
    }

    async fn delete_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
        at: Timestamp,
    ) -> StorageResult<bool> {
        retrying("deleting an integration", || self.try_delete_integration(environment, key, at)).await
    }

    async fn count_connections(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
    ) -> StorageResult<u64> {
        retrying("counting connections", || self.try_count_connections(environment, key)).await
    }
}

impl PostgresStorage {
    /// The share lock keeps the environment from being deleted before this is written.
    async fn try_create_integration(
        &self,
        environment: EnvironmentId,
        new: &NewIntegration,
    ) -> sqlx::Result<CreateIntegration> {
        let mut single = self.single().await?;
        let row = self
            .query_as::<IntegrationRow>(concat!(
                "INSERT INTO integrations (uid, environment_id, key, provider, display_name, credentials, \
                 forward_webhooks, created_at, updated_at) \
                 SELECT $2, id, $3, $4, $5, $6, $7, $8, $8 FROM environments \
                 WHERE id = $1 AND deleted_at IS NULL FOR SHARE RETURNING ",
                integration_columns!()
            ))
            .bind(environment.0)
            .bind(new.uid.0)
            .bind(new.key.as_str())
            .bind(new.provider.as_str())
            .bind(&new.display_name)
            .bind(&new.credentials.0)
            .bind(new.forward_webhooks)
            .bind(new.created_at.as_micros())
            .fetch_one(&mut *single)
            .await;
        match row {
            Ok(row) => {
                single.finish().await?;
                Ok(CreateIntegration::Created(row.into()))
            }
            Err(error) if violates(&error, KEY_INDEX) => Ok(CreateIntegration::KeyTaken),
            Err(error) => Err(error),
        }
    }

    async fn try_list_integrations(&self, environment: EnvironmentId) -> sqlx::Result<Vec<Integration>> {
        let mut single = self.single().await?;
        let rows: Vec<IntegrationRow> = self
            .query_as(concat!(
                "SELECT ",
                integration_columns!(),
                " FROM integrations WHERE environment_id = $1 AND deleted_at IS NULL \
                 ORDER BY provider COLLATE \"C\", created_at, id"
            ))
            .bind(environment.0)
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        Ok(rows.into_iter().map(Integration::from).collect())
    }

    async fn try_find_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
    ) -> sqlx::Result<Option<Arc<Integration>>> {
        let mut single = self.single().await?;
        let row: Option<IntegrationRow> = self
            .query_as(concat!(
                "SELECT ",
                integration_columns!(),
                " FROM integrations WHERE environment_id = $1 AND key = $2 AND deleted_at IS NULL"
            ))
            .bind(environment.0)
            .bind(key.as_str())
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        Ok(row.map(|row| Arc::new(row.into())))
    }

    async fn try_update_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
        patch: &IntegrationPatch,
    ) -> sqlx::Result<UpdateIntegration> {
        let mut transaction = self.begin().await?;
        let Some((id, version)) = self.lock_integration(&mut transaction, environment, key).await? else {
            return Ok(UpdateIntegration::NotFound);
        };
        if version != patch.expected_version {
            return Ok(UpdateIntegration::VersionMoved);
        }
        let renamed = patch.key.as_ref().is_some_and(|new| new != key);
        if renamed && self.count_live(&mut transaction, id).await? > 0 {
            return Ok(UpdateIntegration::HasConnections);
        }
        let row = self
            .query_as::<IntegrationRow>(concat!(
                "UPDATE integrations SET key = COALESCE($2, key), provider = COALESCE($3, provider), \
                 display_name = COALESCE($4, display_name), credentials = COALESCE($5, credentials), \
                 forward_webhooks = COALESCE($6, forward_webhooks), updated_at = $7, version = version + 1 \
                 WHERE id = $1 RETURNING ",
                integration_columns!()
            ))
            .bind(id)
            .bind(patch.key.as_ref().map(|key| key.as_str()))
            .bind(patch.provider.as_ref().map(|provider| provider.as_str()))
            .bind(&patch.display_name)
            .bind(patch.credentials.as_ref().map(|sealed| &sealed.0))
            .bind(patch.forward_webhooks)
            .bind(patch.updated_at.as_micros())
            .fetch_one(&mut *transaction)
            .await;
        match row {
            Ok(row) => {
                transaction.commit().await?;
                Ok(UpdateIntegration::Updated(row.into()))
            }
            Err(error) if violates(&error, KEY_INDEX) => Ok(UpdateIntegration::KeyTaken),
            Err(error) => Err(error),
        }
    }

    /// Locks a live integration against other writers and against new connections; its number and version.
    async fn lock_integration(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        key: &IntegrationKey,
    ) -> sqlx::Result<Option<(i64, i64)>> {
        self.query_as(
            "SELECT id, version FROM integrations WHERE environment_id = $1 AND key = $2 AND deleted_at IS NULL \
             FOR UPDATE",
        )
        .bind(environment.0)
        .bind(key.as_str())
        .fetch_optional(connection)
        .await
    }

    async fn count_live(&self, connection: &mut PgConnection, integration: i64) -> sqlx::Result<i64> {
        self.scalar("SELECT count(*) FROM connections WHERE integration_id = $1 AND deleted_at IS NULL")
            .bind(integration)
            .fetch_one(connection)
            .await
    }

    async fn try_delete_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
        at: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let Some((id, _)) = self.lock_integration(&mut transaction, environment, key).await? else {
            return Ok(false);
        };
        self.delete_integrations(&mut transaction, &[id], at).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Deletes locked integrations with their functions and connections.
    pub(crate) async fn delete_integrations(
        &self,
        connection: &mut PgConnection,
        integrations: &[i64],
        at: Timestamp,
    ) -> sqlx::Result<()> {
        self.query("UPDATE integrations SET deleted_at = $2, credentials = '' WHERE id = ANY($1)")
            .bind(integrations)
            .bind(at.as_micros())
            .execute(&mut *connection)
            .await?;
        self.delete_functions_of_integrations(&mut *connection, integrations).await?;
        let connections: Vec<i64> = self
            .scalar(
                "SELECT id FROM connections WHERE integration_id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR UPDATE",
            )
            .bind(integrations)
            .fetch_all(&mut *connection)
            .await?;
        self.delete_locked_connections(connection, &connections, at).await
    }

    async fn try_count_connections(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
    ) -> sqlx::Result<u64> {
        let mut single = self.single().await?;
        let count: i64 = self
            .scalar(
                "SELECT count(*) FROM integrations i JOIN connections c ON c.integration_id = i.id \
                 WHERE i.environment_id = $1 AND i.key = $2 AND i.deleted_at IS NULL AND c.deleted_at IS NULL",
            )
            .bind(environment.0)
            .bind(key.as_str())
            .fetch_one(&mut *single)
            .await?;
        single.finish().await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}
