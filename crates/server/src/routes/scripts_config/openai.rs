//! Actions as tools for a language model.

use bowline_domain::function::{Function, FunctionKind};
use serde_json::{Map, Value, json};

/// Every action with its input's schema.
pub(super) fn tools(functions: &[Function]) -> Vec<Value> {
    functions.iter().filter(|function| function.kind == FunctionKind::Action).map(tool).collect()
}

fn tool(function: &Function) -> Value {
    let definition = &function.definition;
    let description = definition.description.as_deref().unwrap_or_default();
    let schema = definition.json_schema.as_ref().zip(definition.input.as_ref());
    let input = schema.map(|(schema, input)| &schema["definitions"][input]).unwrap_or(&Value::Null);
    let mut properties = input["properties"].as_object().cloned().unwrap_or_default();
    describe(&mut properties, description);
    let required = input["required"].as_array().cloned().unwrap_or_default();
    json!({
        "name": function.name.as_str(),
        "description": description,
        "parameters": { "type": "object", "properties": properties, "required": required },
    })
}

/// Lines `- name: text` of an action's description describe its input's properties.
fn describe(properties: &mut Map<String, Value>, description: &str) {
    for line in description.lines() {
        let Some((name, text)) = line.trim().strip_prefix("- ").and_then(|line| line.split_once(':')) else {
            continue;
        };
        if let Some(Value::Object(property)) = properties.get_mut(name.trim()) {
            property.insert("description".to_owned(), text.trim().into());
        }
    }
}
