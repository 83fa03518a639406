//! What can be wrong with a provider definition, said so that its author can mend it.

use std::fmt;

/// The rule that was broken. Exceptions name a rule, so that an excused provider stays checked by the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The file is not readable as a definition at all.
    Syntax,
    /// Provider names are `[a-z0-9-]+`.
    Name,
    /// Keys come from a closed set.
    UnknownKey,
    /// A value has the wrong type or is outside its list.
    Type,
    /// A required key is absent.
    Missing,
    /// The alias target does not exist, or aliases go in a circle.
    Alias,
    /// A URL does not parse once its placeholders are filled.
    Url,
    /// `${connectionConfig.x}` where nothing ever sets `x`.
    Placeholder,
    /// `{` without `$` before it: nearly always a misspelt placeholder.
    Brace,
    /// A regular expression does not compile.
    Pattern,
    /// `retry.error_code` entries are `403`, `5xx` or `500-502`.
    RetryCode,
    /// The credentials form lacks a field its auth mode needs.
    Credentials,
    /// Verification by request and by script exclude each other.
    Verification,
    /// Pagination rules lack what their type needs.
    Paginate,
    /// A form field contradicts itself or its neighbours.
    Field,
}

impl Rule {
    /// Whether a definition that breaks this rule can still be worked with. Files in the reference's layout
    /// were never held to these rules; they are loaded, and only `lint` speaks of it.
    pub fn is_advice(self) -> bool {
        matches!(
            self,
            Self::Placeholder
                | Self::Brace
                | Self::Credentials
                | Self::Verification
                | Self::Paginate
                | Self::Field
        )
    }
}

/// One defect of one provider definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Dotted path of the field; layout path for our files, wire path for wire objects. Empty for the whole.
    pub field: String,
    /// The rule that was broken.
    pub rule: Rule,
    /// What is wrong, in words.
    pub message: String,
}

impl Problem {
    /// A problem at `field`.
    pub fn new(rule: Rule, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), rule, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.field, self.message)
    }
}
