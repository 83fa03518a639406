//! The forms errors travel in (spec §3.1).

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;

use super::ErrorCode;

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Envelope A: authentication, the legacy routes and generic failures.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ClassicError {
    /// The error.
    pub error: ClassicBody,
}

/// The inside of [`ClassicError`].
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ClassicBody {
    /// For people.
    #[schema(value_type = String)]
    pub message: Cow<'static, str>,
    /// For programs.
    #[schema(value_type = String)]
    pub code: ErrorCode,
    /// Details; always present, `{}` when there are none.
    pub payload: Value,
}

/// Envelope B, and C when it has `errors`: everything else. Its schema covers the classic form too, so routes that
/// answer in both forms (the legacy ones, whose bodies are parsed like all others) name this one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ModernError {
    /// The error.
    pub error: ModernBody,
}

/// The inside of [`ModernError`].
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ModernBody {
    /// For programs.
    #[schema(value_type = String)]
    pub code: ErrorCode,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub message: Option<Cow<'static, str>>,
    /// What is wrong with the request, one entry per problem.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Issue>,
    /// Details.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
}

/// What a failed function answers (spec `functions.md` §3.3).
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScriptError {
    /// The error.
    pub error: ScriptBody,
}

/// The inside of [`ScriptError`].
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScriptBody {
    /// For people; absent where a provider answered with an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// For programs.
    #[schema(value_type = String)]
    pub code: ErrorCode,
    /// What the function threw, or what the provider said.
    pub payload: Value,
    /// What the provider answered: `{status, headers, body}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Value>,
}

/// One problem of a request's query, body, path or headers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Issue {
    /// The kind of problem.
    pub code: IssueCode,
    /// For people.
    pub message: String,
    /// Where it is, from the outside in; empty for the whole.
    pub path: Vec<String>,
}

/// Kinds of problems (spec §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    /// Missing, or of another type.
    InvalidType,
    /// Names that mean nothing here.
    UnrecognizedKeys,
    /// Below a limit.
    TooSmall,
    /// Above a limit.
    TooBig,
    /// Not of the required form.
    InvalidFormat,
    /// Not one of the allowed values.
    InvalidValue,
    /// None of the possible forms.
    InvalidUnion,
    /// A map's key is not of the required form.
    InvalidKey,
    /// A rule across fields.
    Custom,
    /// A text that names nothing that exists.
    InvalidString,
}

impl IssueCode {
    /// The kind with this name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "invalid_type" => Self::InvalidType,
            "unrecognized_keys" => Self::UnrecognizedKeys,
            "too_small" => Self::TooSmall,
            "too_big" => Self::TooBig,
            "invalid_format" => Self::InvalidFormat,
            "invalid_value" => Self::InvalidValue,
            "invalid_union" => Self::InvalidUnion,
            "invalid_key" => Self::InvalidKey,
            "custom" => Self::Custom,
            "invalid_string" => Self::InvalidString,
            _ => return None,
        })
    }
}

/// Body of a 429.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateLimitError {
    /// The error.
    pub error: RateLimitBody,
}

/// The inside of [`RateLimitError`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateLimitBody {
    /// Always `too_many_request`.
    #[schema(value_type = String)]
    pub code: ErrorCode,
    /// The request's method.
    pub method: String,
    /// The request's path without its query.
    pub path: String,
}
