//! Who is calling: keys become principals.
//!
//! A key is looked up by its digest; its text is neither stored nor logged. Principals are kept for
//! [`PRINCIPAL_FRESH`], so that a busy key costs one query a second and not one a request. A key that this
//! node deletes is refused at once ([`Access::forget_all`]); one deleted through another node within that
//! second.

mod bearer;
mod last_used;
mod principals;

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::Clock;
use bowline_domain::api_key::ApiKey;
use bowline_domain::environment::Environment;
use bowline_domain::id::{AccountId, ApiKeyId, RowUid};
use bowline_domain::scope::ScopeSet;
use bowline_domain::storage::{ApiKeyStore, StorageError};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

pub use bearer::{bearer_key, key_digest};
use last_used::LastUsed;
use principals::{Known, Principals};

/// How long a principal is served from memory.
pub const PRINCIPAL_FRESH: Duration = Duration::from_secs(1);

/// Whoever holds a key.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The account whose data and rate limit it is.
    pub account_id: AccountId,
    /// The environment the key is bound to; account keys have none.
    pub environment: Option<Arc<Environment>>,
    /// The key's number.
    pub key_id: ApiKeyId,
    /// The key's public id.
    pub key_uid: RowUid,
    /// The key's name, for audit entries.
    pub key_name: String,
    /// What it may do.
    pub scopes: ScopeSet,
}

impl Principal {
    fn new(key: ApiKey, environment: Option<Environment>) -> Self {
        Self {
            account_id: key.account_id,
            environment: environment.map(Arc::new),
            key_id: key.id,
            key_uid: key.uid,
            key_name: key.display_name,
            scopes: key.scopes,
        }
    }
}

/// Why a caller is not let in.
#[derive(Debug, Error)]
pub enum AuthenticateError {
    /// The text is not a UUID v4.
    #[error("not a key")]
    BadFormat,
    /// No live key has this text.
    #[error("unknown key")]
    Unknown,
    /// The lookup itself failed.
    #[error("could not look up a key")]
    Storage(#[from] StorageError),
}

/// Turns keys into principals.
pub struct Access {
    keys: Arc<dyn ApiKeyStore>,
    clock: Arc<dyn Clock>,
    principals: Principals,
    last_used: LastUsed,
}

impl Access {
    /// Looks keys up in `keys`.
    pub fn new(keys: Arc<dyn ApiKeyStore>, clock: Arc<dyn Clock>) -> Self {
        Self { keys, clock, principals: Principals::default(), last_used: LastUsed::default() }
    }

    /// The principal of a key, given the value of an `Authorization` header.
    pub async fn authenticate(&self, bearer: &str) -> Result<Arc<Principal>, AuthenticateError> {
        let digest = key_digest(bearer_key(bearer)).ok_or(AuthenticateError::BadFormat)?;
        let now = self.clock.now();
        if let Some(known) = self.principals.find_fresh(&digest, now) {
            self.last_used.note(&known, now);
            return Ok(Arc::clone(&known.principal));
        }
        let epoch = self.principals.epoch();
        let found = self.keys.find_api_key(&digest).await?;
        let (key, environment) = found.ok_or(AuthenticateError::Unknown)?;
        let last_used_at = key.last_used_at;
        let known = Arc::new(Known::new(Principal::new(key, environment), last_used_at, now));
        self.last_used.note(&known, now);
        self.principals.keep(digest, Arc::clone(&known), epoch);
        Ok(Arc::clone(&known.principal))
    }

    /// Drops every principal held in memory; call it after a key or an environment was changed or deleted.
    pub fn forget_all(&self) {
        self.principals.clear();
    }

    /// Writes the last-used notes gathered since the last call.
    pub async fn flush_last_used(&self) {
        let uses = self.last_used.take();
        if uses.is_empty() {
            return;
        }
        if let Err(error) = self.keys.touch_api_keys(&uses).await {
            tracing::warn!(?error, keys = uses.len(), "could not note when keys were last used");
        }
    }

    /// Writes last-used notes in batches until `shutdown`, and then once more.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(last_used::FLUSH_EVERY);
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            self.flush_last_used().await;
        }
        self.flush_last_used().await;
    }
}
