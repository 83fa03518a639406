//! API keys: who calls, for which environment, with which grants.

use std::fmt;

use crate::id::{AccountId, ApiKeyId, EnvironmentId, RowUid};
use crate::scope::ScopeSet;
use crate::{SealedBytes, Timestamp};

/// SHA-256 of a key; keys are looked up by it, never by their text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyDigest(pub [u8; 32]);

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("digest")
    }
}

/// A live API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The database's number.
    pub id: ApiKeyId,
    /// The row's own id, also its public uuid.
    pub uid: RowUid,
    /// The owner.
    pub account_id: AccountId,
    /// The environment it belongs to; account keys have none.
    pub environment_id: Option<EnvironmentId>,
    /// A name for people, unique among the environment's live keys.
    pub display_name: String,
    /// What it may do.
    pub scopes: ScopeSet,
    /// The key's text, sealed, so that it can be shown again.
    pub secret: SealedBytes,
    /// Last use, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An API key to be written.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// The row's own id.
    pub uid: RowUid,
    /// The owner.
    pub account_id: AccountId,
    /// The environment it belongs to; account keys have none.
    pub environment_id: Option<EnvironmentId>,
    /// Unique among the environment's live keys.
    pub display_name: String,
    /// What it may do.
    pub scopes: ScopeSet,
    /// By which the key is found.
    pub digest: KeyDigest,
    /// The key's text, sealed.
    pub secret: SealedBytes,
    /// When it is made.
    pub created_at: Timestamp,
}
