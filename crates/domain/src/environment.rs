//! Accounts, environments and their variables.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{AccountId, EnvironmentId, EnvironmentName, RowUid};
use crate::{SealedBytes, Timestamp};

/// An account: it owns environments and has one rate limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The database's number.
    pub id: AccountId,
    /// The public id.
    pub uuid: Uuid,
    /// A name for people.
    pub name: String,
}

/// An environment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The database's number.
    pub id: EnvironmentId,
    /// The public id; ciphertexts of the environment are bound to it.
    pub uuid: Uuid,
    /// The owner.
    pub account_id: AccountId,
    /// Unique among the account's live environments.
    pub name: EnvironmentName,
    /// Whether it is marked as production.
    pub is_production: bool,
    /// The key old frontends send.
    pub public_key: Uuid,
    /// What can be read by anyone with access to the environment.
    pub settings: EnvironmentSettings,
    /// Sealed: HMAC key, trace export headers, webhook signing keys.
    pub secrets: SealedBytes,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Settings of an environment that are no secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvironmentSettings {
    /// Where OAuth providers send people back to, when not this server's own callback.
    pub callback_url: Option<String>,
    /// Whether public-key callers must sign their requests.
    pub hmac_enabled: bool,
    /// Whether alerts go to Slack.
    pub slack_notifications: bool,
    /// Where traces are exported to.
    pub otlp_endpoint: Option<String>,
    /// Which events are sent to the environment's webhook addresses.
    pub webhooks: WebhookSwitches,
}

/// Which events are sent; all on by default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookSwitches {
    /// A connection was created.
    pub auth_creation: bool,
    /// A token could not be refreshed.
    pub auth_refresh_error: bool,
    /// A sync finished.
    pub sync_completion: bool,
    /// A sync failed.
    pub sync_error: bool,
    /// An asynchronous action finished.
    pub async_action_completion: bool,
}

impl Default for WebhookSwitches {
    fn default() -> Self {
        Self {
            auth_creation: true,
            auth_refresh_error: true,
            sync_completion: true,
            sync_error: true,
            async_action_completion: true,
        }
    }
}

/// A new environment with the keys it starts with, written in one transaction.
#[derive(Debug, Clone)]
pub struct NewEnvironment {
    /// The public id.
    pub uuid: Uuid,
    /// The owner.
    pub account_id: AccountId,
    /// Unique among the account's live environments.
    pub name: EnvironmentName,
    /// Whether it is marked as production.
    pub is_production: bool,
    /// The key old frontends send.
    pub public_key: Uuid,
    /// Settings that are no secrets.
    pub settings: EnvironmentSettings,
    /// Sealed secrets.
    pub secrets: SealedBytes,
    /// Its first API keys; their `environment_id` is filled by the write.
    pub api_keys: Vec<crate::api_key::NewApiKey>,
    /// When it is made.
    pub created_at: Timestamp,
}

/// A variable that functions and SDKs can read; the value is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentVariable {
    /// The row's own id.
    pub uid: RowUid,
    /// Unique in the environment.
    pub name: String,
    /// Sealed value.
    pub value: SealedBytes,
}
