//! The types a value of a definition can have, with checks that say which field is wrong.

use serde_json::{Map, Value};

use super::{
    format::FORMATS,
    problem::{Problem, Rule},
};

/// The type of one value in the layout and on the wire.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number, zero or more.
    Whole,
    /// A whole number, possibly written as text.
    Seconds,
    /// One of the listed texts.
    OneOf(&'static [&'static str]),
    /// A list of texts.
    List,
    /// A text or a list of texts.
    TextOrList,
    /// Names with texts.
    TextMap,
    /// Names with any values.
    Map,
    /// Anything.
    Any,
    /// A URL, or one per auth mode.
    TokenUrl,
    /// Form fields: names with [`FIELD_KEYS`].
    Fields,
    /// Further token calls: a list of [`STEP_KEYS`].
    Steps,
}

/// The keys of a form field.
pub const FIELD_KEYS: &[(&str, Kind)] = &[
    ("type", Kind::OneOf(&["string"])),
    ("title", Kind::Text),
    ("description", Kind::Text),
    ("example", Kind::Text),
    ("pattern", Kind::Text),
    ("format", Kind::OneOf(&FORMATS)),
    ("enum", Kind::List),
    ("optional", Kind::Flag),
    ("default_value", Kind::Text),
    ("hidden", Kind::Flag),
    ("prefix", Kind::Text),
    ("suffix", Kind::Text),
    ("order", Kind::Whole),
    ("secret", Kind::Flag),
    ("automated", Kind::Flag),
    ("doc_section", Kind::Text),
    ("warnings", Kind::TextMap),
    ("visible_when", Kind::TextMap),
];

/// The keys of a further token call.
pub const STEP_KEYS: &[(&str, Kind)] = &[
    ("token_url", Kind::Text),
    ("token_params", Kind::Map),
    ("token_headers", Kind::TextMap),
    ("token_request_method", Kind::OneOf(&["GET", "POST"])),
    ("body_format", Kind::OneOf(&["json", "form", "xml"])),
];

/// What to do with keys outside the closed set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownKeys {
    /// Our own files: a typing error must not pass.
    Refuse,
    /// Files in the reference's layout, which may be newer than we are.
    Ignore,
}

impl Kind {
    /// Adds a problem for everything in `value` that is not of this kind.
    pub fn check(self, path: &str, value: &Value, unknown: UnknownKeys, problems: &mut Vec<Problem>) {
        if let Some(expected) = self.mismatch(value) {
            let message = format!("must be {expected}, not {}", describe(value));
            problems.push(Problem::new(Rule::Type, path, message));
            return;
        }
        match (self, value) {
            (Self::Fields, Value::Object(fields)) => {
                for (name, field) in fields {
                    check_record(&format!("{path}.{name}"), field, FIELD_KEYS, unknown, problems);
                }
            }
            (Self::Steps, Value::Array(steps)) => {
                for (index, step) in steps.iter().enumerate() {
                    check_record(&format!("{path}[{index}]"), step, STEP_KEYS, unknown, problems);
                }
            }
            _ => {}
        }
    }

    /// What was expected, when `value` is something else.
    fn mismatch(self, value: &Value) -> Option<String> {
        let (matches, expected) = match self {
            Self::Text => (value.is_string(), "text"),
            Self::Flag => (value.is_boolean(), "true or false"),
            Self::Whole => (value.is_u64(), "a whole number"),
            Self::Seconds => (value.is_u64() || value.is_string(), "a whole number"),
            Self::OneOf(allowed) => {
                let matches = value.as_str().is_some_and(|text| allowed.contains(&text));
                return (!matches).then(|| format!("one of {}", allowed.join(", ")));
            }
            Self::List => (is_list(value), "a list of texts"),
            Self::TextOrList => (value.is_string() || is_list(value), "a list of texts"),
            Self::TextMap => (is_text_map(value), "a map of texts (quote numbers and true/false)"),
            Self::Map => (value.is_object(), "a map"),
            Self::Any => return None,
            Self::TokenUrl => {
                (value.is_string() || is_text_map(value), "a URL, or a map of auth mode to URL")
            }
            Self::Fields => (value.is_object(), "a map of field name to field"),
            Self::Steps => (value.is_array(), "a list of steps"),
        };
        (!matches).then(|| expected.to_owned())
    }
}

fn check_record(
    path: &str,
    value: &Value,
    keys: &[(&str, Kind)],
    unknown: UnknownKeys,
    problems: &mut Vec<Problem>,
) {
    let Value::Object(map) = value else {
        let message = format!("must be a map, not {}", describe(value));
        problems.push(Problem::new(Rule::Type, path, message));
        return;
    };
    for (key, value) in map {
        let path = format!("{path}.{key}");
        match keys.iter().find(|(name, _)| name == key) {
            Some((_, kind)) => kind.check(&path, value, unknown, problems),
            None if unknown == UnknownKeys::Refuse => {
                let known: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
                problems.push(unknown_key(&path, &known));
            }
            None => {}
        }
    }
}

/// The problem of a key outside the closed set.
pub(super) fn unknown_key(path: &str, known: &[&str]) -> Problem {
    Problem::new(Rule::UnknownKey, path, format!("unknown key (known here: {})", known.join(", ")))
}

fn is_list(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

fn is_text_map(value: &Value) -> bool {
    value.as_object().is_some_and(|map: &Map<String, Value>| map.values().all(Value::is_string))
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text `{text}`"),
        Value::Array(_) => "a list like this".to_owned(),
        Value::Object(_) => "a map like this".to_owned(),
    }
}
