//! Takes secrets out of what providers say, before it is stored, logged or shown. Pure.

use serde_json::{Map, Value};

/// Of a provider's answer at most this much is shown.
const CHARS_MAX: usize = 300;
/// Shorter secrets would blot out ordinary words.
const SECRET_BYTES_MIN: usize = 4;
/// A field whose name holds one of these is not shown.
const SECRET_NAMES: [&str; 5] = ["token", "secret", "password", "assertion", "jwt"];

/// Replaces every known secret in a text, also where it is form-encoded or escaped, then cuts it to size. Never
/// the other way round: a secret at the cut would keep its first half.
pub fn scrub(text: &str, secrets: &[String]) -> String {
    let mut spellings: Vec<String> = secrets.iter().flat_map(|secret| spellings(secret)).collect();
    // A secret that begins another one must not spare its rest.
    spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
    let mut clean = text.to_owned();
    for spelling in spellings.iter().filter(|spelling| spelling.len() >= SECRET_BYTES_MIN) {
        clean = clean.replace(spelling.as_str(), "***");
    }
    clean.chars().filter(|c| !c.is_control()).take(CHARS_MAX).collect()
}

fn spellings(secret: &str) -> [String; 3] {
    let escaped = Value::from(secret).to_string();
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    [secret.to_owned(), form, escaped.trim_matches('"').to_owned()]
}

/// An object without the values of fields that are secret by their name, such as a token nobody knows yet.
pub fn without_secrets(object: &Map<String, Value>) -> Value {
    let shown = object.iter().map(|(name, value)| {
        let plain = name.to_lowercase();
        let is_secret = SECRET_NAMES.iter().any(|part| plain.contains(part));
        (name.clone(), if is_secret { "***".into() } else { shown_value(value) })
    });
    Value::Object(shown.collect())
}

fn shown_value(value: &Value) -> Value {
    match value {
        Value::Object(inner) => without_secrets(inner),
        Value::Array(items) => items.iter().map(shown_value).collect(),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_at_the_cut_is_replaced_as_a_whole() {
        let secret = "s".repeat(2_000);
        let text = format!("{}{secret}", "x".repeat(CHARS_MAX - 20));
        assert!(!scrub(&text, &[secret]).contains("ss"));
    }

    #[test]
    fn secrets_are_found_in_every_spelling_and_the_longest_first() {
        let secrets = ["rt-1".to_owned(), "rt-1+more\"".to_owned()];
        for text in ["rt-1+more\"", "token=rt-1%2Bmore%22", r#"{"t":"rt-1+more\""}"#] {
            let clean = scrub(text, &secrets);
            assert!(clean.contains("***") && !clean.contains("rt-1") && !clean.contains("more"), "{clean}");
        }
    }

    #[test]
    fn fields_named_like_secrets_are_not_shown() {
        let answer = json!({"code": 7, "data": [{"Access_Token": "at-new"}], "client_secret": "x"});
        let shown = without_secrets(answer.as_object().unwrap());
        assert_eq!(shown, json!({"code": 7, "data": [{"Access_Token": "***"}], "client_secret": "***"}));
    }
}
