//! API keys and data keys.

use async_trait::async_trait;
use bowline_domain::api_key::{ApiKey, KeyDigest, NewApiKey};
use bowline_domain::environment::Environment;
use bowline_domain::id::{AccountId, ApiKeyId, DataKeyId, EnvironmentId, RowUid};
use bowline_domain::storage::{ApiKeyStore, CreateApiKey, DataKeyStore, StorageResult, WrappedDataKey};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::PgConnection;

use crate::PostgresStorage;
use crate::api_key_rows::{ApiKeyRow, FoundKeyRow, api_key_columns, found_key_columns, scopes_json};
use crate::session::{retrying, violates};

/// Why an API key was not written.
pub(crate) enum TakenBy {
    /// A live key has its name or its digest.
    AnotherKey,
}

const DIGEST_INDEX: &str = "api_keys_digest";
const KEY_INDEXES: [&str; 3] = [DIGEST_INDEX, "api_keys_environment_name", "api_keys_account_name"];

#[async_trait]
impl ApiKeyStore for PostgresStorage {
    async fn create_api_key(&self, new: NewApiKey, live_keys_max: u32) -> StorageResult<CreateApiKey> {
        retrying("creating an API key", || self.try_create_api_key(&new, live_keys_max)).await
    }

    async fn find_api_key(&self, digest: &KeyDigest) -> StorageResult<Option<(ApiKey, Option<Environment>)>> {
        let asked = match self.keys.recall(digest) {
            Ok(found) => return Ok(Some(found)),
            Err(generation) => generation,
        };
        let asked_at = self.keys.now();
        let found = retrying("finding an API key", || self.try_find_api_key(digest)).await?;
        if let Some(found) = &found {
            self.keys.remember(asked, asked_at, *digest, found.clone());
        }
        Ok(found)
    }

    async fn list_api_keys(&self, environment: EnvironmentId) -> StorageResult<Vec<ApiKey>> {
        retrying("listing API keys", || self.try_list_api_keys(environment)).await
    }

    async fn list_account_api_keys(&self, account: AccountId) -> StorageResult<Vec<ApiKey>> {
        retrying("listing account API keys", || self.try_list_account_api_keys(account)).await
    }

    async fn delete_api_key(
        &self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> StorageResult<bool> {
        let deleted = retrying("deleting an API key", || self.try_delete_api_key(environment, id, at)).await;
        self.keys.forget_all();
        deleted
    }

    async fn replace_default_api_key(
        &self,
        environment: EnvironmentId,
        digest: &KeyDigest,
        secret: SealedBytes,
        uid: RowUid,
    ) -> StorageResult<bool> {
        let doing = "replacing the default API key";
        let replaced =
            retrying(doing, || self.try_replace_default_key(environment, digest, &secret, uid)).await;
        self.keys.forget_all();
        replaced
    }

    async fn touch_api_keys(&self, uses: &[(ApiKeyId, Timestamp)]) -> StorageResult<()> {
        retrying("noting uses of API keys", || self.try_touch_api_keys(uses)).await?;
        self.keys.note_uses(uses);
        Ok(())
    }
}

impl PostgresStorage {
    async fn try_create_api_key(&self, new: &NewApiKey, live_keys_max: u32) -> sqlx::Result<CreateApiKey> {
        let mut transaction = self.begin().await?;
        if let Some(environment) = new.environment_id {
            if !self.lock_environment(&mut transaction, new.account_id, environment).await? {
                return Ok(CreateApiKey::NoEnvironment);
            }
            let live: i64 = self
                .scalar("SELECT count(*) FROM api_keys WHERE environment_id = $1 AND deleted_at IS NULL")
                .bind(environment.0)
                .fetch_one(&mut *transaction)
                .await?;
            if live >= i64::from(live_keys_max) {
                return Ok(CreateApiKey::TooMany);
            }
        }
        match self.insert_api_key(&mut transaction, new, new.environment_id).await? {
            Err(TakenBy::AnotherKey) => Ok(CreateApiKey::Taken),
            Ok(key) => {
                transaction.commit().await?;
                Ok(CreateApiKey::Created(key))
            }
        }
    }

    /// Keeps other writers of keys out, so that counting and writing are one.
    async fn lock_environment(
        &self,
        connection: &mut PgConnection,
        account: AccountId,
        environment: EnvironmentId,
    ) -> sqlx::Result<bool> {
        let locked: Option<i64> = self
            .scalar("SELECT id FROM environments WHERE id = $1 AND account_id = $2 AND deleted_at IS NULL FOR UPDATE")
            .bind(environment.0)
            .bind(account.0)
            .fetch_optional(connection)
            .await?;
        Ok(locked.is_some())
    }

    /// Writes a key; after a refusal the transaction can only be given up.
    pub(crate) async fn insert_api_key(
        &self,
        connection: &mut PgConnection,
        new: &NewApiKey,
        environment: Option<EnvironmentId>,
    ) -> sqlx::Result<Result<ApiKey, TakenBy>> {
        let row = self
            .query_as::<ApiKeyRow>(concat!(
                "INSERT INTO api_keys AS k (uid, account_id, environment_id, display_name, scopes, digest, secret, \
                 created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ",
                api_key_columns!()
            ))
            .bind(new.uid.0)
            .bind(new.account_id.0)
            .bind(environment.map(|environment| environment.0))
            .bind(&new.display_name)
            .bind(scopes_json(&new.scopes)?)
            .bind(&new.digest.0[..])
            .bind(&new.secret.0)
            .bind(new.created_at.as_micros())
            .fetch_one(connection)
            .await;
        match row {
            Ok(row) => row.into_api_key().map(Ok),
            Err(error) if KEY_INDEXES.iter().any(|index| violates(&error, index)) => {
                Ok(Err(TakenBy::AnotherKey))
            }
            Err(error) => Err(error),
        }
    }

    async fn try_find_api_key(
        &self,
        digest: &KeyDigest,
    ) -> sqlx::Result<Option<(ApiKey, Option<Environment>)>> {
        let mut single = self.single().await?;
        let row: Option<FoundKeyRow> = self
            .query_as(concat!(
                "SELECT ",
                found_key_columns!(),
                " FROM api_keys k LEFT JOIN environments e ON e.id = k.environment_id \
                 WHERE k.digest = $1 AND k.deleted_at IS NULL \
                 AND (k.environment_id IS NULL OR (e.id IS NOT NULL AND e.deleted_at IS NULL))"
            ))
            .bind(&digest.0[..])
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        row.map(FoundKeyRow::into_found).transpose()
    }

    async fn try_list_api_keys(&self, environment: EnvironmentId) -> sqlx::Result<Vec<ApiKey>> {
        let mut single = self.single().await?;
        let rows: Vec<ApiKeyRow> = self
            .query_as(concat!(
                "SELECT ",
                api_key_columns!(),
                " FROM api_keys k WHERE k.environment_id = $1 AND k.deleted_at IS NULL ORDER BY k.id"
            ))
            .bind(environment.0)
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        rows.into_iter().map(ApiKeyRow::into_api_key).collect()
    }

    async fn try_list_account_api_keys(&self, account: AccountId) -> sqlx::Result<Vec<ApiKey>> {
        let mut single = self.single().await?;
        let rows: Vec<ApiKeyRow> = self
            .query_as(concat!(
                "SELECT ",
                api_key_columns!(),
                " FROM api_keys k WHERE k.account_id = $1 AND k.environment_id IS NULL AND k.deleted_at IS NULL \
                 ORDER BY k.id"
            ))
            .bind(account.0)
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        rows.into_iter().map(ApiKeyRow::into_api_key).collect()
    }

    async fn try_delete_api_key(
        &self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query(
                "UPDATE api_keys SET deleted_at = $3, secret = '' \
                 WHERE id = $2 AND environment_id = $1 AND deleted_at IS NULL",
            )
            .bind(environment.0)
            .bind(id.0)
            .bind(at.as_micros())
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn try_replace_default_key(
        &self,
        environment: EnvironmentId,
        digest: &KeyDigest,
        secret: &SealedBytes,
        uid: RowUid,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query(
                "UPDATE api_keys SET digest = $2, secret = $3, uid = $4 WHERE id = (SELECT id FROM api_keys \
                 WHERE environment_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE)",
            )
            .bind(environment.0)
            .bind(&digest.0[..])
            .bind(&secret.0)
            .bind(uid.0)
            .execute(&mut *single)
            .await;
        match done {
            Ok(done) => {
                single.finish().await?;
                Ok(done.rows_affected() > 0)
            }
            Err(error) if violates(&error, DIGEST_INDEX) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Not waiting for the disk is what `set_config` says, for this transaction only.
    async fn try_touch_api_keys(&self, uses: &[(ApiKeyId, Timestamp)]) -> sqlx::Result<()> {
        if uses.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = uses.iter().map(|(id, _)| id.0).collect();
        let times: Vec<i64> = uses.iter().map(|(_, at)| at.as_micros()).collect();
        let mut single = self.single().await?;
        self.query(
            "WITH quiet AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)), \
             used AS (SELECT id, max(at) AS at FROM unnest($1::bigint[], $2::bigint[]) AS u (id, at) GROUP BY id), \
             locked AS MATERIALIZED (SELECT k.id FROM api_keys k, quiet \
             WHERE k.id = ANY($1) AND k.deleted_at IS NULL ORDER BY k.id FOR UPDATE OF k) \
             UPDATE api_keys k SET last_used_at = GREATEST(k.last_used_at, used.at) \
             FROM used JOIN locked ON locked.id = used.id WHERE k.id = used.id",
        )
        .bind(ids)
        .bind(times)
        .execute(&mut *single)
        .await?;
        single.finish().await
    }
}

#[async_trait]
impl DataKeyStore for PostgresStorage {
    async fn list_data_keys(&self) -> StorageResult<Vec<WrappedDataKey>> {
        retrying("listing data keys", || self.try_list_data_keys()).await
    }

    async fn insert_data_key(&self, key: WrappedDataKey) -> StorageResult<bool> {
        retrying("writing a data key", || self.try_insert_data_key(&key)).await
    }
}

impl PostgresStorage {
    async fn try_list_data_keys(&self) -> sqlx::Result<Vec<WrappedDataKey>> {
        let mut single = self.single().await?;
        let rows: Vec<(i64, Vec<u8>, i64)> = self
            .query_as("SELECT id, wrapped, created_at FROM data_keys ORDER BY created_at, id")
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        rows.into_iter().map(read_data_key).collect()
    }

    async fn try_insert_data_key(&self, key: &WrappedDataKey) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query("INSERT INTO data_keys (id, wrapped, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING")
            .bind(i64::from(key.id.0))
            .bind(&key.wrapped.0)
            .bind(key.created_at.as_micros())
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }
}

fn read_data_key((id, wrapped, created_at): (i64, Vec<u8>, i64)) -> sqlx::Result<WrappedDataKey> {
    let id = u32::try_from(id).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(WrappedDataKey {
        id: DataKeyId(id),
        wrapped: SealedBytes(wrapped),
        created_at: Timestamp::from_micros(created_at),
    })
}
