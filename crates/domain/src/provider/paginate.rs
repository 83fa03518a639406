//! What pagination rules must hold to be usable.

use serde_json::{Map, Value};

use super::problem::{Problem, Rule};

const KEYS: [&str; 11] = [
    "type",
    "limit_name_in_request",
    "response_path",
    "cursor_name_in_request",
    "cursor_path_in_response",
    "link_rel_in_response_header",
    "link_path_in_response_body",
    "offset_name_in_request",
    "offset_start_value",
    "offset_calculation_method",
    "in_body",
];

/// Checks the keys, and that those the type cannot do without are there.
pub(super) fn check(rules: &Map<String, Value>, problems: &mut Vec<Problem>) {
    let mut report = |message: String| {
        problems.push(Problem::new(Rule::Paginate, "proxy.paginate", message));
    };
    if let Some(key) = rules.keys().find(|key| !KEYS.contains(&key.as_str())) {
        report(format!("unknown key `{key}` (known here: {})", KEYS.join(", ")));
    }
    let has = |key: &str| rules.contains_key(key);
    match rules.get("type").and_then(Value::as_str) {
        Some("cursor") if !(has("cursor_name_in_request") && has("cursor_path_in_response")) => {
            report("type cursor needs cursor_name_in_request and cursor_path_in_response".to_owned());
        }
        Some("link") if !(has("link_rel_in_response_header") || has("link_path_in_response_body")) => {
            report("type link needs link_rel_in_response_header or link_path_in_response_body".to_owned());
        }
        Some("offset") if !has("offset_name_in_request") => {
            report("type offset needs offset_name_in_request".to_owned());
        }
        Some("cursor" | "link" | "offset") => {}
        _ => report("type must be cursor, link or offset".to_owned()),
    }
}
