//! API keys: made, listed, shown and deleted.

use bowline_domain::api_key::{ApiKey, NewApiKey};
use bowline_domain::environment::Environment;
use bowline_domain::id::{AccountId, ApiKeyId, RowUid};
use bowline_domain::scope::ScopeSet;
use bowline_domain::storage::{CreateApiKey, StorageError};
use bowline_domain::{SealedBytes, Secret};
use thiserror::Error;
use uuid::Uuid;

use crate::Engine;
use crate::access::key_digest;
use crate::credential::vault::{SealContext, VaultError};

/// Most live keys of one environment.
pub const API_KEYS_MAX: u32 = 50;

/// Why a key was not made.
#[derive(Debug, Error)]
pub enum ApiKeyError {
    /// The name is taken.
    #[error("an API key with this display_name exists in the environment")]
    NameTaken,
    /// The environment has [`API_KEYS_MAX`] live keys.
    #[error("the environment has {API_KEYS_MAX} API keys; delete one first")]
    TooMany,
    /// No such environment.
    #[error("the environment does not exist")]
    UnknownEnvironment,
    /// A key given from outside is not a UUID v4.
    #[error("a secret key must be a UUID v4")]
    BadFormat,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// A key that was just made, with its text.
pub struct CreatedApiKey {
    /// As stored.
    pub key: ApiKey,
    /// The key's text.
    pub secret: Secret,
}

impl Engine {
    /// Makes a key of an environment.
    pub async fn create_api_key(
        &self,
        environment: &Environment,
        display_name: String,
        scopes: ScopeSet,
    ) -> Result<CreatedApiKey, ApiKeyError> {
        let secret = random_key();
        let mut new =
            self.new_api_key(environment.uuid, environment.account_id, display_name, scopes, &secret)?;
        new.environment_id = Some(environment.id);
        self.write_api_key(new, secret).await
    }

    /// Makes a key of the account itself.
    pub async fn create_account_api_key(
        &self,
        account: AccountId,
        display_name: String,
        scopes: ScopeSet,
    ) -> Result<CreatedApiKey, ApiKeyError> {
        let secret = random_key();
        let new = self.new_api_key(Uuid::nil(), account, display_name, scopes, &secret)?;
        self.write_api_key(new, secret).await
    }

    /// The environment's live keys, oldest first.
    pub async fn list_api_keys(&self, environment: &Environment) -> Result<Vec<ApiKey>, StorageError> {
        self.storage.list_api_keys(environment.id).await
    }

    /// Deletes a key; from now on this node refuses it. False when there is none.
    pub async fn delete_api_key(
        &self,
        environment: &Environment,
        id: ApiKeyId,
    ) -> Result<bool, StorageError> {
        let deleted = self.storage.delete_api_key(environment.id, id, self.clock.now()).await?;
        self.access.forget_all();
        Ok(deleted)
    }

    /// A key's text.
    pub fn reveal_api_key(&self, environment: &Environment, key: &ApiKey) -> Result<Secret, VaultError> {
        let plain = self.vault.open_sealed(&place(environment.uuid, key.uid), &key.secret)?;
        let unreadable = VaultError::Unreadable { table: TABLE, column: COLUMN };
        String::from_utf8(plain.expose().clone()).map(Secret::new).map_err(|_| unreadable)
    }

    /// A key ready to be written; its environment's number is filled in by the write.
    pub(super) fn new_api_key(
        &self,
        environment: Uuid,
        account_id: AccountId,
        display_name: String,
        scopes: ScopeSet,
        secret: &Secret,
    ) -> Result<NewApiKey, ApiKeyError> {
        let uid = RowUid(Uuid::new_v4());
        Ok(NewApiKey {
            uid,
            account_id,
            environment_id: None,
            display_name,
            scopes,
            digest: key_digest(secret.expose()).ok_or(ApiKeyError::BadFormat)?,
            secret: self.seal_api_key(environment, uid, secret)?,
            created_at: self.clock.now(),
        })
    }

    /// Seals a key's text for its row.
    pub(super) fn seal_api_key(
        &self,
        environment: Uuid,
        uid: RowUid,
        secret: &Secret,
    ) -> Result<SealedBytes, ApiKeyError> {
        Ok(self.vault.seal(&place(environment, uid), secret.expose().as_bytes())?)
    }

    async fn write_api_key(&self, new: NewApiKey, secret: Secret) -> Result<CreatedApiKey, ApiKeyError> {
        match self.storage.create_api_key(new, API_KEYS_MAX).await? {
            CreateApiKey::Created(key) => Ok(CreatedApiKey { key, secret }),
            CreateApiKey::Taken => Err(ApiKeyError::NameTaken),
            CreateApiKey::TooMany => Err(ApiKeyError::TooMany),
            CreateApiKey::NoEnvironment => Err(ApiKeyError::UnknownEnvironment),
        }
    }
}

const TABLE: &str = "api_keys";
const COLUMN: &str = "secret";

fn place(environment: Uuid, row: RowUid) -> SealContext {
    SealContext { environment, table: TABLE, row, column: COLUMN }
}

/// A new key: a UUID v4, the form the official clients and servers agree on.
pub(super) fn random_key() -> Secret {
    Secret::new(Uuid::new_v4().to_string())
}
