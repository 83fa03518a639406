//! A deployment as it is asked for (spec `deploy.md` §4).

use bowline_domain::function::{FunctionDefinition, FunctionEvent, FunctionKind, FunctionSource};
use bowline_domain::id::{FunctionName, IntegrationKey};
use serde_json::{Map, Value};

/// A deployment as it is asked for.
#[derive(Debug, Clone)]
pub struct DeployRequest {
    /// Syncs and actions.
    pub functions: Vec<FunctionInput>,
    /// Functions of events; `None` says nothing about them.
    pub events: Option<Vec<FunctionInput>>,
    /// What it speaks for.
    pub scope: DeployScope,
    /// Whether what it speaks for and does not bring is deleted.
    pub reconcile: bool,
    /// One JSON Schema for all, from clients that send none with each function.
    pub json_schema: Option<Map<String, Value>>,
    /// The SDK it was compiled with.
    pub sdk_version: Option<String>,
    /// Where it comes from.
    pub source: FunctionSource,
}

/// What a deployment speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployScope {
    /// The whole environment.
    Environment,
    /// The integration of its first function.
    Integration,
    /// Nothing but what it brings.
    Function,
}

/// A function to be deployed.
#[derive(Debug, Clone)]
pub struct FunctionInput {
    /// The integration it is for.
    pub integration: IntegrationKey,
    /// What makes it run.
    pub kind: FunctionKind,
    /// Its name.
    pub name: FunctionName,
    /// The event, of an event's function.
    pub event: Option<FunctionEvent>,
    /// Its version, if it names one.
    pub version: Option<String>,
    /// What runs.
    pub js: String,
    /// What it was made from.
    pub ts: String,
    /// What it says of itself.
    pub definition: FunctionDefinition,
}
