//! Functions as these routes show them (spec `functions.md` §4.2).

use bowline_api::function::{FunctionResponse, FunctionVersionResponse};
use bowline_domain::function::{Function, FunctionEvent, FunctionKind};

/// A function, with the fields of its kind.
pub(super) fn function_response(function: Function) -> FunctionResponse {
    let definition = function.definition;
    let is_sync = function.kind == FunctionKind::Sync;
    let is_of_event = function.kind == FunctionKind::OnEvent;
    FunctionResponse {
        id: function.id.0,
        name: function.name.to_string(),
        kind: function.kind.as_str(),
        event: function.event.map(FunctionEvent::as_str),
        description: definition.description,
        scopes: (!definition.scopes.is_empty()).then_some(definition.scopes),
        input: definition.input,
        returns: (!is_of_event).then_some(definition.models),
        json_schema: (!is_of_event).then_some(definition.json_schema),
        runs: is_sync.then_some(definition.runs),
        auto_start: is_sync.then_some(definition.auto_start),
        track_deletes: is_sync.then_some(definition.track_deletes),
        version: function.version,
        enabled: function.enabled,
        last_deployed: function.deployed_at.iso_millis_z(),
        source: function.source.as_str(),
    }
}

/// A kept version.
pub(super) fn version_response(function: Function) -> FunctionVersionResponse {
    FunctionVersionResponse {
        id: function.id.0,
        version: function.version,
        active: function.active,
        source: function.source.as_str(),
        sdk_version: function.sdk_version,
        created_at: function.created_at.iso_millis_z(),
        last_deployed: function.deployed_at.iso_millis_z(),
    }
}
