//! Connections: one user's authorised account at a provider.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{
    ConnectionId, ConnectionKey, EnvironmentId, IntegrationId, IntegrationKey, ProviderName, RowUid,
};
use crate::metadata::Metadata;
use crate::tags::Tags;
use crate::{SealedBytes, Timestamp};

/// A connection as it is stored, with its integration's key and provider joined in.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// The database's number.
    pub id: ConnectionId,
    /// The row's own id; ciphertexts are bound to it.
    pub uid: RowUid,
    /// The environment it belongs to.
    pub environment_id: EnvironmentId,
    /// The integration it belongs to.
    pub integration_id: IntegrationId,
    /// The integration's key.
    pub integration_key: IntegrationKey,
    /// The integration's provider.
    pub provider: ProviderName,
    /// Unique among the integration's live connections.
    pub key: ConnectionKey,
    /// Sealed credentials (JSON).
    pub credentials: SealedBytes,
    /// Counts writes of the credentials; refreshes compare and set on it.
    pub credentials_version: i64,
    /// When the credentials expire, if they do.
    pub credentials_expire_at: Option<Timestamp>,
    /// Sealed connection config (JSON object).
    pub config: SealedBytes,
    /// The user's own data.
    pub metadata: Option<Metadata>,
    /// Short labels.
    pub tags: Tags,
    /// Whose account it is.
    pub end_user: Option<EndUser>,
    /// Where this connection's events go instead of the environment's addresses.
    pub webhook_url_override: Option<String>,
    /// How refreshing has gone.
    pub refresh: RefreshState,
    /// When the connection was last asked for.
    pub last_fetched_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// How refreshing a connection's credentials has gone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RefreshState {
    /// The last success since the last failure.
    pub last_success_at: Option<Timestamp>,
    /// The last failure since the last success.
    pub last_failure_at: Option<Timestamp>,
    /// On how many days in a row refreshing failed.
    pub attempts: i32,
    /// No more refreshes are tried unless forced.
    pub exhausted: bool,
    /// The active failure.
    pub failure: Option<RefreshFailure>,
}

/// Why a refresh failed, as it is stored and shown; the texts hold no secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshFailure {
    /// The error code of the wire, such as `refresh_token_external_error`.
    pub code: String,
    /// A text for people.
    pub message: String,
    /// The operation in the activity log.
    pub log_id: String,
}

/// The person or account in the user's product that a connection belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndUser {
    /// The product's own id of the person.
    pub id: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Name for people.
    pub display_name: Option<String>,
    /// The person's own tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// The organization the person belongs to.
    pub organization: Option<Organization>,
}

/// The organization an end user belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// The product's own id of the organization.
    pub id: String,
    /// Name for people.
    pub display_name: Option<String>,
}

/// What an import or an authorisation writes: a new connection, or all of an existing one but its identity.
#[derive(Debug, Clone)]
pub struct ConnectionContent {
    /// Sealed credentials.
    pub credentials: SealedBytes,
    /// When the credentials expire, if they do.
    pub credentials_expire_at: Option<Timestamp>,
    /// Sealed connection config.
    pub config: SealedBytes,
    /// The user's own data; `None` keeps what an existing connection has.
    pub metadata: Option<Metadata>,
    /// Short labels.
    pub tags: Tags,
    /// Whose account it is; `None` keeps what an existing connection has.
    pub end_user: Option<EndUser>,
    /// Where this connection's events go.
    pub webhook_url_override: Option<String>,
    /// Recorded as the last fetch, when the mode has credentials to fetch.
    pub last_fetched_at: Option<Timestamp>,
}

/// A connection to be written.
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// The row's own id, to which the content is sealed.
    pub uid: RowUid,
    /// The integration it belongs to.
    pub integration_id: IntegrationId,
    /// Unique among the integration's live connections.
    pub key: ConnectionKey,
    /// Everything else.
    pub content: ConnectionContent,
    /// When it is made.
    pub created_at: Timestamp,
}

/// A change to a connection's labels; absent fields keep their value.
#[derive(Debug, Clone, Default)]
pub struct ConnectionPatch {
    /// A new end user.
    pub end_user: Option<EndUser>,
    /// New tags in place of all old ones.
    pub tags: Option<Tags>,
    /// A new address, or `Some(None)` to clear it.
    pub webhook_url_override: Option<Option<String>>,
}

/// One line of a list of connections; credentials are never read for it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectionSummary {
    /// The database's number.
    pub id: ConnectionId,
    /// The connection's key.
    pub key: ConnectionKey,
    /// The integration's key.
    pub integration_key: IntegrationKey,
    /// The integration's provider.
    pub provider: ProviderName,
    /// The active refresh failure.
    pub failure: Option<RefreshFailure>,
    /// Whose account it is.
    pub end_user: Option<EndUser>,
    /// Short labels.
    pub tags: Tags,
    /// The user's own data.
    pub metadata: Option<Metadata>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Which connections a list shows; filters combine with AND.
#[derive(Debug, Clone, Default)]
pub struct ConnectionFilter {
    /// Exactly this key (several integrations may have one).
    pub key: Option<String>,
    /// A part of the key, the end user's name or e-mail, in any case.
    pub search: Option<String>,
    /// Exactly this end user.
    pub end_user_id: Option<String>,
    /// Exactly this organization.
    pub organization_id: Option<String>,
    /// Any of these integrations; empty means all.
    pub integration_keys: Vec<String>,
    /// All of these tags, keys in lower case.
    pub tags: Vec<(String, String)>,
    /// Most lines returned.
    pub limit: u32,
    /// Lines skipped.
    pub offset: u64,
}
