//! Rows of functions.

use bowline_domain::Timestamp;
use bowline_domain::function::{Function, FunctionEvent, FunctionKind, FunctionSource, SourceDigest};
use bowline_domain::id::{
    EnvironmentId, FunctionId, FunctionName, IntegrationId, IntegrationKey, ProviderName,
};
use bowline_domain::storage::DeployedFunction;

use crate::rows::{IntoDomain, from_json, unreadable};

/// The columns of a [`FunctionRow`] from `f` and its integration `i`.
macro_rules! function_columns {
    () => {
        "f.id, f.environment_id, f.integration_id, i.key AS integration_key, i.provider, f.kind, f.name, f.event,
         f.version, f.active, f.enabled, f.source, f.sdk_version, f.js_digest, f.ts_digest, f.definition,
         f.created_at, f.deployed_at"
    };
}

row! {
    pub(crate) struct FunctionRow {
        id: i64,
        environment_id: i64,
        integration_id: i64,
        integration_key: String,
        provider: String,
        kind: String,
        name: String,
        event: String,
        version: String,
        active: bool,
        enabled: bool,
        source: String,
        sdk_version: Option<String>,
        js_digest: Vec<u8>,
        ts_digest: Vec<u8>,
        definition: String,
        created_at: i64,
        deployed_at: i64,
    }
}

impl IntoDomain for FunctionRow {
    type Domain = Function;

    fn into_domain(self) -> Result<Function, sqlx::Error> {
        let event = match self.event.as_str() {
            "" => None,
            event => Some(word(event, FunctionEvent::parse)?),
        };
        Ok(Function {
            id: FunctionId(self.id),
            environment_id: EnvironmentId(self.environment_id),
            integration_id: IntegrationId(self.integration_id),
            integration_key: IntegrationKey::from_stored(self.integration_key),
            provider: ProviderName::from_stored(self.provider),
            kind: word(&self.kind, FunctionKind::parse)?,
            name: FunctionName::from_stored(self.name),
            event,
            version: self.version,
            active: self.active,
            enabled: self.enabled,
            source: word(&self.source, FunctionSource::parse)?,
            sdk_version: self.sdk_version,
            js_digest: digest(&self.js_digest)?,
            ts_digest: digest(&self.ts_digest)?,
            definition: from_json(&self.definition)?,
            created_at: Timestamp::from_micros(self.created_at),
            deployed_at: Timestamp::from_micros(self.deployed_at),
        })
    }
}

/// A function and the version that was written last.
pub(crate) struct DeployedRow {
    function: FunctionRow,
    newest_version: String,
}

impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for DeployedRow {
    fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> sqlx::Result<Self> {
        let newest_version = sqlx::Row::try_get(row, "newest_version")?;
        Ok(Self { function: FunctionRow::from_row(row)?, newest_version })
    }
}

impl IntoDomain for DeployedRow {
    type Domain = DeployedFunction;

    fn into_domain(self) -> Result<DeployedFunction, sqlx::Error> {
        Ok(DeployedFunction { function: self.function.into_domain()?, newest_version: self.newest_version })
    }
}

fn word<T>(name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, sqlx::Error> {
    parse(name).ok_or_else(|| sqlx::Error::Decode(format!("a function cannot be {name:?}").into()))
}

fn digest(bytes: &[u8]) -> Result<SourceDigest, sqlx::Error> {
    bytes.try_into().map(SourceDigest).map_err(unreadable)
}

pub(crate) use function_columns;
