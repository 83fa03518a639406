//! The JSON schema of the TOML file, for editors.

use serde_json::{Map, Value, json};

use super::describe::paragraph;
use super::section::SettingInfo;
use super::setting::Kind;
use super::{SECTIONS, keys};

/// The schema (JSON Schema 2020-12).
pub fn schema() -> Value {
    let mut sections = Map::new();
    for section in &SECTIONS {
        let mut properties = Map::new();
        for setting in section.settings {
            properties.insert(setting.key.to_owned(), property(setting));
            if setting.is_secret() {
                let about = format!("File that holds `{}`", setting.key);
                properties.insert(format!("{}_file", setting.key), text(&about));
            }
        }
        sections.insert(section.name.to_owned(), object(&paragraph(section.about), properties));
    }
    sections.insert(keys::SECTION.to_owned(), keys_section());
    let mut schema = object("Configuration of Bowline", sections);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema
}

fn property(setting: &SettingInfo) -> Value {
    let mut schema = match setting.kind {
        Kind::Text | Kind::Secret => json!({ "type": "string" }),
        Kind::Integer => json!({ "type": "integer", "minimum": 0 }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Duration => json!({ "type": "string", "pattern": "^[0-9]+ ?(ms|s|m|h|d)$" }),
        Kind::List => json!({ "type": ["array", "string"], "items": { "type": "string" } }),
        Kind::Choice(names) => json!({ "enum": names }),
        Kind::Choices(names) => json!({ "type": ["array", "string"], "items": { "enum": names } }),
    };
    schema["description"] = json!(format!("{} Variable: {}", paragraph(setting.about), setting.variable));
    if !setting.default.is_empty() {
        schema["default"] = default(setting);
    }
    schema
}

fn default(setting: &SettingInfo) -> Value {
    match setting.kind {
        Kind::Integer | Kind::Boolean => setting.default.parse().unwrap_or(Value::Null),
        _ => json!(setting.default),
    }
}

fn keys_section() -> Value {
    let mut properties = Map::new();
    for info in keys::KEYS {
        properties.insert(info.key.to_owned(), text(info.about));
        properties.insert(format!("{}_file", info.key), text(&format!("File that holds `{}`", info.key)));
    }
    json!({
        "type": "object",
        "description": "Keys fixed from outside, by environment",
        "additionalProperties": object("Keys of one environment", properties),
    })
}

fn object(description: &str, properties: Map<String, Value>) -> Value {
    json!({
        "type": "object",
        "description": description,
        "additionalProperties": false,
        "properties": properties,
    })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}
