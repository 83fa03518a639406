//! Names and readings of JSON kinds.

use serde_json::Value;

/// What a value is called in messages.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Words for true in query strings and headers.
const YES: [&str; 6] = ["true", "1", "yes", "on", "y", "enabled"];
/// Words for false in query strings and headers.
const NO: [&str; 6] = ["false", "0", "no", "off", "n", "disabled"];

/// Reads a boolean from a text.
pub(super) fn bool_of_text(text: &str) -> Option<bool> {
    let is_in = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_in(&YES) {
        return Some(true);
    }
    is_in(&NO).then_some(false)
}

/// The message that lists what a boolean text may be.
pub(super) fn bool_words() -> String {
    one_of(&[YES, NO].concat())
}

/// `Invalid option: expected one of "a"|"b"`.
pub fn one_of(allowed: &[&str]) -> String {
    let quoted: Vec<String> = allowed.iter().map(|word| format!("\"{word}\"")).collect();
    format!("Invalid option: expected one of {}", quoted.join("|"))
}
