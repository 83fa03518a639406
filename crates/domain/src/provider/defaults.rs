//! Texts that the wire object must have and that files need not repeat.

use serde_json::{Map, Value};

const FORMS: [&str; 4] = ["credentials", "connection_config", "integration_config", "assertion_option"];

/// Adds the documentation path and field descriptions where the definition has none.
pub fn fill_defaults(name: &str, wire: &mut Map<String, Value>) {
    let display_name = display_name(name, wire);
    wire.entry("docs").or_insert_with(|| Value::from(docs_path(name)));
    for_each_field(wire, &mut |key, field| {
        let text = description(field_title(key, field), &display_name);
        field.entry("description").or_insert_with(|| Value::from(text));
    });
}

/// Removes what [`fill_defaults`] added, so that an alias of a filled object gets texts of its own.
pub fn strip_defaults(name: &str, wire: &mut Map<String, Value>) {
    let display_name = display_name(name, wire);
    if wire.get("docs").and_then(Value::as_str) == Some(docs_path(name).as_str()) {
        wire.shift_remove("docs");
    }
    for_each_field(wire, &mut |key, field| {
        let text = description(field_title(key, field), &display_name);
        if field.get("description").and_then(Value::as_str) == Some(text.as_str()) {
            field.shift_remove("description");
        }
    });
}

fn display_name(name: &str, wire: &Map<String, Value>) -> String {
    wire.get("display_name").and_then(Value::as_str).unwrap_or(name).to_owned()
}

fn docs_path(name: &str) -> String {
    format!("/docs/providers/{name}")
}

fn description(title: &str, display_name: &str) -> String {
    format!("{title} of your {display_name} account")
}

fn field_title<'a>(key: &'a str, field: &'a Map<String, Value>) -> &'a str {
    field.get("title").and_then(Value::as_str).filter(|title| !title.is_empty()).unwrap_or(key)
}

fn for_each_field(wire: &mut Map<String, Value>, visit: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    for form in FORMS {
        let Some(Value::Object(fields)) = wire.get_mut(form) else { continue };
        for (key, field) in fields {
            if let Value::Object(field) = field {
                visit(key, field);
            }
        }
    }
}
