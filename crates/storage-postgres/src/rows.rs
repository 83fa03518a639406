//! Rows as the database returns them, and how they become entities.

use std::sync::Arc;

use bowline_domain::connection::{Connection, ConnectionSummary, EndUser, RefreshState};
use bowline_domain::environment::{Account, Environment, EnvironmentVariable};
use bowline_domain::id::{
    AccountId, ConnectionId, ConnectionKey, EnvironmentId, EnvironmentName, IntegrationId, IntegrationKey,
    ProviderName, RowUid,
};
use bowline_domain::integration::Integration;
use bowline_domain::tags::Tags;
use bowline_domain::{SealedBytes, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Reads a JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> sqlx::Result<T> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Writes a JSON column.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn optional_json<T: DeserializeOwned>(text: Option<&str>) -> sqlx::Result<Option<T>> {
    text.map(from_json).transpose()
}

fn read_tags(text: &str) -> sqlx::Result<Tags> {
    if text == "{}" { Ok(Tags::default()) } else { from_json(text) }
}

fn moment(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

/// The columns of an [`AccountRow`].
macro_rules! account_columns {
    () => {
        "id, uuid, name"
    };
}

row! {
    pub(crate) struct AccountRow {
        id: i64,
        uuid: Uuid,
        name: String,
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self { id: AccountId(row.id), uuid: row.uuid, name: row.name }
    }
}

/// The columns of an [`EnvironmentRow`].
macro_rules! environment_columns {
    () => {
        "id, uuid, account_id, name, is_production, public_key, settings, secrets, created_at"
    };
}

row! {
    pub(crate) struct EnvironmentRow {
        pub(crate) id: i64,
        pub(crate) uuid: Uuid,
        pub(crate) account_id: i64,
        pub(crate) name: String,
        pub(crate) is_production: bool,
        pub(crate) public_key: Uuid,
        pub(crate) settings: String,
        pub(crate) secrets: Vec<u8>,
        pub(crate) created_at: i64,
    }
}

impl EnvironmentRow {
    pub(crate) fn into_environment(self) -> sqlx::Result<Environment> {
        Ok(Environment {
            id: EnvironmentId(self.id),
            uuid: self.uuid,
            account_id: AccountId(self.account_id),
            name: EnvironmentName::from_stored(self.name),
            is_production: self.is_production,
            public_key: self.public_key,
            settings: from_json(&self.settings)?,
            secrets: SealedBytes(self.secrets),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

row! {
    pub(crate) struct VariableRow {
        uid: Uuid,
        name: String,
        value: Vec<u8>,
    }
}

impl From<VariableRow> for EnvironmentVariable {
    fn from(row: VariableRow) -> Self {
        Self { uid: RowUid(row.uid), name: row.name, value: SealedBytes(row.value) }
    }
}

/// The columns of an [`IntegrationRow`].
macro_rules! integration_columns {
    () => {
        "id, uid, environment_id, key, provider, display_name, credentials, forward_webhooks, version, \
         created_at, updated_at"
    };
}

row! {
    pub(crate) struct IntegrationRow {
        id: i64,
        uid: Uuid,
        environment_id: i64,
        key: String,
        provider: String,
        display_name: Option<String>,
        credentials: Vec<u8>,
        forward_webhooks: bool,
        version: i64,
        created_at: i64,
        updated_at: i64,
    }
}

impl From<IntegrationRow> for Integration {
    fn from(row: IntegrationRow) -> Self {
        Self {
            id: IntegrationId(row.id),
            uid: RowUid(row.uid),
            environment_id: EnvironmentId(row.environment_id),
            key: IntegrationKey::from_stored(row.key),
            provider: ProviderName::from_stored(row.provider),
            display_name: row.display_name,
            credentials: SealedBytes(row.credentials),
            forward_webhooks: row.forward_webhooks,
            version: row.version,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        }
    }
}

/// The columns of a [`ConnectionRow`] from `c` (the connection) and `i` (its integration).
macro_rules! connection_columns {
    () => {
        "c.id, c.uid, c.environment_id, c.integration_id, i.key AS integration_key, i.provider, c.key, \
         c.credentials, c.credentials_version, c.credentials_expire_at, c.config, c.metadata, c.tags::text AS tags, \
         c.end_user, c.webhook_url_override, c.last_success_at, c.last_failure_at, c.attempts, \
         c.exhausted, c.failure, c.last_fetched_at, c.created_at, c.updated_at"
    };
}

row! {
    pub(crate) struct ConnectionRow {
        id: i64,
        uid: Uuid,
        environment_id: i64,
        integration_id: i64,
        integration_key: String,
        provider: String,
        key: String,
        credentials: Vec<u8>,
        credentials_version: i64,
        credentials_expire_at: Option<i64>,
        config: Vec<u8>,
        metadata: Option<String>,
        tags: String,
        end_user: Option<String>,
        webhook_url_override: Option<String>,
        last_success_at: Option<i64>,
        last_failure_at: Option<i64>,
        attempts: i32,
        exhausted: bool,
        failure: Option<String>,
        last_fetched_at: Option<i64>,
        created_at: i64,
        updated_at: i64,
    }
}

impl ConnectionRow {
    pub(crate) fn into_connection(self) -> sqlx::Result<Arc<Connection>> {
        Ok(Arc::new(Connection {
            refresh: self.refresh_state()?,
            metadata: optional_json(self.metadata.as_deref())?,
            tags: read_tags(&self.tags)?,
            end_user: optional_json(self.end_user.as_deref())?,
            id: ConnectionId(self.id),
            uid: RowUid(self.uid),
            environment_id: EnvironmentId(self.environment_id),
            integration_id: IntegrationId(self.integration_id),
            integration_key: IntegrationKey::from_stored(self.integration_key),
            provider: ProviderName::from_stored(self.provider),
            key: ConnectionKey::from_stored(self.key),
            credentials: SealedBytes(self.credentials),
            credentials_version: self.credentials_version,
            credentials_expire_at: moment(self.credentials_expire_at),
            config: SealedBytes(self.config),
            webhook_url_override: self.webhook_url_override,
            last_fetched_at: moment(self.last_fetched_at),
            created_at: Timestamp::from_micros(self.created_at),
            updated_at: Timestamp::from_micros(self.updated_at),
        }))
    }

    fn refresh_state(&self) -> sqlx::Result<RefreshState> {
        Ok(RefreshState {
            last_success_at: moment(self.last_success_at),
            last_failure_at: moment(self.last_failure_at),
            attempts: self.attempts,
            exhausted: self.exhausted,
            failure: optional_json(self.failure.as_deref())?,
        })
    }
}

/// The columns of a [`SummaryRow`] from `c` (the connection) and `i` (its integration).
macro_rules! summary_columns {
    () => {
        "c.id, c.key, i.key AS integration_key, i.provider, c.failure, c.end_user, c.tags::text AS tags, \
         c.metadata, c.created_at"
    };
}

row! {
    pub(crate) struct SummaryRow {
        id: i64,
        key: String,
        integration_key: String,
        provider: String,
        failure: Option<String>,
        end_user: Option<String>,
        tags: String,
        metadata: Option<String>,
        created_at: i64,
    }
}

impl SummaryRow {
    pub(crate) fn into_summary(self) -> sqlx::Result<ConnectionSummary> {
        Ok(ConnectionSummary {
            id: ConnectionId(self.id),
            failure: optional_json(self.failure.as_deref())?,
            end_user: optional_json(self.end_user.as_deref())?,
            tags: read_tags(&self.tags)?,
            metadata: optional_json(self.metadata.as_deref())?,
            key: ConnectionKey::from_stored(self.key),
            integration_key: IntegrationKey::from_stored(self.integration_key),
            provider: ProviderName::from_stored(self.provider),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// An end user as it is written: the whole as JSON, and beside it what lists filter by.
#[derive(Default)]
pub(crate) struct EndUserColumns {
    pub(crate) json: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) organization_id: Option<String>,
}

impl EndUserColumns {
    pub(crate) fn of(end_user: Option<&EndUser>) -> sqlx::Result<Self> {
        let Some(user) = end_user else { return Ok(Self::default()) };
        Ok(Self {
            json: Some(to_json(user)?),
            id: Some(user.id.clone()),
            email: user.email.clone(),
            display_name: user.display_name.clone(),
            organization_id: user.organization.as_ref().map(|organization| organization.id.clone()),
        })
    }
}

pub(crate) use {
    account_columns, connection_columns, environment_columns, integration_columns, summary_columns,
};
