//! The format of the official clients: what the newest ones read, and beside it what the first ones read
//! (spec `functions.md` §4.1).

use bowline_domain::function::{Function, FunctionDefinition, FunctionKind};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The functions of one provider.
#[derive(Serialize)]
pub(super) struct Group {
    /// The provider's first integration.
    #[serde(rename = "providerConfigKey")]
    provider_config_key: String,
    provider: String,
    syncs: Vec<Value>,
    actions: Vec<Value>,
    /// Always empty, as in the protocol.
    #[serde(rename = "on-events")]
    on_events: [Value; 0],
    /// Of clients up to 0.42.
    #[serde(rename = "postConnectionScripts")]
    post_connection_scripts: [Value; 0],
}

/// Groups functions, which come sorted by provider, and sorts each group by name.
pub(super) fn groups(mut functions: Vec<Function>) -> Vec<Group> {
    let keys = first_keys(&functions);
    // Stable: functions of one name stay in the order of their integrations.
    functions.sort_by(|a, b| a.provider.cmp(&b.provider).then_with(|| a.name.cmp(&b.name)));
    let mut groups: Vec<Group> = keys.into_iter().map(|(provider, key)| Group::new(provider, key)).collect();
    for function in functions.into_iter().filter(|function| function.kind != FunctionKind::OnEvent) {
        let Some(group) = groups.iter_mut().find(|group| group.provider == function.provider.as_str()) else {
            continue;
        };
        let is_sync = function.kind == FunctionKind::Sync;
        let list = if is_sync { &mut group.syncs } else { &mut group.actions };
        list.push(item(function));
    }
    groups
}

/// Each provider with its first integration that has a sync or an action.
fn first_keys(functions: &[Function]) -> Vec<(String, String)> {
    let mut keys: Vec<(String, String)> = Vec::new();
    for function in functions.iter().filter(|function| function.kind != FunctionKind::OnEvent) {
        if keys.last().is_none_or(|(provider, _)| provider != function.provider.as_str()) {
            keys.push((function.provider.to_string(), function.integration_key.to_string()));
        }
    }
    keys
}

impl Group {
    fn new(provider: String, provider_config_key: String) -> Self {
        let (syncs, actions) = (Vec::new(), Vec::new());
        Self { provider_config_key, provider, syncs, actions, on_events: [], post_connection_scripts: [] }
    }
}

fn item(function: Function) -> Value {
    let is_sync = function.kind == FunctionKind::Sync;
    let mut item = json!({
        "id": function.id.0,
        "name": function.name.as_str(),
        "type": function.kind.as_str(),
        "version": function.version,
        "source": function.source.as_str(),
        "sdk_version": function.sdk_version,
        "enabled": function.enabled,
        "last_deployed": function.deployed_at.iso_millis_z(),
        // The rest of these is for clients up to 0.42.
        "is_public": false,
        "pre_built": false,
        "nango_yaml_version": "v2",
    });
    if let Some(members) = item.as_object_mut() {
        describe(members, function.definition, is_sync);
    }
    item
}

/// Adds what a function says of itself.
fn describe(members: &mut Map<String, Value>, definition: FunctionDefinition, is_sync: bool) {
    let models: Vec<Value> =
        definition.models.iter().map(|name| model(name, definition.json_schema.as_ref())).collect();
    let mut add = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    if let Some(description) = definition.description {
        add("description", description.into());
    }
    if let Some(input) = definition.input {
        add("input", input.into());
    }
    add("returns", json!(definition.models));
    add("models", models.into());
    add("json_schema", definition.json_schema.unwrap_or(Value::Null));
    add("attributes", definition.attributes.into());
    add("scopes", json!(definition.scopes));
    add("endpoints", json!(definition.endpoints));
    add("webhookSubscriptions", json!(definition.webhook_subscriptions));
    add("features", json!(definition.features));
    match is_sync {
        true => {
            add("sync_type", json!(definition.sync_type));
            add("runs", json!(definition.runs));
            add("auto_start", definition.auto_start.into());
            add("track_deletes", definition.track_deletes.into());
        }
        // Clients up to 0.42 find an empty text here.
        false => add("runs", "".into()),
    }
}

/// A model with its fields, as far as the schema tells them in a word.
fn model(name: &str, schema: Option<&Value>) -> Value {
    let properties = schema.and_then(|schema| schema["definitions"][name]["properties"].as_object());
    let field = |(name, schema): (&String, &Value)| json!({ "name": name, "type": type_of(schema) });
    let fields: Vec<Value> = properties.into_iter().flatten().map(field).collect();
    json!({ "name": name, "fields": fields })
}

fn type_of(schema: &Value) -> String {
    let reference = schema["$ref"].as_str().and_then(|text| text.strip_prefix("#/definitions/"));
    match (&schema["type"], reference) {
        (_, Some(model)) => model.to_owned(),
        (Value::String(name), None) => name.clone(),
        (Value::Array(names), None) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        _ => "any".to_owned(),
    }
}
