//! Form encoding of JSON, with `a[b]` names.

use serde_json::{Map, Value};

/// Nesting beyond this is left out.
const DEPTH_MAX: usize = 32;

/// The pairs of an object: members of objects become `a[b]`; a list of plain values becomes `a[]` at the top
/// and `a[b][0]` further in; nulls are left out. Clients know this from axios.
pub(super) fn pairs(object: &Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (key, value) in object {
        match value {
            Value::Array(items) if items.iter().all(is_plain) => {
                let name = format!("{key}[]");
                pairs.extend(items.iter().filter_map(|item| Some((name.clone(), text(item)?))));
            }
            value => push(&mut pairs, key.clone(), value, 0),
        }
    }
    pairs
}

/// Form-encoded pairs (`application/x-www-form-urlencoded`).
pub(super) fn encode(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The pairs of a form-encoded text.
pub(super) fn decode(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn push(pairs: &mut Vec<(String, String)>, name: String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) if depth < DEPTH_MAX => {
            for (key, member) in members {
                push(pairs, format!("{name}[{key}]"), member, depth + 1);
            }
        }
        Value::Array(items) if depth < DEPTH_MAX => {
            for (index, item) in items.iter().enumerate() {
                push(pairs, format!("{name}[{index}]"), item, depth + 1);
            }
        }
        plain => pairs.extend(text(plain).map(|text| (name, text))),
    }
}

fn is_plain(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}
