//! How a run that did not succeed is described, everywhere in the same way.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What ended a run (functions.md §3.3). The names are the wire's error codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The function threw an `ActionError`.
    ActionScriptRuntimeError,
    /// The function threw anything else, or is not built as it should be.
    ScriptInternalError,
    /// The provider answered with a status that is an error.
    ScriptHttpError,
    /// This platform refused a call of the function for its rate.
    ScriptApiRateLimitError,
    /// The provider did not answer.
    ScriptNetworkError,
    /// The result is larger than results may be.
    ScriptOutputTooLarge,
    /// The run was stopped from outside.
    ScriptAborted,
    /// The run took longer than runs may take.
    ExecutionTimeout,
    /// The run gave way at a checkpoint; it goes on in another one.
    ExecutionInterrupted,
    /// The function used more memory than it may.
    FunctionRuntimeOutOfMemory,
    /// The function computed for longer than it may without waiting for anything.
    FunctionRuntimeTimedOut,
    /// The runner process ended under the run.
    FunctionRuntimeOther,
    /// `paginate` was called for a provider that the catalogue does not have.
    UnknownProviderTemplateInConfig,
    /// The input does not have the declared shape.
    InvalidActionInput,
    /// The output does not have the declared shape.
    InvalidActionOutput,
    /// A record does not have the declared shape.
    InvalidSyncRecord,
}

/// Why a run failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of failure it is.
    #[serde(rename = "type")]
    pub kind: FailureKind,
    /// What the function threw, or `{"message": …}`.
    #[serde(default)]
    pub payload: Value,
    /// What the provider answered, for [`FailureKind::ScriptHttpError`]: `{status, headers, body}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Box<Value>>,
}

impl Failure {
    /// A failure that only has a message.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, payload: json!({ "message": message.into() }), upstream: None }
    }

    /// The failure's message, where it has one.
    pub fn message(&self) -> Option<&str> {
        self.payload.get("message").and_then(Value::as_str)
    }
}

/// A failure as the JavaScript side reports it.
#[derive(Deserialize)]
pub(crate) struct Thrown {
    #[serde(flatten)]
    pub failure: Failure,
    /// The lines of the error's stack, as the engine wrote them.
    #[serde(default)]
    pub stack: Vec<String>,
}
