//! Connections and their metadata.

mod list;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::connection::{
    Connection, ConnectionContent, ConnectionFilter, ConnectionPatch, ConnectionSummary, NewConnection,
};
use bowline_domain::id::{ConnectionId, ConnectionKey, EnvironmentId, IntegrationKey};
use bowline_domain::metadata::{MetadataWrite, is_too_large};
use bowline_domain::storage::{ConnectionStore, CreateConnection, SetMetadata, StorageResult};
use sqlx::SqliteConnection;

use crate::rows::{ConnectionRow, one, to_json};
use crate::{SqliteStorage, failed, refresh};

pub(crate) use write::{any_of_integration, delete_of_environment, delete_of_integration, save};

macro_rules! select_connection {
    ($condition:literal) => {
        concat!(
            "SELECT c.id, c.uid, c.environment_id, c.integration_id, i.key AS integration_key, i.provider, c.key,
                 c.credentials, c.credentials_version, c.credentials_expire_at, c.config, c.metadata, c.tags,
                 c.end_user, c.webhook_url_override, c.last_success_at, c.last_failure_at, c.attempts,
                 c.exhausted, c.failure, c.last_fetched_at, c.created_at, c.updated_at
             FROM integrations i JOIN connections c ON c.integration_id = i.id
             WHERE c.deleted_at IS NULL AND i.deleted_at IS NULL AND ",
            $condition
        )
    };
}

const FIND: &str = select_connection!("i.environment_id = ? AND i.key = ? AND c.key = ?");
const FIND_BY_ID: &str = select_connection!("c.environment_id = ? AND c.id = ?");

#[async_trait]
impl ConnectionStore for SqliteStorage {
    async fn create_connection(
        &self,
        environment: EnvironmentId,
        new: NewConnection,
    ) -> StorageResult<CreateConnection> {
        self.write("creating a connection", move |write| {
            Box::pin(async move { write::create(write.conn, environment, new).await })
        })
        .await
    }

    async fn replace_connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
        content: ConnectionContent,
        at: Timestamp,
    ) -> StorageResult<Option<Arc<Connection>>> {
        self.write("replacing a connection", move |write| {
            Box::pin(async move {
                let Some(old) = find_by_id(&mut *write.conn, environment, id).await? else { return Ok(None) };
                let new = write::replaced(Arc::unwrap_or_clone(old), content, at);
                save(&mut *write.conn, &new).await?;
                refresh::revoke_lease(&mut *write.conn, id).await?;
                write.touched.connections.push(id);
                Ok(Some(Arc::new(new)))
            })
        })
        .await
    }

    async fn find_connection(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        key: &ConnectionKey,
    ) -> StorageResult<Option<Arc<Connection>>> {
        let address = (environment, integration.clone(), key.clone());
        if let Some(connection) = self.caches.connections.get(&address) {
            return Ok(Some(connection));
        }
        let ticket = self.caches.connections.ticket();
        let row = sqlx::query_as::<_, ConnectionRow>(FIND)
            .bind(environment.0)
            .bind(integration.as_str().to_owned())
            .bind(key.as_str().to_owned())
            .fetch_optional(&self.readers)
            .await;
        let found = row.and_then(one).map_err(failed("finding a connection"))?;
        if let Some(connection) = &found {
            self.caches.connections.insert(ticket, address, Arc::clone(connection));
            self.caches.note_filled();
        }
        Ok(found)
    }

    async fn find_connection_by_id(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> StorageResult<Option<Arc<Connection>>> {
        sqlx::query_as::<_, ConnectionRow>(FIND_BY_ID)
            .bind(environment.0)
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await
            .and_then(one)
            .map_err(failed("finding a connection"))
    }

    async fn list_connections(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
    ) -> StorageResult<Vec<ConnectionSummary>> {
        list::list(&self.readers, environment, filter).await.map_err(failed("listing connections"))
    }

    async fn update_connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
        patch: ConnectionPatch,
        at: Timestamp,
    ) -> StorageResult<Option<Arc<Connection>>> {
        self.write("updating a connection", move |write| {
            Box::pin(async move {
                let Some(old) = find_by_id(&mut *write.conn, environment, id).await? else { return Ok(None) };
                let new = write::patched(Arc::unwrap_or_clone(old), patch, at);
                save(&mut *write.conn, &new).await?;
                write.touched.connections.push(id);
                Ok(Some(Arc::new(new)))
            })
        })
        .await
    }

    async fn set_metadata(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        keys: &[ConnectionKey],
        metadata: &MetadataWrite,
        at: Timestamp,
    ) -> StorageResult<SetMetadata> {
        let (integration, keys, metadata) = (integration.clone(), keys.to_vec(), metadata.clone());
        self.write("writing metadata", move |write| {
            Box::pin(async move {
                let mut found: Vec<Connection> = Vec::with_capacity(keys.len());
                for key in keys {
                    match find(&mut *write.conn, environment, &integration, &key).await? {
                        Some(connection) => found.push(Arc::unwrap_or_clone(connection)),
                        None => return Ok(SetMetadata::Unknown(key)),
                    }
                }
                for connection in &mut found {
                    let new = metadata.apply(connection.metadata.take());
                    if is_too_large(&new) {
                        return Ok(SetMetadata::TooLarge(connection.key.clone()));
                    }
                    connection.metadata = Some(new);
                    connection.updated_at = at;
                }
                for connection in found {
                    save(&mut *write.conn, &connection).await?;
                    write.touched.connections.push(connection.id);
                }
                Ok(SetMetadata::Done)
            })
        })
        .await
    }

    async fn delete_connection(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        key: &ConnectionKey,
        at: Timestamp,
    ) -> StorageResult<bool> {
        let (integration, key) = (integration.clone(), key.clone());
        self.write("deleting a connection", move |write| {
            Box::pin(async move {
                let Some(found) = find(&mut *write.conn, environment, &integration, &key).await? else {
                    return Ok(false);
                };
                write::delete(write.conn, found.id, at).await?;
                write.touched.connections.push(found.id);
                Ok(true)
            })
        })
        .await
    }

    async fn touch_fetched(&self, fetches: &[(ConnectionId, Timestamp)]) -> StorageResult<()> {
        let fetches = fetches.to_vec();
        self.write("noting fetches of connections", move |write| {
            Box::pin(async move {
                let pairs: Vec<_> = fetches.iter().map(|(id, at)| (id.0, at.as_micros())).collect();
                sqlx::query(
                    "UPDATE connections SET last_fetched_at = max(ifnull(last_fetched_at, noted.at), noted.at)
                     FROM (SELECT value ->> 0 AS id, max(value ->> 1) AS at FROM json_each(?) GROUP BY 1) AS noted
                     WHERE connections.id = noted.id AND deleted_at IS NULL",
                )
                .bind(to_json(&pairs))
                .execute(write.conn)
                .await?;
                write.touched.fetched = fetches;
                Ok(())
            })
        })
        .await
    }
}

async fn find(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    integration: &IntegrationKey,
    key: &ConnectionKey,
) -> Result<Option<Arc<Connection>>, sqlx::Error> {
    let query = sqlx::query_as::<_, ConnectionRow>(FIND)
        .bind(environment.0)
        .bind(integration.as_str().to_owned())
        .bind(key.as_str().to_owned());
    one(query.fetch_optional(conn).await?)
}

/// A live connection, read inside the caller's transaction.
pub(crate) async fn find_by_id(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    id: ConnectionId,
) -> Result<Option<Arc<Connection>>, sqlx::Error> {
    let query = sqlx::query_as::<_, ConnectionRow>(FIND_BY_ID).bind(environment.0).bind(id.0);
    one(query.fetch_optional(conn).await?)
}
