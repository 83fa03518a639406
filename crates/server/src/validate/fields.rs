//! [`Fields`]: the fields of one group, read one by one.

use std::fmt;

use bowline_api::error::{ErrorCode, Issue, IssueCode};
use http::HeaderMap;
use serde_json::{Map, Value};

use super::Refusal;
use super::kinds::kind_of;
use crate::error::ApiError;

/// The part of a request that fields belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// The query string.
    Query,
    /// The JSON body.
    Body,
    /// Parameters of the path.
    Params,
    /// Headers.
    Headers,
}

impl Group {
    fn code(self) -> ErrorCode {
        match self {
            Self::Query => ErrorCode::InvalidQueryParams,
            Self::Body => ErrorCode::InvalidBody,
            Self::Params => ErrorCode::InvalidUriParams,
            Self::Headers => ErrorCode::InvalidHeaders,
        }
    }

    /// Whether numbers and booleans arrive as text.
    pub(super) fn is_text_only(self) -> bool {
        self != Self::Body
    }
}

/// The fields of one object, taken out by name; what is left at the end is not recognized.
#[must_use = "the issues are reported by `finish`"]
pub struct Fields {
    pub(super) group: Group,
    path: Vec<String>,
    left: Map<String, Value>,
    issues: Vec<Issue>,
    /// False when there is no object to read from; then one issue says so, and the fields say nothing.
    is_object: bool,
    is_strict: bool,
}

/// What is left to read may be credentials, and is not shown.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, issues, .. } = self;
        f.debug_struct("Fields").field("group", group).field("issues", &issues.len()).finish_non_exhaustive()
    }
}

impl Fields {
    /// The fields of a JSON body; `None` is a body that was not sent.
    pub fn body(value: Option<Value>) -> Self {
        Self::of(Group::Body, Vec::new(), value)
    }

    /// The fields of a query string that [`super::parse_query`] took apart.
    pub fn query(map: Map<String, Value>) -> Self {
        Self::of(Group::Query, Vec::new(), Some(Value::Object(map)))
    }

    /// The parameters of a path.
    pub fn params<'a>(params: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let map = params.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        Self::of(Group::Params, Vec::new(), Some(Value::Object(map)))
    }

    /// Some headers, under their lower-case names. Other headers are nobody's business.
    pub fn headers(headers: &HeaderMap, names: &[&'static str]) -> Self {
        let text = |name: &&'static str| {
            let value = headers.get(*name)?;
            Some(((*name).to_owned(), Value::from(String::from_utf8_lossy(value.as_bytes()))))
        };
        let map = names.iter().filter_map(text).collect();
        Self::of(Group::Headers, Vec::new(), Some(Value::Object(map)))
    }

    fn of(group: Group, path: Vec<String>, value: Option<Value>) -> Self {
        let mut fields =
            Self { group, path, left: Map::new(), issues: Vec::new(), is_object: true, is_strict: true };
        match value {
            Some(Value::Object(map)) => fields.left = map,
            other => {
                fields.is_object = false;
                fields.refuse_type(&[], "object", other.as_ref());
            }
        }
        fields
    }

    /// Lets unknown fields pass unread.
    pub fn lenient(mut self) -> Self {
        self.is_strict = false;
        self
    }

    /// Whether a field was sent and not yet read.
    pub fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// A field that stays where it is.
    pub(super) fn peek(&self, name: &str) -> Option<&Value> {
        self.left.get(name)
    }

    /// Takes a field out as it is.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.left.shift_remove(name)
    }

    /// Takes a required field out; its absence is an issue.
    pub(super) fn take_required(&mut self, name: &str, expected: &str) -> Option<Value> {
        let value = self.take(name);
        if value.is_none() && self.is_object {
            self.refuse_type(&[name], expected, None);
        }
        value
    }

    /// Takes fields that are empty texts for absent ones.
    pub fn drop_empty(&mut self, names: &[&str]) {
        for name in names {
            if self.peek(name).and_then(Value::as_str) == Some("") {
                self.take(name);
            }
        }
    }

    /// Takes fields that are null for absent ones.
    pub fn drop_null(&mut self, names: &[&str]) {
        for name in names {
            if self.peek(name).is_some_and(Value::is_null) {
                self.take(name);
            }
        }
    }

    /// The names of the fields not yet read.
    pub(super) fn names(&self) -> Vec<String> {
        self.left.keys().cloned().collect()
    }

    /// Accepts all fields not yet read without looking at them.
    pub fn ignore_rest(&mut self) {
        self.left.clear();
    }

    /// Accepts a field without looking at it.
    pub fn ignore(&mut self, name: &str) {
        self.take(name);
    }

    /// Adds an issue at a path below this object: a rule across fields.
    pub fn refuse(&mut self, at: &[&str], refusal: impl Into<Refusal>) {
        let Refusal { code, message } = refusal.into();
        let path =
            self.path.iter().map(String::as_str).chain(at.iter().copied()).map(str::to_owned).collect();
        self.issues.push(Issue { code, message, path });
    }

    /// Adds `Invalid input: expected …, received …`.
    pub(super) fn refuse_type(&mut self, at: &[&str], expected: &str, received: Option<&Value>) {
        let received = received.map_or("undefined", kind_of);
        let message = format!("Invalid input: expected {expected}, received {received}");
        self.refuse(at, Refusal { code: IssueCode::InvalidType, message });
    }

    /// How much was refused so far.
    pub(super) fn issue_count(&self) -> usize {
        self.issues.len()
    }

    /// Reads the object below `name` with `read`; its issues and unknown fields are reported with this one's.
    pub(super) fn nested<T>(
        &mut self,
        name: &str,
        value: Value,
        read: impl FnOnce(&mut Fields) -> T,
    ) -> Option<T> {
        self.nested_at(&[name], value, read)
    }

    /// The same for an object further below.
    pub(super) fn nested_at<T>(
        &mut self,
        at: &[&str],
        value: Value,
        read: impl FnOnce(&mut Fields) -> T,
    ) -> Option<T> {
        let path = self.path.iter().map(String::as_str).chain(at.iter().copied());
        let path = path.map(str::to_owned).collect();
        let mut inner = Self::of(self.group, path, Some(value));
        inner.is_strict = self.is_strict;
        let result = inner.is_object.then(|| read(&mut inner));
        self.issues.extend(inner.into_issues());
        result
    }

    /// Reads a union whose members are told apart by their field `type`. `read` gets the type and the fields
    /// and answers `None` when it knows no such type.
    pub fn optional_tagged<T>(
        &mut self,
        name: &str,
        message: &str,
        read: impl FnOnce(&str, &mut Fields) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(name)?;
        let tag = value.get("type").and_then(Value::as_str).map(str::to_owned);
        let issues_before = self.issues.len();
        let read_tagged = |fields: &mut Fields| {
            fields.ignore("type");
            tag.and_then(|tag| read(&tag, fields))
        };
        let result = self.nested(name, value, read_tagged);
        if let Some(None) = result {
            self.issues.truncate(issues_before);
            let message = message.to_owned();
            self.refuse(&[name, "type"], Refusal { code: IssueCode::InvalidUnion, message });
        }
        result.flatten()
    }

    fn into_issues(mut self) -> Vec<Issue> {
        if self.is_strict && !self.left.is_empty() {
            let names: Vec<String> = self.left.keys().map(|name| format!("{name:?}")).collect();
            let plural = if names.len() == 1 { "" } else { "s" };
            let message = format!("Unrecognized key{plural}: {}", names.join(", "));
            self.refuse(&[], Refusal { code: IssueCode::UnrecognizedKeys, message });
        }
        self.issues
    }

    /// Refuses the request if any field of the group was refused.
    pub fn finish(self) -> Result<(), ApiError> {
        let code = self.group.code();
        let issues = self.into_issues();
        if issues.is_empty() { Ok(()) } else { Err(ApiError::invalid(code, issues)) }
    }
}
