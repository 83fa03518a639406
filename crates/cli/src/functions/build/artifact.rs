//! `.nango/nango.json`: what a deploy, and the tools around it, read of all functions.

use bowline_bundler::Kind;
use serde_json::{Map, Value, json};

use super::Function;

/// The events that scripts can be called at.
const EVENTS: [&str; 3] = ["post-connection-creation", "pre-connection-deletion", "validate-connection"];

/// One entry per integration, in the order of the index.
pub fn describe(functions: &[Function]) -> Value {
    let mut integrations: Vec<&str> = Vec::new();
    for function in functions {
        if !integrations.contains(&function.entry.integration.as_str()) {
            integrations.push(&function.entry.integration);
        }
    }
    let describe = |integration: &&str| {
        let own: Vec<&Function> =
            functions.iter().filter(|function| function.entry.integration == *integration).collect();
        let of_kind = |kind: Kind| own.iter().filter(move |function| function.bundle.kind == Some(kind));
        json!({
            "providerConfigKey": integration,
            "actions": of_kind(Kind::Action).map(|function| action(function)).collect::<Vec<_>>(),
            "syncs": of_kind(Kind::Sync).map(|function| sync(function)).collect::<Vec<_>>(),
            "onEventScripts": events(&of_kind(Kind::OnEvent).copied().collect::<Vec<_>>()),
        })
    };
    integrations.iter().map(describe).collect()
}

/// An action, as the description of all functions holds it.
pub fn action(function: &Function) -> Value {
    let definition = &function.definition;
    let input = definition.input.clone().map(|schema| (model_name("ActionInput", function), schema));
    let output = definition.output.clone().map(|schema| (model_name("ActionOutput", function), schema));
    let input_name = input.as_ref().map(|(name, _)| name.clone());
    let output_names: Vec<String> = output.iter().map(|(name, _)| name.clone()).collect();
    let definitions: Map<String, Value> = input.into_iter().chain(output).collect();
    json!({
        "type": "action",
        "description": definition.description,
        "endpoint": definition.endpoint,
        "input": input_name,
        "name": function.entry.name,
        "output": output_names,
        "scopes": definition.scopes.as_deref().unwrap_or_default(),
        "usedModels": definitions.keys().collect::<Vec<_>>(),
        "version": definition.version.as_deref().unwrap_or_default(),
        "json_schema": { "definitions": definitions },
        "features": features(function),
    })
}

/// The same of a sync.
pub fn sync(function: &Function) -> Value {
    let definition = &function.definition;
    let metadata = definition.metadata.clone().map(|schema| (model_name("SyncMetadata", function), schema));
    let input = metadata.as_ref().map(|(name, _)| name.clone());
    let mut definitions = definition.models.clone();
    definitions.extend(metadata);
    json!({
        "type": "sync",
        "description": definition.description,
        "auto_start": definition.auto_start.unwrap_or(false),
        "endpoints": definition.endpoints.as_deref().unwrap_or_default(),
        "input": input,
        "name": function.entry.name,
        "output": definition.models.keys().collect::<Vec<_>>(),
        "runs": definition.frequency,
        "scopes": definition.scopes.as_deref().unwrap_or_default(),
        "sync_type": definition.sync_type.as_deref().unwrap_or("full"),
        "track_deletes": definition.track_deletes.unwrap_or(false),
        "usedModels": definitions.keys().collect::<Vec<_>>(),
        "version": definition.version.as_deref().unwrap_or_default(),
        "webhookSubscriptions": definition.webhook_subscriptions.as_deref().unwrap_or_default(),
        "json_schema": { "definitions": definitions },
        "features": features(function),
    })
}

/// The names of scripts by event.
fn events(scripts: &[&Function]) -> Value {
    let named = |event: &&str| {
        let names = scripts.iter().filter(|script| script.definition.event.as_deref() == Some(*event));
        let names: Vec<&str> = names.map(|script| script.entry.name.as_str()).collect();
        ((*event).to_owned(), Value::from(names))
    };
    EVENTS.iter().map(named).collect::<Map<_, _>>().into()
}

/// A name for a schema that the author did not name, as the official command forms it.
fn model_name(what: &str, function: &Function) -> String {
    let is_other = |character: char| !character.is_ascii_alphanumeric();
    let integration = function.entry.integration.replace(is_other, "_");
    format!("{what}_{integration}_{}", function.entry.name.replace(is_other, ""))
}

/// What of the platform a function's code uses, as far as the platform must know it beforehand.
fn features(function: &Function) -> Vec<&'static str> {
    let js = &function.bundle.js;
    let code = js.rsplit_once("//# sourceMappingURL=").map_or(js.as_str(), |(code, _)| code);
    let uses_checkpoints = ["getCheckpoint", "saveCheckpoint", "clearCheckpoint"]
        .iter()
        .any(|method| code.contains(&format!(".{method}(")));
    if uses_checkpoints { vec!["checkpoints"] } else { Vec::new() }
}
