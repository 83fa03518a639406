//! The environments every installation starts with, and keys fixed from outside.

use bowline_domain::Secret;
use bowline_domain::api_key::ApiKey;
use bowline_domain::environment::{Environment, EnvironmentSettings};
use bowline_domain::id::{AccountId, EnvironmentName, RowUid};
use thiserror::Error;
use uuid::Uuid;

use super::{ApiKeyError, CreateEnvironmentInput, EnvironmentError};
use crate::Engine;
use crate::access::key_digest;

/// Environments made on first start, in this order; the last one can never be deleted.
const FIRST_ENVIRONMENTS: [(&str, bool); 2] = [("dev", false), ("prod", true)];

/// Keys of one environment that are fixed from outside (`BOWLINE_SECRET_KEY_DEV` and the like).
#[derive(Clone)]
pub struct FixedKeys {
    /// The environment's name.
    pub environment: String,
    /// Its API key.
    pub secret_key: Option<Secret>,
    /// Its public key, used when the environment is made.
    pub public_key: Option<Uuid>,
}

/// An environment with its first keys in the clear, for the command line.
pub struct EnvironmentKeys {
    /// The environment.
    pub environment: Environment,
    /// Its oldest live API key.
    pub secret_key: Option<Secret>,
}

/// Why the first environments could not be set up.
#[derive(Debug, Error)]
pub enum BootstrapError {
    /// A fixed key is not a UUID v4.
    #[error("the secret key fixed for environment \"{0}\" is not a UUID v4")]
    BadKey(String),
    /// A fixed key belongs to another environment already.
    #[error("the secret key fixed for environment \"{0}\" is in use elsewhere")]
    KeyInUse(String),
    /// The environment could not be made or read.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
}

impl Engine {
    /// Makes the first environments if there are none yet, and sets keys fixed from outside.
    pub async fn bootstrap(&self, fixed: &[FixedKeys]) -> Result<(), BootstrapError> {
        let account = self.default_account().await.map_err(EnvironmentError::Storage)?.id;
        let existing = self.list_environments(account).await.map_err(EnvironmentError::Storage)?;
        // The last of the first environments cannot be deleted: where it is missing, the first start is not over,
        // on this node or on another that starts at the same time.
        let (last, _) = FIRST_ENVIRONMENTS[FIRST_ENVIRONMENTS.len() - 1];
        if !existing.iter().any(|environment| environment.name.as_str() == last) {
            for (name, is_production) in FIRST_ENVIRONMENTS {
                let keys = fixed.iter().find(|keys| keys.environment == name);
                self.create_first(account, name, is_production, keys).await?;
            }
        }
        for environment in self.list_environments(account).await.map_err(EnvironmentError::Storage)? {
            let keys = fixed.iter().find(|keys| keys.environment == environment.name.as_str());
            if let Some(secret) = keys.and_then(|keys| keys.secret_key.as_ref()) {
                self.fix_key(&environment, secret).await?;
            }
        }
        Ok(())
    }

    /// The environments with their first keys.
    pub async fn list_environment_keys(&self) -> Result<Vec<EnvironmentKeys>, EnvironmentError> {
        let account = self.default_account().await?.id;
        let mut list = Vec::new();
        for environment in self.list_environments(account).await? {
            let keys = self.list_api_keys(&environment).await?;
            let first = keys.first().map(|key| self.reveal_api_key(&environment, key)).transpose()?;
            list.push(EnvironmentKeys { environment, secret_key: first });
        }
        Ok(list)
    }

    async fn create_first(
        &self,
        account: AccountId,
        name: &str,
        is_production: bool,
        keys: Option<&FixedKeys>,
    ) -> Result<(), BootstrapError> {
        let input = CreateEnvironmentInput {
            name: EnvironmentName::from_stored(name.to_owned()),
            is_production,
            settings: EnvironmentSettings::default(),
            hmac_key: None,
            otlp_headers: Vec::new(),
            secret_key: keys.and_then(|keys| keys.secret_key.clone()),
            public_key: keys.and_then(|keys| keys.public_key),
        };
        match self.create_environment(account, input).await {
            // Another node was first: then it is there.
            Ok(_) | Err(EnvironmentError::Taken) => Ok(()),
            Err(EnvironmentError::Key(ApiKeyError::BadFormat)) => {
                Err(BootstrapError::BadKey(name.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn fix_key(&self, environment: &Environment, secret: &Secret) -> Result<(), BootstrapError> {
        let name = || environment.name.as_str().to_owned();
        let digest = key_digest(secret.expose()).ok_or_else(|| BootstrapError::BadKey(name()))?;
        let keys = self.list_api_keys(environment).await.map_err(EnvironmentError::Storage)?;
        if self.has_text(environment, keys.first(), secret) {
            return Ok(());
        }
        let uid = RowUid(Uuid::new_v4());
        let sealed = self.seal_api_key(environment.uuid, uid, secret).map_err(EnvironmentError::Key)?;
        let replaced = self.storage.replace_default_api_key(environment.id, &digest, sealed, uid).await;
        match replaced.map_err(EnvironmentError::Storage)? {
            true => Ok(()),
            // Several nodes may start at once with the same fixed key.
            false => {
                let keys = self.list_api_keys(environment).await.map_err(EnvironmentError::Storage)?;
                let is_ours = keys.iter().any(|key| self.has_text(environment, Some(key), secret));
                if is_ours { Ok(()) } else { Err(BootstrapError::KeyInUse(name())) }
            }
        }
    }

    fn has_text(&self, environment: &Environment, key: Option<&ApiKey>, secret: &Secret) -> bool {
        key.and_then(|key| self.reveal_api_key(environment, key).ok())
            .is_some_and(|text| text.expose().eq_ignore_ascii_case(secret.expose()))
    }
}
