//! Accounts, environments and environment variables.

use async_trait::async_trait;
use uuid::Uuid;

use super::StorageResult;
use crate::environment::{Account, Environment, EnvironmentVariable, NewEnvironment};
use crate::id::{AccountId, EnvironmentId};
use crate::{SealedBytes, Timestamp};

/// Outcome of [`EnvironmentStore::create_environment`].
#[derive(Debug)]
pub enum CreateEnvironment {
    /// Written, with its keys.
    Created(Environment),
    /// A live environment of the account has this name, or a live key has one of the digests.
    Taken,
}

/// Accounts, environments and environment variables.
#[async_trait]
pub trait EnvironmentStore: Send + Sync + 'static {
    /// The first account, made on first use; concurrent callers get the same one.
    async fn ensure_default_account(&self, uuid: Uuid, name: &str, at: Timestamp) -> StorageResult<Account>;

    /// The account with this number.
    async fn find_account(&self, id: AccountId) -> StorageResult<Option<Account>>;

    /// Writes an environment and its first keys.
    async fn create_environment(&self, new: NewEnvironment) -> StorageResult<CreateEnvironment>;

    /// The account's live environments in the order they were made.
    async fn list_environments(&self, account: AccountId) -> StorageResult<Vec<Environment>>;

    /// A live environment by number.
    async fn find_environment(&self, id: EnvironmentId) -> StorageResult<Option<Environment>>;

    /// A live environment by its public id.
    async fn find_environment_by_uuid(&self, uuid: Uuid) -> StorageResult<Option<Environment>>;

    /// A live environment by the key that old frontends send.
    async fn find_environment_by_public_key(&self, public_key: Uuid) -> StorageResult<Option<Environment>>;

    /// Replaces the environment's sealed secrets if they still are `expected`; false when they are not.
    async fn replace_environment_secrets(
        &self,
        id: EnvironmentId,
        expected: &SealedBytes,
        new: SealedBytes,
    ) -> StorageResult<bool>;

    /// Deletes the environment with all that is in it; false when there is none.
    async fn delete_environment(
        &self,
        account: AccountId,
        id: EnvironmentId,
        at: Timestamp,
    ) -> StorageResult<bool>;

    /// The environment's variables by name.
    async fn list_variables(&self, environment: EnvironmentId) -> StorageResult<Vec<EnvironmentVariable>>;

    /// Writes a variable. An existing one of the same name is replaced as a whole, its `uid` too, because
    /// the value is sealed to the new `uid`.
    async fn put_variable(
        &self,
        environment: EnvironmentId,
        variable: EnvironmentVariable,
    ) -> StorageResult<()>;

    /// Deletes a variable; false when there is none.
    async fn delete_variable(&self, environment: EnvironmentId, name: &str) -> StorageResult<bool>;
}
