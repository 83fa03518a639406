//! API keys and data keys.

use std::sync::Arc;

use async_trait::async_trait;
use bowline_domain::api_key::{ApiKey, KeyDigest, NewApiKey};
use bowline_domain::environment::Environment;
use bowline_domain::id::{AccountId, ApiKeyId, EnvironmentId, RowUid};
use bowline_domain::storage::{ApiKeyStore, CreateApiKey, DataKeyStore, StorageResult, WrappedDataKey};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::SqliteConnection;

use crate::caches::Caller;
use crate::rows::{ApiKeyRow, DataKeyRow, IntoDomain, all, one, scopes_to_json, to_json};
use crate::{SqliteStorage, environments, failed};

macro_rules! key_columns {
    () => {
        "id, uid, account_id, environment_id, display_name, scopes, secret, last_used_at, created_at"
    };
}

#[async_trait]
impl ApiKeyStore for SqliteStorage {
    async fn create_api_key(&self, new: NewApiKey, live_keys_max: u32) -> StorageResult<CreateApiKey> {
        self.write("creating an API key", move |write| {
            Box::pin(async move { create(write.conn, &new, live_keys_max).await })
        })
        .await
    }

    async fn find_api_key(&self, digest: &KeyDigest) -> StorageResult<Option<(ApiKey, Option<Environment>)>> {
        if let Some(caller) = self.caches.api_keys.get(digest) {
            return Ok(Some(Caller::clone(&caller)));
        }
        let ticket = self.caches.api_keys.ticket();
        let found = self.read_caller(digest).await.map_err(failed("finding an API key"))?;
        if let Some(caller) = &found {
            self.caches.api_keys.insert(ticket, *digest, Arc::new(caller.clone()));
            self.caches.note_filled();
        }
        Ok(found)
    }

    async fn list_api_keys(&self, environment: EnvironmentId) -> StorageResult<Vec<ApiKey>> {
        sqlx::query_as::<_, ApiKeyRow>(concat!(
            "SELECT ",
            key_columns!(),
            " FROM api_keys WHERE environment_id = ? AND deleted_at IS NULL ORDER BY id"
        ))
        .bind(environment.0)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing API keys"))
    }

    async fn list_account_api_keys(&self, account: AccountId) -> StorageResult<Vec<ApiKey>> {
        sqlx::query_as::<_, ApiKeyRow>(concat!(
            "SELECT ",
            key_columns!(),
            " FROM api_keys WHERE account_id = ? AND environment_id IS NULL AND deleted_at IS NULL ORDER BY id"
        ))
        .bind(account.0)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing account API keys"))
    }

    async fn delete_api_key(
        &self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> StorageResult<bool> {
        self.write("deleting an API key", move |write| {
            Box::pin(async move {
                write.touched.everything = true;
                let done = sqlx::query(
                    "UPDATE api_keys SET deleted_at = ?, secret = x''
                     WHERE id = ? AND environment_id = ? AND deleted_at IS NULL",
                )
                .bind(at.as_micros())
                .bind(id.0)
                .bind(environment.0)
                .execute(write.conn)
                .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn replace_default_api_key(
        &self,
        environment: EnvironmentId,
        digest: &KeyDigest,
        secret: SealedBytes,
        uid: RowUid,
    ) -> StorageResult<bool> {
        let digest = *digest;
        self.write("replacing the default API key", move |write| {
            Box::pin(async move {
                write.touched.everything = true;
                replace_default(write.conn, environment, digest, secret, uid).await
            })
        })
        .await
    }

    async fn touch_api_keys(&self, uses: &[(ApiKeyId, Timestamp)]) -> StorageResult<()> {
        let uses = uses.to_vec();
        self.write("noting uses of API keys", move |write| {
            Box::pin(async move {
                let pairs: Vec<_> = uses.iter().map(|(id, at)| (id.0, at.as_micros())).collect();
                sqlx::query(
                    "UPDATE api_keys SET last_used_at = max(ifnull(last_used_at, noted.at), noted.at)
                     FROM (SELECT value ->> 0 AS id, max(value ->> 1) AS at FROM json_each(?) GROUP BY 1) AS noted
                     WHERE api_keys.id = noted.id AND deleted_at IS NULL",
                )
                .bind(to_json(&pairs))
                .execute(write.conn)
                .await?;
                write.touched.used = uses;
                Ok(())
            })
        })
        .await
    }
}

impl SqliteStorage {
    /// The key and its environment from one snapshot.
    async fn read_caller(&self, digest: &KeyDigest) -> Result<Option<Caller>, sqlx::Error> {
        let mut snapshot = self.readers.begin().await?;
        let row = sqlx::query_as::<_, ApiKeyRow>(concat!(
            "SELECT ",
            key_columns!(),
            " FROM api_keys WHERE digest = ? AND deleted_at IS NULL"
        ))
        .bind(digest.0.to_vec())
        .fetch_optional(&mut *snapshot)
        .await?;
        let Some(key) = one(row)? else { return Ok(None) };
        let Some(id) = key.environment_id else { return Ok(Some((key, None))) };
        let environment = environments::find(&mut snapshot, id.0).await?;
        Ok(environment.map(|environment| (key, Some(environment))))
    }
}

async fn create(
    conn: &mut SqliteConnection,
    new: &NewApiKey,
    live_keys_max: u32,
) -> Result<CreateApiKey, sqlx::Error> {
    if let Some(id) = new.environment_id {
        let environment = environments::find(&mut *conn, id.0).await?;
        if environment.is_none_or(|environment| environment.account_id != new.account_id) {
            return Ok(CreateApiKey::NoEnvironment);
        }
        let live: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM api_keys WHERE environment_id = ? AND deleted_at IS NULL",
        )
        .bind(id.0)
        .fetch_one(&mut *conn)
        .await?;
        if live >= i64::from(live_keys_max) {
            return Ok(CreateApiKey::TooMany);
        }
    }
    if digest_taken(&mut *conn, &new.digest).await? || name_taken(&mut *conn, new).await? {
        return Ok(CreateApiKey::Taken);
    }
    insert(conn, new).await.map(CreateApiKey::Created)
}

/// Writes a key whose name and digest are known to be free.
pub(crate) async fn insert(conn: &mut SqliteConnection, new: &NewApiKey) -> Result<ApiKey, sqlx::Error> {
    sqlx::query_as::<_, ApiKeyRow>(concat!(
        "INSERT INTO api_keys (uid, account_id, environment_id, display_name, scopes, digest, secret, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING ",
        key_columns!()
    ))
    .bind(new.uid.0.as_bytes().to_vec())
    .bind(new.account_id.0)
    .bind(new.environment_id.map(|id| id.0))
    .bind(new.display_name.clone())
    .bind(scopes_to_json(&new.scopes))
    .bind(new.digest.0.to_vec())
    .bind(new.secret.0.clone())
    .bind(new.created_at.as_micros())
    .fetch_one(conn)
    .await?
    .into_domain()
}

/// Whether a live key has the digest of one of these.
pub(crate) async fn any_digest_taken(
    conn: &mut SqliteConnection,
    new: &[NewApiKey],
) -> Result<bool, sqlx::Error> {
    for key in new {
        if digest_taken(&mut *conn, &key.digest).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn digest_taken(conn: &mut SqliteConnection, digest: &KeyDigest) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM api_keys WHERE digest = ? AND deleted_at IS NULL)")
        .bind(digest.0.to_vec())
        .fetch_one(conn)
        .await
}

async fn name_taken(conn: &mut SqliteConnection, new: &NewApiKey) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (
             SELECT 1 FROM api_keys
             WHERE account_id = ? AND environment_id IS ? AND display_name = ? AND deleted_at IS NULL
         )",
    )
    .bind(new.account_id.0)
    .bind(new.environment_id.map(|id| id.0))
    .bind(new.display_name.clone())
    .fetch_one(conn)
    .await
}

async fn replace_default(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    digest: KeyDigest,
    secret: SealedBytes,
    uid: RowUid,
) -> Result<bool, sqlx::Error> {
    // A conflict on the digest (another live key has it) changes nothing and so counts no row.
    let done = sqlx::query(
        "UPDATE OR IGNORE api_keys SET digest = ?, secret = ?, uid = ?
         WHERE id = (
             SELECT id FROM api_keys WHERE environment_id = ? AND deleted_at IS NULL ORDER BY id LIMIT 1
         )",
    )
    .bind(digest.0.to_vec())
    .bind(secret.0)
    .bind(uid.0.as_bytes().to_vec())
    .bind(environment.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Deletes the keys of an environment that goes.
pub(crate) async fn delete_of_environment(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE api_keys SET deleted_at = ?, secret = x'' WHERE environment_id = ? AND deleted_at IS NULL",
    )
    .bind(at.as_micros())
    .bind(environment.0)
    .execute(conn)
    .await
    .map(|_| ())
}

#[async_trait]
impl DataKeyStore for SqliteStorage {
    async fn list_data_keys(&self) -> StorageResult<Vec<WrappedDataKey>> {
        sqlx::query_as::<_, DataKeyRow>(
            "SELECT id, wrapped, created_at FROM data_keys ORDER BY created_at, id",
        )
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing data keys"))
    }

    async fn insert_data_key(&self, key: WrappedDataKey) -> StorageResult<bool> {
        self.write("writing a data key", move |write| {
            Box::pin(async move {
                let done = sqlx::query(
                    "INSERT INTO data_keys (id, wrapped, created_at) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                )
                .bind(key.id.0)
                .bind(key.wrapped.0)
                .bind(key.created_at.as_micros())
                .execute(write.conn)
                .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }
}
