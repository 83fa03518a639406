//! The caches of the three lookups that are on the path of every request.
//!
//! A query through the driver costs a hop to a thread and back, several times what the rest of a request may
//! cost. Only the server caches: it holds the directory's lock, so it is the only one that writes all day. A
//! command beside it may still write (a key, a variable); the writer task looks for that twice a second while
//! there is anything cached, and forgets everything. A command's writes are therefore seen after at most
//! half a second, the server's own at once.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::api_key::{ApiKey, KeyDigest};
use bowline_domain::connection::{Connection, EndUser};
use bowline_domain::environment::Environment;
use bowline_domain::id::{ApiKeyId, ConnectionId, ConnectionKey, EnvironmentId, IntegrationKey};
use bowline_domain::integration::Integration;
use tokio::sync::Notify;

use crate::cache::{Cache, Cached};

const CONNECTIONS_BYTES_MAX: usize = 32 << 20;
const INTEGRATIONS_BYTES_MAX: usize = 4 << 20;
const API_KEYS_BYTES_MAX: usize = 4 << 20;
/// What a row weighs beside its texts: the structs, the keys and the maps' places.
const ROW_BYTES: usize = 1_024;

pub(crate) type ConnectionAddress = (EnvironmentId, IntegrationKey, ConnectionKey);
pub(crate) type IntegrationAddress = (EnvironmentId, IntegrationKey);

/// An API key with its environment, as a request needs it.
pub(crate) type Caller = (ApiKey, Option<Environment>);

/// Which cached rows a write changes. A new row changes none, as absence is not cached.
#[derive(Default)]
pub(crate) struct Touched {
    /// Rare writes (integrations, keys, environments) do not say more than that.
    pub everything: bool,
    /// Connections with new content.
    pub connections: Vec<ConnectionId>,
    /// Connections whose last fetch is at least this.
    pub fetched: Vec<(ConnectionId, Timestamp)>,
    /// Keys whose last use is at least this.
    pub used: Vec<(ApiKeyId, Timestamp)>,
}

impl Touched {
    /// Adds what another job changes.
    pub fn add(&mut self, other: Self) {
        self.everything |= other.everything;
        self.connections.extend(other.connections);
        self.fetched.extend(other.fetched);
        self.used.extend(other.used);
    }
}

pub(crate) struct Caches {
    pub connections: Cache<ConnectionAddress, Arc<Connection>>,
    pub integrations: Cache<IntegrationAddress, Arc<Integration>>,
    pub api_keys: Cache<KeyDigest, Arc<Caller>>,
    filled: Notify,
}

impl Caches {
    /// `enabled` for the server, which alone keeps rows.
    pub fn new(enabled: bool) -> Self {
        let bytes = |max| if enabled { max } else { 0 };
        Self {
            connections: Cache::new(bytes(CONNECTIONS_BYTES_MAX)),
            integrations: Cache::new(bytes(INTEGRATIONS_BYTES_MAX)),
            api_keys: Cache::new(bytes(API_KEYS_BYTES_MAX)),
            filled: Notify::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.connections.is_empty() && self.integrations.is_empty() && self.api_keys.is_empty()
    }

    /// To be called after an insertion, so that the writer starts to look for writes of others.
    pub fn note_filled(&self) {
        self.filled.notify_one();
    }

    /// Waits until something is cached and then for `span` longer.
    pub async fn time_to_look(&self, span: Duration) {
        while self.is_empty() {
            self.filled.notified().await;
        }
        tokio::time::sleep(span).await;
    }

    /// A transaction is about to commit.
    pub fn begin(&self, touched: Touched) -> Touched {
        let connections: Vec<i64> = touched.connections.iter().map(|id| id.0).collect();
        self.connections.begin_write(&connections, touched.everything);
        self.integrations.begin_write(&[], touched.everything);
        self.api_keys.begin_write(&[], touched.everything);
        touched
    }

    /// The transaction is over.
    pub fn end(&self, touched: Touched, committed: bool) {
        if committed {
            for &(id, at) in &touched.fetched {
                self.connections.patch(id.0, |row| raise(&mut Arc::make_mut(row).last_fetched_at, at));
            }
            for &(id, at) in &touched.used {
                self.api_keys.patch(id.0, |row| raise(&mut Arc::make_mut(row).0.last_used_at, at));
            }
        }
        self.connections.end_write();
        self.integrations.end_write();
        self.api_keys.end_write();
    }

    /// Forgets everything for good: a closed storage must answer with errors, not from memory.
    pub fn switch_off(&self) {
        self.connections.switch_off();
        self.integrations.switch_off();
        self.api_keys.switch_off();
    }

    pub fn clear(&self) {
        self.connections.clear();
        self.integrations.clear();
        self.api_keys.clear();
    }
}

fn raise(noted: &mut Option<Timestamp>, at: Timestamp) {
    *noted = (*noted).max(Some(at));
}

impl Cached for Arc<Connection> {
    fn row_id(&self) -> i64 {
        self.id.0
    }

    fn weight(&self) -> usize {
        let metadata = self.metadata.as_ref().map_or(0, |object| object.iter().map(member_weight).sum());
        let tags: usize = self.tags.iter().map(|(key, value)| key.len() + value.len()).sum();
        let end_user = self.end_user.as_ref().map_or(0, end_user_weight);
        let webhook = self.webhook_url_override.as_ref().map_or(0, String::len);
        ROW_BYTES + self.credentials.0.len() + self.config.0.len() + metadata + tags + end_user + webhook
    }
}

impl Cached for Arc<Integration> {
    fn row_id(&self) -> i64 {
        self.id.0
    }

    fn weight(&self) -> usize {
        ROW_BYTES + self.credentials.0.len()
    }
}

impl Cached for Arc<Caller> {
    fn row_id(&self) -> i64 {
        self.0.id.0
    }

    fn weight(&self) -> usize {
        let environment = self.1.as_ref().map_or(0, |environment| environment.secrets.0.len());
        ROW_BYTES + self.0.secret.0.len() + environment
    }
}

/// Its other texts are short.
fn end_user_weight(end_user: &EndUser) -> usize {
    end_user.id.len() + end_user.email.as_ref().map_or(0, String::len)
}

fn member_weight((key, value): (&String, &serde_json::Value)) -> usize {
    key.len() + value_weight(value)
}

fn value_weight(value: &serde_json::Value) -> usize {
    use serde_json::Value;
    let own = size_of::<Value>();
    own + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(value_weight).sum(),
        Value::Object(object) => object.iter().map(member_weight).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use bowline_domain::SealedBytes;
    use bowline_domain::connection::RefreshState;
    use bowline_domain::id::{IntegrationId, ProviderName, RowUid};
    use bowline_domain::tags::Tags;
    use uuid::Uuid;

    use super::*;

    fn connection() -> Connection {
        Connection {
            id: ConnectionId(1),
            uid: RowUid(Uuid::nil()),
            environment_id: EnvironmentId(1),
            integration_id: IntegrationId(1),
            integration_key: IntegrationKey::from_stored("i".to_owned()),
            provider: ProviderName::from_stored("p".to_owned()),
            key: ConnectionKey::from_stored("c".to_owned()),
            credentials: SealedBytes(Vec::new()),
            credentials_version: 1,
            credentials_expire_at: None,
            config: SealedBytes(Vec::new()),
            metadata: None,
            tags: Tags::default(),
            end_user: None,
            webhook_url_override: None,
            refresh: RefreshState::default(),
            last_fetched_at: None,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
        }
    }

    #[test]
    fn every_text_of_a_caller_without_a_bound_counts_as_weight() {
        let long = "x".repeat(100_000);
        let user =
            EndUser { id: "u".to_owned(), email: None, display_name: None, tags: None, organization: None };
        let heavy = [
            Connection { webhook_url_override: Some(long.clone()), ..connection() },
            Connection { end_user: Some(EndUser { email: Some(long.clone()), ..user }), ..connection() },
            Connection { config: SealedBytes(long.into_bytes()), ..connection() },
        ];
        for connection in heavy {
            assert!(Arc::new(connection).weight() > 100_000);
        }
    }
}
