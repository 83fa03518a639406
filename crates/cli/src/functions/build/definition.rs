//! What a function says about itself.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a function says about itself, as the runtime reads it. Schemas are JSON Schema, draft 7.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Definition {
    /// For people.
    pub description: Option<String>,
    /// Chosen by the author.
    pub version: Option<String>,
    /// How often a sync runs.
    pub frequency: Option<String>,
    /// Whether a sync starts with a new connection.
    pub auto_start: Option<bool>,
    /// `full` or `incremental`.
    pub sync_type: Option<String>,
    /// Whether records that are gone are found by comparison.
    pub track_deletes: Option<bool>,
    /// Where a sync's records are read, one per model.
    pub endpoints: Option<Vec<Endpoint>>,
    /// Where an action is called.
    pub endpoint: Option<Endpoint>,
    /// What a connection must have been granted.
    pub scopes: Option<Vec<String>>,
    /// When an event script runs.
    pub event: Option<String>,
    /// Which webhooks a sync takes.
    pub webhook_subscriptions: Option<Vec<String>>,
    /// A sync's records.
    pub models: Map<String, Value>,
    /// Of an action.
    pub input: Option<Value>,
    /// Of an action.
    pub output: Option<Value>,
    /// Of the connections of a sync.
    pub metadata: Option<Value>,
}

/// An address of a function in the unified API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Upper case.
    pub method: String,
    /// Begins with a slash.
    pub path: String,
    /// A heading for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}
