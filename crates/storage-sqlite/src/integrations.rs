//! Integrations.

use std::sync::Arc;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::id::{EnvironmentId, IntegrationKey};
use bowline_domain::integration::{Integration, IntegrationPatch, NewIntegration};
use bowline_domain::storage::{CreateIntegration, IntegrationStore, StorageResult, UpdateIntegration};
use sqlx::SqliteConnection;

use crate::rows::{IntegrationRow, IntoDomain, all, one};
use crate::{SqliteStorage, connections, environments, failed, functions};

macro_rules! integration_columns {
    () => {
        "id, uid, environment_id, key, provider, display_name, credentials, forward_webhooks, version,
         created_at, updated_at"
    };
}

const FIND: &str = concat!(
    "SELECT ",
    integration_columns!(),
    " FROM integrations WHERE environment_id = ? AND key = ? AND deleted_at IS NULL"
);

#[async_trait]
impl IntegrationStore for SqliteStorage {
    async fn create_integration(
        &self,
        environment: EnvironmentId,
        new: NewIntegration,
    ) -> StorageResult<CreateIntegration> {
        self.write("creating an integration", move |write| {
            Box::pin(async move {
                if environments::find(&mut *write.conn, environment.0).await?.is_none() {
                    return Err(sqlx::Error::RowNotFound);
                }
                let created = insert(write.conn, environment, new).await?;
                Ok(created.map_or(CreateIntegration::KeyTaken, CreateIntegration::Created))
            })
        })
        .await
    }

    async fn list_integrations(&self, environment: EnvironmentId) -> StorageResult<Vec<Integration>> {
        sqlx::query_as::<_, IntegrationRow>(concat!(
            "SELECT ",
            integration_columns!(),
            " FROM integrations WHERE environment_id = ? AND deleted_at IS NULL ORDER BY provider, created_at, id"
        ))
        .bind(environment.0)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing integrations"))
    }

    async fn find_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
    ) -> StorageResult<Option<Arc<Integration>>> {
        let address = (environment, key.clone());
        if let Some(integration) = self.caches.integrations.get(&address) {
            return Ok(Some(integration));
        }
        let ticket = self.caches.integrations.ticket();
        let row = sqlx::query_as::<_, IntegrationRow>(FIND)
            .bind(environment.0)
            .bind(key.as_str().to_owned())
            .fetch_optional(&self.readers)
            .await;
        let found = row.and_then(one).map_err(failed("finding an integration"))?.map(Arc::new);
        if let Some(integration) = &found {
            self.caches.integrations.insert(ticket, address, Arc::clone(integration));
            self.caches.note_filled();
        }
        Ok(found)
    }

    async fn update_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
        patch: IntegrationPatch,
    ) -> StorageResult<UpdateIntegration> {
        let key = key.clone();
        self.write("updating an integration", move |write| {
            Box::pin(async move {
                // Connections carry the integration's key and provider.
                write.touched.everything = true;
                update(write.conn, environment, &key, patch).await
            })
        })
        .await
    }

    async fn delete_integration(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
        at: Timestamp,
    ) -> StorageResult<bool> {
        let key = key.clone();
        self.write("deleting an integration", move |write| {
            Box::pin(async move {
                write.touched.everything = true;
                let Some(integration) = find(&mut *write.conn, environment, &key).await? else {
                    return Ok(false);
                };
                connections::delete_of_integration(&mut *write.conn, integration.id, at).await?;
                functions::delete_of_integration(&mut *write.conn, integration.id).await?;
                sqlx::query("UPDATE integrations SET deleted_at = ?, credentials = x'' WHERE id = ?")
                    .bind(at.as_micros())
                    .bind(integration.id.0)
                    .execute(write.conn)
                    .await?;
                Ok(true)
            })
        })
        .await
    }

    async fn count_connections(
        &self,
        environment: EnvironmentId,
        key: &IntegrationKey,
    ) -> StorageResult<u64> {
        sqlx::query_scalar(
            "SELECT count(*) FROM connections c JOIN integrations i ON i.id = c.integration_id
             WHERE i.environment_id = ? AND i.key = ? AND i.deleted_at IS NULL AND c.deleted_at IS NULL",
        )
        .bind(environment.0)
        .bind(key.as_str().to_owned())
        .fetch_one(&self.readers)
        .await
        .map_err(failed("counting connections"))
    }
}

async fn find(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    key: &IntegrationKey,
) -> Result<Option<Integration>, sqlx::Error> {
    let row = sqlx::query_as::<_, IntegrationRow>(FIND).bind(environment.0).bind(key.as_str().to_owned());
    one(row.fetch_optional(conn).await?)
}

/// `None` when the key is taken.
async fn insert(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    new: NewIntegration,
) -> Result<Option<Integration>, sqlx::Error> {
    let row = sqlx::query_as::<_, IntegrationRow>(concat!(
        "INSERT INTO integrations (uid, environment_id, key, provider, display_name, credentials,
             forward_webhooks, version, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?8)
         ON CONFLICT (environment_id, key) WHERE deleted_at IS NULL DO NOTHING
         RETURNING ",
        integration_columns!()
    ))
    .bind(new.uid.0.as_bytes().to_vec())
    .bind(environment.0)
    .bind(new.key.as_str().to_owned())
    .bind(new.provider.as_str().to_owned())
    .bind(new.display_name)
    .bind(new.credentials.0)
    .bind(new.forward_webhooks)
    .bind(new.created_at.as_micros())
    .fetch_optional(conn)
    .await?;
    one(row)
}

async fn update(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    key: &IntegrationKey,
    patch: IntegrationPatch,
) -> Result<UpdateIntegration, sqlx::Error> {
    let Some(old) = find(&mut *conn, environment, key).await? else {
        return Ok(UpdateIntegration::NotFound);
    };
    if old.version != patch.expected_version {
        return Ok(UpdateIntegration::VersionMoved);
    }
    if let Some(new_key) = patch.key.as_ref().filter(|new_key| *new_key != key) {
        if find(&mut *conn, environment, new_key).await?.is_some() {
            return Ok(UpdateIntegration::KeyTaken);
        }
        if connections::any_of_integration(&mut *conn, old.id).await? {
            return Ok(UpdateIntegration::HasConnections);
        }
    }
    save(conn, &old, patch).await.map(UpdateIntegration::Updated)
}

async fn save(
    conn: &mut SqliteConnection,
    old: &Integration,
    patch: IntegrationPatch,
) -> Result<Integration, sqlx::Error> {
    sqlx::query_as::<_, IntegrationRow>(concat!(
        "UPDATE integrations SET key = ifnull(?, key), provider = ifnull(?, provider),
             display_name = ifnull(?, display_name), credentials = ifnull(?, credentials),
             forward_webhooks = ifnull(?, forward_webhooks), version = version + 1, updated_at = ?
         WHERE id = ? RETURNING ",
        integration_columns!()
    ))
    .bind(patch.key.map(|key| key.as_str().to_owned()))
    .bind(patch.provider.map(|provider| provider.as_str().to_owned()))
    .bind(patch.display_name)
    .bind(patch.credentials.map(|credentials| credentials.0))
    .bind(patch.forward_webhooks)
    .bind(patch.updated_at.as_micros())
    .bind(old.id.0)
    .fetch_one(conn)
    .await?
    .into_domain()
}

/// Deletes the integrations of an environment that goes.
pub(crate) async fn delete_of_environment(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE integrations SET deleted_at = ?, credentials = x'' WHERE environment_id = ? AND deleted_at IS NULL",
    )
    .bind(at.as_micros())
    .bind(environment.0)
    .execute(conn)
    .await
    .map(|_| ())
}
