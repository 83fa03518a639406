//! Environments: made, listed, deleted; webhook signing keys rotated.

use std::sync::Arc;

use bowline_domain::Secret;
use bowline_domain::environment::{Account, Environment, EnvironmentSettings, NewEnvironment};
use bowline_domain::id::{AccountId, EnvironmentId, EnvironmentName};
use bowline_domain::scope::ScopeSet;
use bowline_domain::storage::{CreateEnvironment, StorageError};
use thiserror::Error;
use uuid::Uuid;

use super::keys::random_key;
use super::{ApiKeyError, EnvironmentSecrets};
use crate::Engine;
use crate::credential::vault::VaultError;

/// Name of the key an environment starts with.
pub(super) const DEFAULT_KEY_NAME: &str = "Default - Full access";

/// Why an environment was not made or changed.
#[derive(Debug, Error)]
pub enum EnvironmentError {
    /// The name, or a key fixed from outside, is taken.
    #[error("an environment with this name exists")]
    Taken,
    /// No such environment in this account.
    #[error("the environment does not exist")]
    NotFound,
    /// Others keep changing it.
    #[error("the environment is being changed by others; try again")]
    Busy,
    /// Its first key could not be made.
    #[error(transparent)]
    Key(#[from] ApiKeyError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// What an environment is created from.
pub struct CreateEnvironmentInput {
    /// Unique in the account.
    pub name: EnvironmentName,
    /// Whether it is marked as production.
    pub is_production: bool,
    /// Settings that are no secrets.
    pub settings: EnvironmentSettings,
    /// Signs the requests of public-key callers.
    pub hmac_key: Option<Secret>,
    /// Headers of the trace export.
    pub otlp_headers: Vec<(String, Secret)>,
    /// The first API key; random when absent.
    pub secret_key: Option<Secret>,
    /// The public key; random when absent.
    pub public_key: Option<Uuid>,
}

impl Engine {
    /// The account that owns everything on a self-hosted installation.
    pub async fn default_account(&self) -> Result<Account, StorageError> {
        self.storage.ensure_default_account(Uuid::new_v4(), "default", self.clock.now()).await
    }

    /// Makes an environment with its first API key and a webhook signing key.
    pub async fn create_environment(
        &self,
        account: AccountId,
        input: CreateEnvironmentInput,
    ) -> Result<Environment, EnvironmentError> {
        let uuid = Uuid::new_v4();
        let secret = input.secret_key.unwrap_or_else(random_key);
        let name = DEFAULT_KEY_NAME.to_owned();
        let key = self.new_api_key(uuid, account, name, ScopeSet::environment_all(), &secret)?;
        let secrets = EnvironmentSecrets {
            hmac_key: input.hmac_key,
            otlp_headers: input.otlp_headers,
            webhook_signing_keys: vec![random_key()],
        };
        let new = NewEnvironment {
            uuid,
            account_id: account,
            name: input.name,
            is_production: input.is_production,
            public_key: input.public_key.unwrap_or_else(Uuid::new_v4),
            settings: input.settings,
            secrets: secrets.seal(&self.vault, uuid)?,
            api_keys: vec![key],
            created_at: self.clock.now(),
        };
        match self.storage.create_environment(new).await? {
            CreateEnvironment::Created(environment) => Ok(environment),
            CreateEnvironment::Taken => Err(EnvironmentError::Taken),
        }
    }

    /// The account's environments, oldest first.
    pub async fn list_environments(&self, account: AccountId) -> Result<Vec<Environment>, StorageError> {
        self.storage.list_environments(account).await
    }

    /// One of the account's environments by number.
    pub async fn find_environment(
        &self,
        account: AccountId,
        id: EnvironmentId,
    ) -> Result<Option<Arc<Environment>>, StorageError> {
        let found = self.storage.find_environment(id).await?;
        Ok(found.filter(|environment| environment.account_id == account).map(Arc::new))
    }

    /// One of the account's environments by public id.
    pub async fn find_environment_by_uuid(
        &self,
        account: AccountId,
        uuid: Uuid,
    ) -> Result<Option<Arc<Environment>>, StorageError> {
        let found = self.storage.find_environment_by_uuid(uuid).await?;
        Ok(found.filter(|environment| environment.account_id == account).map(Arc::new))
    }

    /// Deletes an environment with all that is in it; false when there is none.
    pub async fn delete_environment(
        &self,
        account: AccountId,
        id: EnvironmentId,
    ) -> Result<bool, StorageError> {
        let found = self.storage.find_environment(id).await?.filter(|found| found.account_id == account);
        if let Some(environment) = found {
            self.release_connections(&environment, None).await?;
        }
        let deleted = self.storage.delete_environment(account, id, self.clock.now()).await?;
        self.access.forget_all();
        Ok(deleted)
    }

    /// Replaces the webhook signing key and gives the new one.
    pub async fn rotate_webhook_signing_key(&self, id: EnvironmentId) -> Result<Secret, EnvironmentError> {
        for _ in 0..5 {
            let environment = self.storage.find_environment(id).await?.ok_or(EnvironmentError::NotFound)?;
            let mut secrets = EnvironmentSecrets::open(&self.vault, &environment)?;
            let key = random_key();
            secrets.webhook_signing_keys = vec![key.clone()];
            let sealed = secrets.seal(&self.vault, environment.uuid)?;
            if self.storage.replace_environment_secrets(id, &environment.secrets, sealed).await? {
                self.access.forget_all();
                return Ok(key);
            }
        }
        Err(EnvironmentError::Busy)
    }
}
