//! The part of a project's JSON Schema that one function needs. Clients before the projects without `nango.yaml` send
//! one schema for all functions. Pure.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The definitions of these models, and of those that they refer to; fails with the first model that has none.
pub(super) fn schema_of<'a>(
    root: &Map<String, Value>,
    models: impl IntoIterator<Item = &'a str>,
) -> Result<Value, String> {
    let empty = Map::new();
    let all = root.get("definitions").and_then(Value::as_object).unwrap_or(&empty);
    let mut needed = BTreeSet::new();
    for model in models {
        if !all.contains_key(model) {
            return Err(model.to_owned());
        }
        follow(all, model, &mut needed);
    }
    let chosen = all.iter().filter(|(name, _)| needed.contains(name.as_str()));
    let definitions: Map<String, Value> =
        chosen.map(|(name, schema)| (name.clone(), schema.clone())).collect();
    Ok(json!({ "definitions": definitions }))
}

/// Adds a definition and all that it leads to.
fn follow<'a>(all: &'a Map<String, Value>, start: &'a str, needed: &mut BTreeSet<&'a str>) {
    let mut waiting = vec![start];
    while let Some(name) = waiting.pop() {
        let Some((name, schema)) = all.get_key_value(name) else { continue };
        if needed.insert(name) {
            collect_references(schema, &mut waiting);
        }
    }
}

fn collect_references<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    match schema {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            found.extend(reference.and_then(|text| text.strip_prefix("#/definitions/")));
            members.values().for_each(|member| collect_references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> Map<String, Value> {
        let root = json!({"$comment": "made by hand", "definitions": {
            "Issue": {"properties": {"user": {"$ref": "#/definitions/User"}}},
            "User": {"properties": {"friends": {"type": "array", "items": [{"$ref": "#/definitions/User"}]}}},
            "Other": {"type": "object"},
        }});
        root.as_object().unwrap().clone()
    }

    #[test]
    fn a_function_gets_its_models_and_those_they_refer_to() {
        let schema = schema_of(&root(), ["Issue"]).unwrap();
        let names: Vec<_> = schema["definitions"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["Issue", "User"]);
        assert_eq!(schema["definitions"]["User"], root()["definitions"]["User"]);
    }

    #[test]
    fn a_model_without_a_definition_is_named() {
        assert_eq!(schema_of(&root(), ["Other", "Label"]), Err("Label".to_owned()));
        assert_eq!(schema_of(&Map::new(), ["Issue"]), Err("Issue".to_owned()));
        assert_eq!(schema_of(&Map::new(), []), Ok(json!({"definitions": {}})));
    }
}
