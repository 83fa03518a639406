//! API keys, and the data keys that seal everything else.

use async_trait::async_trait;

use super::StorageResult;
use crate::api_key::{ApiKey, KeyDigest, NewApiKey};
use crate::environment::Environment;
use crate::id::{AccountId, ApiKeyId, DataKeyId, EnvironmentId};
use crate::{SealedBytes, Timestamp};

/// Outcome of [`ApiKeyStore::create_api_key`].
#[derive(Debug)]
pub enum CreateApiKey {
    /// Written.
    Created(ApiKey),
    /// A live key of the environment (or, for account keys, of the account) has this name, or a live key
    /// anywhere has this digest.
    Taken,
    /// The environment already has as many live keys as allowed.
    TooMany,
    /// No such live environment in this account.
    NoEnvironment,
}

/// API keys.
#[async_trait]
pub trait ApiKeyStore: Send + Sync + 'static {
    /// Writes a key unless the environment has `live_keys_max` live ones.
    async fn create_api_key(&self, new: NewApiKey, live_keys_max: u32) -> StorageResult<CreateApiKey>;

    /// The live key with this digest and, for an environment key, its live environment. A key whose
    /// environment is deleted is not found.
    async fn find_api_key(&self, digest: &KeyDigest) -> StorageResult<Option<(ApiKey, Option<Environment>)>>;

    /// The environment's live keys in the order they were made.
    async fn list_api_keys(&self, environment: EnvironmentId) -> StorageResult<Vec<ApiKey>>;

    /// The account's own live keys (those without an environment) in the order they were made.
    async fn list_account_api_keys(&self, account: AccountId) -> StorageResult<Vec<ApiKey>>;

    /// Deletes a key of the environment; false when there is none.
    async fn delete_api_key(
        &self,
        environment: EnvironmentId,
        id: ApiKeyId,
        at: Timestamp,
    ) -> StorageResult<bool>;

    /// Replaces the digest and sealed text of the environment's oldest live key (a key fixed from outside).
    /// False when another live key has the digest.
    async fn replace_default_api_key(
        &self,
        environment: EnvironmentId,
        digest: &KeyDigest,
        secret: SealedBytes,
        uid: crate::id::RowUid,
    ) -> StorageResult<bool>;

    /// Notes when keys were last used. Losing such notes in a crash is acceptable.
    async fn touch_api_keys(&self, uses: &[(ApiKeyId, Timestamp)]) -> StorageResult<()>;
}

/// A data key, encrypted under the master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedDataKey {
    /// Named in every ciphertext it made.
    pub id: DataKeyId,
    /// The key, encrypted under the master key.
    pub wrapped: SealedBytes,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Data keys; they belong to the whole installation.
#[async_trait]
pub trait DataKeyStore: Send + Sync + 'static {
    /// All data keys, oldest first.
    async fn list_data_keys(&self) -> StorageResult<Vec<WrappedDataKey>>;

    /// Writes a data key unless its id is taken; false when it is (another node was first).
    async fn insert_data_key(&self, key: WrappedDataKey) -> StorageResult<bool>;
}
