//! Calling other functions.

use bowline_domain::id::{ConnectionKey, FunctionName, IntegrationKey};
use bowline_runtime::{HostAnswer, HostError};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::super::RunError;
use super::super::host::RunScope;
use super::internal;
use crate::function::action::{ActionCall, ActionError};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TriggerAction {
    provider_config_key: String,
    connection_id: String,
    action: String,
    input: Option<Box<RawValue>>,
}

/// Runs an action to its end and gives its output.
pub(super) async fn trigger_action(scope: &RunScope, wanted: TriggerAction) -> Result<HostAnswer, HostError> {
    let name = FunctionName::parse(&wanted.action)
        .map_err(|problem| HostError::new("not_found", format!("there is no such action: {problem}")))?;
    let integration = IntegrationKey::from_stored(wanted.provider_config_key);
    let connection = ConnectionKey::from_stored(wanted.connection_id);
    let input = wanted.input.map(|input| Box::<str>::from(input).into_string());
    let call = ActionCall { integration: &integration, connection: &connection, name: &name };
    // Boxed: an action may call an action.
    let running = Box::pin(scope.engine.trigger_action(&scope.environment, call, input));
    running.await.map(HostAnswer::json).map_err(failed)
}

fn failed(error: ActionError) -> HostError {
    let code = match &error {
        ActionError::UnknownConnection => "unknown_connection",
        ActionError::NotFound => "not_found",
        ActionError::Disabled => "disabled_resource",
        ActionError::Run(RunError::Failed(failure)) => {
            let kind = serde_json::to_value(failure.kind).unwrap_or_default();
            let code = kind.as_str().unwrap_or("script_internal_error").to_owned();
            let payload: Value = json!(failure.payload);
            return HostError { payload: Some(Box::new(payload)), ..HostError::new(code, error.to_string()) };
        }
        ActionError::Run(RunError::Refused(_)) => "too_many_runs",
        ActionError::Run(_) | ActionError::Storage(_) => return internal(error),
    };
    HostError::new(code, error.to_string())
}
