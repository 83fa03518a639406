//! Functions on the wire: deployment (spec `deploy.md` §4) and description (spec `functions.md` §4).

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Body of `POST /sync/deploy` and `POST /sync/deploy/confirmation` (for documentation; the server validates field by
/// field, and lets unknown fields pass).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployFunctionsRequest {
    /// Syncs and actions.
    pub flow_configs: Vec<DeployFunction>,
    /// Functions of events; absent leaves those alone.
    #[schema(nullable = false)]
    pub on_event_scripts_by_provider: Option<Vec<DeployEventFunctions>>,
    /// Whether functions that are not in the list are deleted.
    pub reconcile: bool,
    /// What the list speaks for: `all`, `integration` or `single`.
    #[schema(nullable = false)]
    pub deploy_mode: Option<String>,
    /// The SDK it was compiled with, such as `0.71.10-zero`.
    #[schema(nullable = false)]
    pub sdk_version: Option<String>,
    /// `repo` or `standalone`.
    #[schema(nullable = false)]
    pub source: Option<String>,
    /// One JSON Schema for all functions, from older clients.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub json_schema: Option<Value>,
}

/// A sync or an action to be deployed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeployFunction {
    /// `sync` or `action`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    #[serde(rename = "syncName")]
    pub sync_name: String,
    /// Its integration.
    #[serde(rename = "providerConfigKey")]
    pub provider_config_key: String,
    /// Models that a sync writes, or the one that an action returns.
    pub models: Vec<String>,
    /// The model of its input.
    #[schema(nullable = false)]
    pub input: Option<String>,
    /// Its version; empty for the next one.
    #[schema(nullable = false)]
    pub version: Option<String>,
    /// How often a sync runs, such as `every hour`.
    pub runs: Option<String>,
    /// Whether a sync starts with its connection.
    #[schema(nullable = false)]
    pub auto_start: Option<bool>,
    /// Code and source.
    #[serde(rename = "fileBody")]
    pub file_body: FileBody,
    /// JSON Schema whose `definitions` hold its models and input.
    #[schema(value_type = Option<Object>, nullable = false)]
    pub models_json_schema: Option<Value>,
    /// Everything else: `sync_type`, `track_deletes`, `endpoints`, `metadata`, `webhookSubscriptions`, `features`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A function's texts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FileBody {
    /// What runs: one CommonJS file.
    pub js: String,
    /// What it was made from.
    pub ts: String,
}

/// Functions of events to be deployed for one integration.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployEventFunctions {
    /// The integration.
    pub provider_config_key: String,
    /// Its functions.
    pub scripts: Vec<DeployEventFunction>,
}

/// A function of an event to be deployed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployEventFunction {
    /// Its name.
    pub name: String,
    /// `post-connection-creation`, `pre-connection-deletion` or `validate-connection`.
    pub event: String,
    /// Code and source.
    pub file_body: FileBody,
}

/// A function that was deployed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeployedFunctionResponse {
    /// Its name.
    pub name: String,
    /// Its models.
    pub models: Vec<String>,
    /// Its version.
    pub version: String,
    /// Its integration.
    #[serde(rename = "providerConfigKey")]
    pub provider_config_key: String,
    /// `sync`, `action` or `on-event`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// What a deployment would do. All ten lists are always there.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployConfirmationResponse {
    /// Syncs that are not there yet.
    pub new_syncs: Vec<ConfirmedSync>,
    /// Syncs that are there.
    pub updated_syncs: Vec<ConfirmedSync>,
    /// Syncs that would go.
    pub deleted_syncs: Vec<ConfirmedSync>,
    /// Actions that are not there yet.
    pub new_actions: Vec<ConfirmedAction>,
    /// Actions that are there.
    pub updated_actions: Vec<ConfirmedAction>,
    /// Actions that would go.
    pub deleted_actions: Vec<ConfirmedAction>,
    /// Models that nobody would write any more.
    pub deleted_models: Vec<String>,
    /// Functions of events that are not there yet.
    pub new_on_event_scripts: Vec<ConfirmedEventFunction>,
    /// Functions of events that are there.
    pub updated_on_event_scripts: Vec<ConfirmedEventFunction>,
    /// Functions of events that would go.
    pub deleted_on_event_scripts: Vec<ConfirmedEventFunction>,
}

/// A sync in a confirmation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConfirmedSync {
    /// Its name.
    pub name: String,
    /// Its integration.
    #[serde(rename = "providerConfigKey")]
    pub provider_config_key: String,
    /// How many connections the integration has.
    pub connections: u64,
    /// Whether it starts with its connection.
    pub auto_start: bool,
}

/// An action in a confirmation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmedAction {
    /// Its name.
    pub name: String,
    /// Its integration.
    pub provider_config_key: String,
}

/// A function of an event in a confirmation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmedEventFunction {
    /// Its integration.
    pub provider_config_key: String,
    /// Its name.
    pub name: String,
    /// Its event.
    pub event: String,
}

/// A deployed function. Which fields there are depends on its type.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FunctionResponse {
    /// The number of the version.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// `sync`, `action` or `on-event`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<&'static str>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Scopes of the provider that it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// The model of its input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Its models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returns: Option<Vec<String>>,
    /// JSON Schema of its models and input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json_schema: Option<Option<Value>>,
    /// How often it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<Option<String>>,
    /// Whether it starts with its connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_start: Option<bool>,
    /// Whether records that a run did not see are deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track_deletes: Option<bool>,
    /// Its version.
    pub version: String,
    /// Whether it may run.
    pub enabled: bool,
    /// ISO 8601.
    pub last_deployed: String,
    /// `repo`, `standalone` or `catalog`.
    pub source: &'static str,
}

/// A page of functions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FunctionListResponse {
    /// The functions.
    pub data: Vec<FunctionResponse>,
    /// Where in the whole list they stand.
    pub pagination: Pagination,
}

/// Where a page stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Pagination {
    /// How many there are in all.
    pub total: u64,
    /// Which page this is, from 0.
    pub page: u64,
    /// How many a page has at most.
    pub limit: u32,
}

/// A function's source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FunctionCodeResponse {
    /// `sync`, `action` or `on-event`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// TypeScript.
    pub code: String,
}

/// A kept version of a function.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FunctionVersionResponse {
    /// The number of the version.
    pub id: i64,
    /// Its name.
    pub version: String,
    /// Whether it is the one that runs.
    pub active: bool,
    /// `repo`, `standalone` or `catalog`.
    pub source: &'static str,
    /// The SDK it was compiled with.
    pub sdk_version: Option<String>,
    /// ISO 8601: when it was first deployed.
    pub created_at: String,
    /// ISO 8601: when it was last deployed or gone back to.
    pub last_deployed: String,
}

/// Body of `POST /integrations/{uniqueKey}/functions/{name}/rollback`: which version, by `version` or by `id`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RollbackFunctionRequest {
    /// `sync`, `action` or `on-event`; may be left out where the name alone tells.
    #[serde(rename = "type")]
    #[schema(nullable = false)]
    pub kind: Option<String>,
    /// The event, where functions of several have the name.
    #[schema(nullable = false)]
    pub event: Option<String>,
    /// The newest version of this name that does not run.
    #[schema(nullable = false)]
    pub version: Option<String>,
    /// Exactly this version.
    #[schema(nullable = false)]
    pub id: Option<i64>,
}

/// Answer of `GET /scripts/config` (for documentation).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ScriptsConfigResponse {
    /// Functions by provider, in the format of the official clients.
    Groups(Vec<Value>),
    /// Actions as tools for a language model, in the format `openai`.
    Tools {
        /// The tools.
        data: Vec<Value>,
    },
}
