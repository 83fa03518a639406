//! Rows as the database holds them, and how they become the domain's types.

use std::sync::Arc;

use bowline_domain::api_key::ApiKey;
use bowline_domain::connection::{Connection, ConnectionSummary, RefreshState};
use bowline_domain::environment::{Account, Environment, EnvironmentVariable};
use bowline_domain::id::{
    AccountId, ApiKeyId, ConnectionId, ConnectionKey, DataKeyId, EnvironmentId, EnvironmentName,
    IntegrationId, IntegrationKey, ProviderName, RowUid,
};
use bowline_domain::integration::Integration;
use bowline_domain::scope::ScopeSet;
use bowline_domain::storage::{DueRefresh, WrappedDataKey};
use bowline_domain::ticket::Ticket;
use bowline_domain::{SealedBytes, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A value that was read but is not what was ever written.
pub(crate) fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

fn uuid(bytes: &[u8]) -> Result<Uuid, sqlx::Error> {
    Uuid::from_slice(bytes).map_err(unreadable)
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(unreadable)
}

fn from_json_option<T: DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, sqlx::Error> {
    text.map(from_json).transpose()
}

/// The JSON text of a value as it is stored.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("stored types have string keys and no failing serializers")
}

/// The JSON text of a list of grants.
pub(crate) fn scopes_to_json(scopes: &ScopeSet) -> String {
    to_json(&scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>())
}

fn time(micros: Option<i64>) -> Option<Timestamp> {
    micros.map(Timestamp::from_micros)
}

/// A row that becomes `Self::Domain`.
pub(crate) trait IntoDomain {
    /// The domain's type.
    type Domain;

    /// Fails when the row holds what was never written.
    fn into_domain(self) -> Result<Self::Domain, sqlx::Error>;
}

/// All rows of a result.
pub(crate) fn all<R: IntoDomain>(rows: Vec<R>) -> Result<Vec<R::Domain>, sqlx::Error> {
    rows.into_iter().map(R::into_domain).collect()
}

/// The row of a result, if there is one.
pub(crate) fn one<R: IntoDomain>(row: Option<R>) -> Result<Option<R::Domain>, sqlx::Error> {
    row.map(R::into_domain).transpose()
}

row! {
    pub(crate) struct AccountRow {
        id: i64,
        uuid: Vec<u8>,
        name: String,
    }
}

impl IntoDomain for AccountRow {
    type Domain = Account;

    fn into_domain(self) -> Result<Account, sqlx::Error> {
        Ok(Account { id: AccountId(self.id), uuid: uuid(&self.uuid)?, name: self.name })
    }
}

row! {
    pub(crate) struct EnvironmentRow {
        id: i64,
        uuid: Vec<u8>,
        account_id: i64,
        name: String,
        is_production: bool,
        public_key: Vec<u8>,
        settings: String,
        secrets: Vec<u8>,
        created_at: i64,
    }
}

impl IntoDomain for EnvironmentRow {
    type Domain = Environment;

    fn into_domain(self) -> Result<Environment, sqlx::Error> {
        Ok(Environment {
            id: EnvironmentId(self.id),
            uuid: uuid(&self.uuid)?,
            account_id: AccountId(self.account_id),
            name: EnvironmentName::from_stored(self.name),
            is_production: self.is_production,
            public_key: uuid(&self.public_key)?,
            settings: from_json(&self.settings)?,
            secrets: SealedBytes(self.secrets),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

row! {
    pub(crate) struct VariableRow {
        uid: Vec<u8>,
        name: String,
        value: Vec<u8>,
    }
}

impl IntoDomain for VariableRow {
    type Domain = EnvironmentVariable;

    fn into_domain(self) -> Result<EnvironmentVariable, sqlx::Error> {
        Ok(EnvironmentVariable {
            uid: RowUid(uuid(&self.uid)?),
            name: self.name,
            value: SealedBytes(self.value),
        })
    }
}

row! {
    pub(crate) struct ApiKeyRow {
        id: i64,
        uid: Vec<u8>,
        account_id: i64,
        environment_id: Option<i64>,
        display_name: String,
        scopes: String,
        secret: Vec<u8>,
        last_used_at: Option<i64>,
        created_at: i64,
    }
}

impl IntoDomain for ApiKeyRow {
    type Domain = ApiKey;

    fn into_domain(self) -> Result<ApiKey, sqlx::Error> {
        Ok(ApiKey {
            id: ApiKeyId(self.id),
            uid: RowUid(uuid(&self.uid)?),
            account_id: AccountId(self.account_id),
            environment_id: self.environment_id.map(EnvironmentId),
            display_name: self.display_name,
            scopes: ScopeSet::from_texts(from_json::<Vec<String>>(&self.scopes)?),
            secret: SealedBytes(self.secret),
            last_used_at: time(self.last_used_at),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

row! {
    pub(crate) struct DataKeyRow {
        id: u32,
        wrapped: Vec<u8>,
        created_at: i64,
    }
}

impl IntoDomain for DataKeyRow {
    type Domain = WrappedDataKey;

    fn into_domain(self) -> Result<WrappedDataKey, sqlx::Error> {
        Ok(WrappedDataKey {
            id: DataKeyId(self.id),
            wrapped: SealedBytes(self.wrapped),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

row! {
    pub(crate) struct IntegrationRow {
        id: i64,
        uid: Vec<u8>,
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

impl IntoDomain for IntegrationRow {
    type Domain = Integration;

    fn into_domain(self) -> Result<Integration, sqlx::Error> {
        Ok(Integration {
            id: IntegrationId(self.id),
            uid: RowUid(uuid(&self.uid)?),
            environment_id: EnvironmentId(self.environment_id),
            key: IntegrationKey::from_stored(self.key),
            provider: ProviderName::from_stored(self.provider),
            display_name: self.display_name,
            credentials: SealedBytes(self.credentials),
            forward_webhooks: self.forward_webhooks,
            version: self.version,
            created_at: Timestamp::from_micros(self.created_at),
            updated_at: Timestamp::from_micros(self.updated_at),
        })
    }
}

row! {
    pub(crate) struct ConnectionRow {
        id: i64,
        uid: Vec<u8>,
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

impl IntoDomain for ConnectionRow {
    type Domain = Arc<Connection>;

    fn into_domain(self) -> Result<Arc<Connection>, sqlx::Error> {
        let refresh = RefreshState {
            last_success_at: time(self.last_success_at),
            last_failure_at: time(self.last_failure_at),
            attempts: self.attempts,
            exhausted: self.exhausted,
            failure: from_json_option(self.failure.as_deref())?,
        };
        Ok(Arc::new(Connection {
            id: ConnectionId(self.id),
            uid: RowUid(uuid(&self.uid)?),
            environment_id: EnvironmentId(self.environment_id),
            integration_id: IntegrationId(self.integration_id),
            integration_key: IntegrationKey::from_stored(self.integration_key),
            provider: ProviderName::from_stored(self.provider),
            key: ConnectionKey::from_stored(self.key),
            credentials: SealedBytes(self.credentials),
            credentials_version: self.credentials_version,
            credentials_expire_at: time(self.credentials_expire_at),
            config: SealedBytes(self.config),
            metadata: from_json_option(self.metadata.as_deref())?,
            tags: from_json(&self.tags)?,
            end_user: from_json_option(self.end_user.as_deref())?,
            webhook_url_override: self.webhook_url_override,
            refresh,
            last_fetched_at: time(self.last_fetched_at),
            created_at: Timestamp::from_micros(self.created_at),
            updated_at: Timestamp::from_micros(self.updated_at),
        }))
    }
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

impl IntoDomain for SummaryRow {
    type Domain = ConnectionSummary;

    fn into_domain(self) -> Result<ConnectionSummary, sqlx::Error> {
        Ok(ConnectionSummary {
            id: ConnectionId(self.id),
            key: ConnectionKey::from_stored(self.key),
            integration_key: IntegrationKey::from_stored(self.integration_key),
            provider: ProviderName::from_stored(self.provider),
            failure: from_json_option(self.failure.as_deref())?,
            end_user: from_json_option(self.end_user.as_deref())?,
            tags: from_json(&self.tags)?,
            metadata: from_json_option(self.metadata.as_deref())?,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

row! {
    pub(crate) struct DueRow {
        environment_id: i64,
        connection_id: i64,
        credentials_expire_at: Option<i64>,
    }
}

impl IntoDomain for DueRow {
    type Domain = DueRefresh;

    fn into_domain(self) -> Result<DueRefresh, sqlx::Error> {
        Ok(DueRefresh {
            environment_id: EnvironmentId(self.environment_id),
            connection_id: ConnectionId(self.connection_id),
            expires_at: time(self.credentials_expire_at),
        })
    }
}

row! {
    pub(crate) struct TicketRow {
        uid: Vec<u8>,
        environment_id: i64,
        content: Vec<u8>,
        expires_at: i64,
        created_at: i64,
    }
}

impl IntoDomain for TicketRow {
    type Domain = Ticket;

    fn into_domain(self) -> Result<Ticket, sqlx::Error> {
        Ok(Ticket {
            uid: RowUid(uuid(&self.uid)?),
            environment_id: EnvironmentId(self.environment_id),
            content: SealedBytes(self.content),
            expires_at: Timestamp::from_micros(self.expires_at),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}
