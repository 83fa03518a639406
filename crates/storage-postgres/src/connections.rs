//! Connections and their metadata. Finding one by key is in [`lookup`](crate::lookup), listing in
//! [`connection_list`](crate::connection_list).

use std::sync::Arc;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::connection::{
    Connection, ConnectionContent, ConnectionFilter, ConnectionPatch, ConnectionSummary, NewConnection,
};
use bowline_domain::id::{ConnectionId, ConnectionKey, EnvironmentId, IntegrationKey};
use bowline_domain::metadata::{METADATA_BYTES_MAX, Metadata, MetadataWrite};
use bowline_domain::storage::{ConnectionStore, CreateConnection, SetMetadata, StorageResult};
use sqlx::{FromRow, PgConnection, Row};

use crate::PostgresStorage;
use crate::rows::{ConnectionRow, EndUserColumns, connection_columns, from_json, to_json};
use crate::session::retrying;

#[async_trait]
impl ConnectionStore for PostgresStorage {
    async fn create_connection(
        &self,
        environment: EnvironmentId,
        new: NewConnection,
    ) -> StorageResult<CreateConnection> {
        retrying("creating a connection", || self.try_create_connection(environment, &new)).await
    }

    async fn replace_connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
        content: ConnectionContent,
        at: Timestamp,
    ) -> StorageResult<Option<Arc<Connection>>> {
        retrying("replacing a connection", || self.try_replace_connection(environment, id, &content, at))
            .await
    }

    async fn find_connection(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        key: &ConnectionKey,
    ) -> StorageResult<Option<Arc<Connection>>> {
        self.lookup.find(environment, integration, key).await
    }

    async fn find_connection_by_id(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> StorageResult<Option<Arc<Connection>>> {
        retrying("finding a connection", || self.try_find_connection_by_id(environment, id)).await
    }

    async fn list_connections(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
    ) -> StorageResult<Vec<ConnectionSummary>> {
        retrying("listing connections", || self.try_list_connections(environment, filter)).await
    }

    async fn update_connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
        patch: ConnectionPatch,
        at: Timestamp,
    ) -> StorageResult<Option<Arc<Connection>>> {
        retrying("updating a connection", || self.try_update_connection(environment, id, &patch, at)).await
    }

    async fn set_metadata(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        keys: &[ConnectionKey],
        write: &MetadataWrite,
        at: Timestamp,
    ) -> StorageResult<SetMetadata> {
        retrying("writing metadata", || self.try_set_metadata(environment, integration, keys, write, at))
            .await
    }

    async fn delete_connection(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        key: &ConnectionKey,
        at: Timestamp,
    ) -> StorageResult<bool> {
        retrying("deleting a connection", || self.try_delete_connection(environment, integration, key, at))
            .await
    }

    async fn touch_fetched(&self, fetches: &[(ConnectionId, Timestamp)]) -> StorageResult<()> {
        retrying("noting fetches of connections", || self.try_touch_fetched(fetches)).await
    }
}

/// No row: no integration. A row without a connection: the key is taken. The share lock keeps the integration
/// from being renamed or deleted before this is written.
const CREATE: &str = concat!(
    "WITH i AS (SELECT id, environment_id, key, provider FROM integrations \
     WHERE id = $2 AND environment_id = $1 AND deleted_at IS NULL FOR SHARE), \
     c AS (INSERT INTO connections (uid, environment_id, integration_id, key, credentials, credentials_expire_at, \
     config, metadata, tags, end_user, end_user_id, end_user_email, end_user_display_name, organization_id, \
     webhook_url_override, last_fetched_at, created_at, updated_at) \
     SELECT $3, i.environment_id, i.id, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, $14, $15, $16, $17, $17 \
     FROM i ON CONFLICT (integration_id, key) WHERE deleted_at IS NULL DO NOTHING RETURNING *) \
     SELECT c.id IS NOT NULL AS created, ",
    connection_columns!(),
    " FROM i LEFT JOIN c ON TRUE"
);

const REPLACE: &str = concat!(
    "UPDATE connections c SET credentials = $3, credentials_version = c.credentials_version + 1, \
     credentials_expire_at = $4, config = $5, metadata = COALESCE($6, c.metadata), tags = $7::jsonb, \
     end_user = CASE WHEN $8 IS NULL THEN c.end_user ELSE $8 END, \
     end_user_id = CASE WHEN $8 IS NULL THEN c.end_user_id ELSE $9 END, \
     end_user_email = CASE WHEN $8 IS NULL THEN c.end_user_email ELSE $10 END, \
     end_user_display_name = CASE WHEN $8 IS NULL THEN c.end_user_display_name ELSE $11 END, \
     organization_id = CASE WHEN $8 IS NULL THEN c.organization_id ELSE $12 END, \
     webhook_url_override = $13, last_fetched_at = GREATEST(c.last_fetched_at, $14), last_success_at = NULL, \
     last_failure_at = NULL, attempts = 0, exhausted = FALSE, failure = NULL, updated_at = $15 \
     FROM integrations i \
     WHERE c.id = $2 AND c.environment_id = $1 AND c.deleted_at IS NULL AND i.id = c.integration_id RETURNING ",
    connection_columns!()
);

const UPDATE: &str = concat!(
    "UPDATE connections c SET tags = COALESCE($3::jsonb, c.tags), \
     webhook_url_override = CASE WHEN $4 THEN $5 ELSE c.webhook_url_override END, \
     end_user = CASE WHEN $6 IS NULL THEN c.end_user ELSE $6 END, \
     end_user_id = CASE WHEN $6 IS NULL THEN c.end_user_id ELSE $7 END, \
     end_user_email = CASE WHEN $6 IS NULL THEN c.end_user_email ELSE $8 END, \
     end_user_display_name = CASE WHEN $6 IS NULL THEN c.end_user_display_name ELSE $9 END, \
     organization_id = CASE WHEN $6 IS NULL THEN c.organization_id ELSE $10 END, updated_at = $11 \
     FROM integrations i \
     WHERE c.id = $2 AND c.environment_id = $1 AND c.deleted_at IS NULL AND i.id = c.integration_id RETURNING ",
    connection_columns!()
);

const FIND_BY_ID: &str = concat!(
    "SELECT ",
    connection_columns!(),
    " FROM connections c JOIN integrations i ON i.id = c.integration_id \
     WHERE c.id = $2 AND c.environment_id = $1 AND c.deleted_at IS NULL"
);

impl PostgresStorage {
    async fn try_create_connection(
        &self,
        environment: EnvironmentId,
        new: &NewConnection,
    ) -> sqlx::Result<CreateConnection> {
        let content = &new.content;
        let end_user = EndUserColumns::of(content.end_user.as_ref())?;
        let mut single = self.single().await?;
        let row = self
            .query(CREATE)
            .bind(environment.0)
            .bind(new.integration_id.0)
            .bind(new.uid.0)
            .bind(new.key.as_str())
            .bind(&content.credentials.0)
            .bind(content.credentials_expire_at.map(Timestamp::as_micros))
            .bind(&content.config.0)
            .bind(content.metadata.as_ref().map(to_json).transpose()?)
            .bind(to_json(&content.tags)?)
            .bind(end_user.json)
            .bind(end_user.id)
            .bind(end_user.email)
            .bind(end_user.display_name)
            .bind(end_user.organization_id)
            .bind(&content.webhook_url_override)
            .bind(content.last_fetched_at.map(Timestamp::as_micros))
            .bind(new.created_at.as_micros())
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        match row {
            None => Ok(CreateConnection::NoIntegration),
            Some(row) if !row.try_get("created")? => Ok(CreateConnection::KeyTaken),
            Some(row) => Ok(CreateConnection::Created(ConnectionRow::from_row(&row)?.into_connection()?)),
        }
    }

    async fn try_replace_connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
        content: &ConnectionContent,
        at: Timestamp,
    ) -> sqlx::Result<Option<Arc<Connection>>> {
        let end_user = EndUserColumns::of(content.end_user.as_ref())?;
        let mut transaction = self.begin().await?;
        let row: Option<ConnectionRow> = self
            .query_as(REPLACE)
            .bind(environment.0)
            .bind(id.0)
            .bind(&content.credentials.0)
            .bind(content.credentials_expire_at.map(Timestamp::as_micros))
            .bind(&content.config.0)
            .bind(content.metadata.as_ref().map(to_json).transpose()?)
            .bind(to_json(&content.tags)?)
            .bind(end_user.json)
            .bind(end_user.id)
            .bind(end_user.email)
            .bind(end_user.display_name)
            .bind(end_user.organization_id)
            .bind(&content.webhook_url_override)
            .bind(content.last_fetched_at.map(Timestamp::as_micros))
            .bind(at.as_micros())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(row) = row else { return Ok(None) };
        self.revoke_leases(&mut transaction, &[id.0]).await?;
        transaction.commit().await?;
        row.into_connection().map(Some)
    }

    async fn try_find_connection_by_id(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
    ) -> sqlx::Result<Option<Arc<Connection>>> {
        let mut single = self.single().await?;
        let row: Option<ConnectionRow> =
            self.query_as(FIND_BY_ID).bind(environment.0).bind(id.0).fetch_optional(&mut *single).await?;
        single.finish().await?;
        row.map(ConnectionRow::into_connection).transpose()
    }

    async fn try_update_connection(
        &self,
        environment: EnvironmentId,
        id: ConnectionId,
        patch: &ConnectionPatch,
        at: Timestamp,
    ) -> sqlx::Result<Option<Arc<Connection>>> {
        let end_user = EndUserColumns::of(patch.end_user.as_ref())?;
        let mut single = self.single().await?;
        let row: Option<ConnectionRow> = self
            .query_as(UPDATE)
            .bind(environment.0)
            .bind(id.0)
            .bind(patch.tags.as_ref().map(to_json).transpose()?)
            .bind(patch.webhook_url_override.is_some())
            .bind(patch.webhook_url_override.as_ref().and_then(|address| address.as_deref()))
            .bind(end_user.json)
            .bind(end_user.id)
            .bind(end_user.email)
            .bind(end_user.display_name)
            .bind(end_user.organization_id)
            .bind(at.as_micros())
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        row.map(ConnectionRow::into_connection).transpose()
    }

    async fn try_set_metadata(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        keys: &[ConnectionKey],
        write: &MetadataWrite,
        at: Timestamp,
    ) -> sqlx::Result<SetMetadata> {
        let names: Vec<&str> = keys.iter().map(ConnectionKey::as_str).collect();
        let mut transaction = self.begin().await?;
        let rows: Vec<(i64, String, Option<String>)> = self
            .query_as(
                "SELECT c.id, c.key, c.metadata FROM connections c JOIN integrations i ON i.id = c.integration_id \
                 WHERE i.environment_id = $1 AND i.key = $2 AND i.deleted_at IS NULL \
                 AND c.key = ANY($3) AND c.deleted_at IS NULL ORDER BY c.id FOR UPDATE OF c",
            )
            .bind(environment.0)
            .bind(integration.as_str())
            .bind(names)
            .fetch_all(&mut *transaction)
            .await?;
        if let Some(unknown) = keys.iter().find(|key| rows.iter().all(|(_, found, _)| found != key.as_str()))
        {
            return Ok(SetMetadata::Unknown(unknown.clone()));
        }
        let (mut ids, mut texts) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for (id, key, old) in rows {
            let old: Option<Metadata> = old.as_deref().map(from_json).transpose()?;
            let text = to_json(&write.apply(old))?;
            if text.len() > METADATA_BYTES_MAX {
                return Ok(SetMetadata::TooLarge(ConnectionKey::from_stored(key)));
            }
            ids.push(id);
            texts.push(text);
        }
        self.write_metadata(&mut transaction, ids, texts, at).await?;
        transaction.commit().await?;
        Ok(SetMetadata::Done)
    }

    /// Writes metadata of locked connections.
    async fn write_metadata(
        &self,
        connection: &mut PgConnection,
        ids: Vec<i64>,
        texts: Vec<String>,
        at: Timestamp,
    ) -> sqlx::Result<()> {
        self.query(
            "UPDATE connections c SET metadata = w.metadata, updated_at = $3 \
             FROM unnest($1::bigint[], $2::text[]) AS w (id, metadata) WHERE c.id = w.id",
        )
        .bind(ids)
        .bind(texts)
        .bind(at.as_micros())
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn try_delete_connection(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        key: &ConnectionKey,
        at: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let locked: Option<i64> = self
            .scalar(
                "SELECT c.id FROM connections c JOIN integrations i ON i.id = c.integration_id \
                 WHERE i.environment_id = $1 AND i.key = $2 AND i.deleted_at IS NULL \
                 AND c.key = $3 AND c.deleted_at IS NULL FOR UPDATE OF c",
            )
            .bind(environment.0)
            .bind(integration.as_str())
            .bind(key.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(id) = locked else { return Ok(false) };
        self.delete_locked_connections(&mut transaction, &[id], at).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Deletes connections whose rows are locked, with their tasks and checkpoints, and takes the lease from whoever
    /// refreshes them.
    pub(crate) async fn delete_locked_connections(
        &self,
        connection: &mut PgConnection,
        ids: &[i64],
        at: Timestamp,
    ) -> sqlx::Result<()> {
        self.query(
            "UPDATE connections SET deleted_at = $2, credentials = '', config = '', metadata = NULL, tags = '{}', \
             end_user = NULL, end_user_id = NULL, end_user_email = NULL, end_user_display_name = NULL, \
             organization_id = NULL, webhook_url_override = NULL WHERE id = ANY($1)",
        )
        .bind(ids)
        .bind(at.as_micros())
        .execute(&mut *connection)
        .await?;
        self.revoke_leases(&mut *connection, ids).await?;
        for sql in [
            "DELETE FROM tasks WHERE connection_id = ANY($1)",
            "DELETE FROM checkpoints WHERE connection_id = ANY($1)",
        ] {
            self.query(sql).bind(ids).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Takes the leases of connections whose rows are locked from their holders.
    async fn revoke_leases(&self, connection: &mut PgConnection, ids: &[i64]) -> sqlx::Result<()> {
        self.query(
            "UPDATE refresh_leases SET epoch = epoch + 1, holder = NULL, intent_at = NULL WHERE connection_id = ANY($1)",
        )
        .bind(ids)
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Not waiting for the disk is what `set_config` says, for this transaction only.
    async fn try_touch_fetched(&self, fetches: &[(ConnectionId, Timestamp)]) -> sqlx::Result<()> {
        if fetches.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = fetches.iter().map(|(id, _)| id.0).collect();
        let times: Vec<i64> = fetches.iter().map(|(_, at)| at.as_micros()).collect();
        let mut single = self.single().await?;
        self.query(
            "WITH quiet AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), \
             fetched AS (SELECT id, max(at) AS at FROM unnest($1::bigint[], $2::bigint[]) AS f (id, at) GROUP BY id), \
             locked AS MATERIALIZED (SELECT c.id FROM connections c, quiet \
             WHERE c.id = ANY($1) AND c.deleted_at IS NULL ORDER BY c.id FOR NO KEY UPDATE OF c) \
             UPDATE connections c SET last_fetched_at = GREATEST(c.last_fetched_at, fetched.at) \
             FROM fetched JOIN locked ON locked.id = fetched.id WHERE c.id = fetched.id",
        )
        .bind(ids)
        .bind(times)
        .execute(&mut *single)
        .await?;
        single.finish().await
    }
}
