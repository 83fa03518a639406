//! Rows of API keys, alone and with their environment.

use bowline_domain::api_key::ApiKey;
use bowline_domain::environment::Environment;
use bowline_domain::id::{AccountId, ApiKeyId, EnvironmentId, RowUid};
use bowline_domain::scope::ScopeSet;
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use uuid::Uuid;

use crate::rows::{EnvironmentRow, from_json, to_json};

/// The columns of an [`ApiKeyRow`] from `k`.
macro_rules! api_key_columns {
    () => {
        "k.id, k.uid, k.account_id, k.environment_id, k.display_name, k.scopes, k.secret, k.last_used_at, k.created_at"
    };
}

row! {
    pub(crate) struct ApiKeyRow {
        id: i64,
        uid: Uuid,
        account_id: i64,
        environment_id: Option<i64>,
        display_name: String,
        scopes: String,
        secret: Vec<u8>,
        last_used_at: Option<i64>,
        created_at: i64,
    }
}

impl ApiKeyRow {
    pub(crate) fn into_api_key(self) -> sqlx::Result<ApiKey> {
        Ok(ApiKey {
            id: ApiKeyId(self.id),
            uid: RowUid(self.uid),
            account_id: AccountId(self.account_id),
            environment_id: self.environment_id.map(EnvironmentId),
            display_name: self.display_name,
            scopes: ScopeSet::from_texts(from_json::<Vec<String>>(&self.scopes)?),
            secret: SealedBytes(self.secret),
            last_used_at: self.last_used_at.map(Timestamp::from_micros),
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// Scopes as they are written.
pub(crate) fn scopes_json(scopes: &ScopeSet) -> sqlx::Result<String> {
    to_json(&scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>())
}

/// The columns of a [`FoundKeyRow`] from `k` (the key) and `e` (its environment).
macro_rules! found_key_columns {
    () => {
        concat!(
            $crate::api_key_rows::api_key_columns!(),
            ", e.uuid AS environment_uuid, e.account_id AS environment_account_id, e.name AS environment_name, \
             e.is_production, e.public_key, e.settings, e.secrets, e.created_at AS environment_created_at"
        )
    };
}

/// A key and, unless it is an account key, its environment.
pub(crate) struct FoundKeyRow {
    key: ApiKeyRow,
    environment: Option<EnvironmentRow>,
}

impl<'r> FromRow<'r, PgRow> for FoundKeyRow {
    fn from_row(row: &'r PgRow) -> sqlx::Result<Self> {
        let key = ApiKeyRow::from_row(row)?;
        let environment = match key.environment_id {
            None => None,
            Some(id) => Some(EnvironmentRow {
                id,
                uuid: row.try_get("environment_uuid")?,
                account_id: row.try_get("environment_account_id")?,
                name: row.try_get("environment_name")?,
                is_production: row.try_get("is_production")?,
                public_key: row.try_get("public_key")?,
                settings: row.try_get("settings")?,
                secrets: row.try_get("secrets")?,
                created_at: row.try_get("environment_created_at")?,
            }),
        };
        Ok(Self { key, environment })
    }
}

impl FoundKeyRow {
    pub(crate) fn into_found(self) -> sqlx::Result<(ApiKey, Option<Environment>)> {
        let environment = self.environment.map(EnvironmentRow::into_environment).transpose()?;
        Ok((self.key.into_api_key()?, environment))
    }
}

pub(crate) use {api_key_columns, found_key_columns};
