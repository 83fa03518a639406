//! Form fields: what the user is asked for, and which answers are acceptable.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{
    api::is_false,
    format::{self, FormatError},
    pattern::Pattern,
};

/// Values longer than this are refused before a pattern or format sees them.
pub const CHECKED_CHARS_MAX: usize = 16_384;

/// One field of a credentials, connection, integration or assertion form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldSchema {
    /// Always `string`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The label; empty for fields nobody sees.
    pub title: String,
    /// Help text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A sample value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// ECMAScript regular expression, not anchored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// `hostname`, `uri`, `uuid` or `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The only acceptable values; empty when any is.
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// The field may stay empty.
    #[serde(skip_serializing_if = "is_false")]
    pub optional: bool,
    /// Value used when none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value: Option<String>,
    /// Not shown.
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Shown before the input; not part of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Shown after the input; not part of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Position in the form; connection fields below 100 come before the credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<i64>,
    /// Masked in forms and answers.
    #[serde(skip_serializing_if = "is_false")]
    pub secret: bool,
    /// Filled by the server, never asked.
    #[serde(skip_serializing_if = "is_false")]
    pub automated: bool,
    /// Anchor in the page `docs_connect`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc_section: Option<String>,
    /// Warning per chosen value.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub warnings: IndexMap<String, String>,
    /// The field exists only while another one has a given value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_when: Option<VisibleWhen>,
}

impl Default for FieldSchema {
    fn default() -> Self {
        Self {
            kind: "string".to_owned(),
            title: String::new(),
            description: None,
            example: None,
            pattern: None,
            format: None,
            allowed: Vec::new(),
            optional: false,
            default_value: None,
            hidden: false,
            prefix: None,
            suffix: None,
            order: None,
            secret: false,
            automated: false,
            doc_section: None,
            warnings: IndexMap::new(),
            visible_when: None,
        }
    }
}

/// The condition under which a field exists.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VisibleWhen {
    /// The controlling field.
    pub field: String,
    /// The value it must have.
    pub equals: String,
}

/// Why a value is not acceptable. Messages never repeat the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// Too long to be checked safely.
    #[error("is too long")]
    TooLong,
    /// Not one of the listed values.
    #[error("must be one of: {}", .0.join(", "))]
    NotListed(Vec<String>),
    /// Does not match the pattern.
    #[error("does not match the expected pattern {0}")]
    Pattern(String),
    /// Does not have the format.
    #[error("{0}")]
    Format(#[from] FormatError),
}

impl FieldSchema {
    /// Judges a non-empty value against list, format and pattern.
    ///
    /// A pattern that does not compile judges nothing: clients ignore it, too, and validation lets none in
    /// that is not a named exception. Whether an empty value is acceptable (`optional`, `default_value`) is
    /// the caller's question.
    pub fn check(&self, value: &str) -> Result<(), FieldProblem> {
        let is_free = self.pattern.is_none() && self.format.is_none() && self.allowed.is_empty();
        if is_free {
            return Ok(());
        }
        if value.chars().count() > CHECKED_CHARS_MAX {
            return Err(FieldProblem::TooLong);
        }
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| allowed == value) {
            return Err(FieldProblem::NotListed(self.allowed.clone()));
        }
        if let Some(verdict) = self.format.as_deref().and_then(|name| format::check(name, value)) {
            verdict?;
        }
        self.check_pattern(value)
    }

    fn check_pattern(&self, value: &str) -> Result<(), FieldProblem> {
        let Some(text) = &self.pattern else { return Ok(()) };
        let Ok(pattern) = Pattern::new(text) else { return Ok(()) };
        if value.chars().count() > pattern.chars_max() {
            return Err(FieldProblem::TooLong);
        }
        if pattern.is_match(value) { Ok(()) } else { Err(FieldProblem::Pattern(text.clone())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(json: serde_json::Value) -> FieldSchema {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_field_without_rules_takes_anything() {
        let field = field(serde_json::json!({ "title": "Private key" }));
        assert_eq!(field.check(&"line\n".repeat(1_000)), Ok(()));
    }

    #[test]
    fn long_input_is_refused_before_any_pattern_sees_it() {
        let field = field(serde_json::json!({ "pattern": "^a+$" }));
        assert_eq!(field.check(&"a".repeat(CHECKED_CHARS_MAX)), Ok(()));
        assert_eq!(field.check(&"a".repeat(CHECKED_CHARS_MAX + 1)), Err(FieldProblem::TooLong));
    }

    #[test]
    fn only_listed_values_pass_where_there_is_a_list() {
        let field = field(serde_json::json!({ "enum": ["eu", "us"] }));
        assert_eq!(field.check("eu"), Ok(()));
        assert_eq!(field.check("EU").unwrap_err().to_string(), "must be one of: eu, us");
    }

    #[test]
    fn format_and_pattern_must_both_hold() {
        let field = field(serde_json::json!({ "format": "hostname", "pattern": "\\.example\\.com$" }));
        assert_eq!(field.check("a.example.com"), Ok(()));
        assert!(matches!(field.check("a.example.org"), Err(FieldProblem::Pattern(_))));
        assert!(matches!(field.check("evil.org/.example.com"), Err(FieldProblem::Format(_))));
    }

    #[test]
    fn messages_never_repeat_the_value() {
        let field = field(serde_json::json!({ "pattern": "^key_", "secret": true }));
        assert!(!field.check("hunter2").unwrap_err().to_string().contains("hunter2"));
    }
}
