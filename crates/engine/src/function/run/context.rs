//! What the `nango` object of a run is made from.

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::function::{Function, FunctionKind};
use bowline_domain::id::{FunctionName, IntegrationKey};
use bowline_domain::provider::Provider;
use serde_json::{Value, json};
use uuid::Uuid;

/// The job as `runtime/js/main.js` reads it.
pub(super) fn job(
    function: &Function,
    environment: &Environment,
    connection: &Connection,
    provider: Option<&Provider>,
    run: Uuid,
    log_level: &str,
) -> Value {
    let paginate = provider
        .and_then(|provider| Some(&provider.proxy.as_ref()?.paginate))
        .filter(|rules| !rules.is_empty());
    json!({
        "name": function.name.as_str(),
        "file": file(function),
        "kind": script_type(function.kind),
        "objectStyle": is_object_style(function),
        "context": {
            "connectionId": connection.key.as_str(),
            "providerConfigKey": connection.integration_key.as_str(),
            "provider": connection.provider.as_str(),
            "environmentId": environment.id.0,
            "environmentName": environment.name.as_str(),
            "accountId": environment.account_id.0,
            "activityLogId": run,
            "nangoConnectionId": connection.id.0,
            "isCLI": false,
            "loggerLevel": log_level,
            "syncConfig": sync_config(function),
        },
        "paginate": paginate,
        "providerKnown": provider.is_some(),
    })
}

/// What stack traces call the function (spec `runtime.md` §2).
pub(super) fn file(function: &Function) -> String {
    file_of(&function.name, &function.integration_key)
}

pub(super) fn file_of(name: &FunctionName, integration: &IntegrationKey) -> String {
    format!("{name}-{integration}.cjs")
}

pub(super) fn script_type(kind: FunctionKind) -> &'static str {
    match kind {
        FunctionKind::Action => "action",
        FunctionKind::Sync => "sync",
        FunctionKind::OnEvent => "on-event",
    }
}

/// Compiled by a CLI that exports objects (spec `runtime.md` §1).
pub(super) fn is_object_style(function: &Function) -> bool {
    function.sdk_version.as_deref().is_some_and(|version| version.contains("-zero"))
}

fn sync_config(function: &Function) -> Value {
    json!({
        "id": function.id.0,
        "sync_name": function.name.as_str(),
        "type": function.kind.as_str(),
        "version": function.version,
        "models": function.definition.models,
        "input": function.definition.input,
        "runs": function.definition.runs,
        "attributes": function.definition.attributes,
    })
}
