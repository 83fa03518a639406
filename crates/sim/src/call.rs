//! One request as the handlers see it.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::connection::Connection;

pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) raw_query: String,
    /// For look-ups.
    pub(crate) headers: HeaderMap,
    /// Name and value in the order and letter case in which they came.
    pub(crate) header_lines: Vec<(String, String)>,
    /// Empty for endpoints that read their body as a stream.
    pub(crate) body: Bytes,
    pub(crate) connection: Arc<Connection>,
}

impl Call {
    pub(crate) fn from_head(parts: http::request::Parts, connection: Arc<Connection>) -> Self {
        let target = parts.uri.path_and_query().map_or("*", |target| target.as_str());
        let header_lines = connection
            .take_header_lines(parts.method.as_str(), target)
            .unwrap_or_else(|| lines_of(&parts.headers));
        Self {
            path: parts.uri.path().to_owned(),
            raw_query: parts.uri.query().unwrap_or_default().to_owned(),
            method: parts.method,
            headers: parts.headers,
            header_lines,
            body: Bytes::new(),
            connection,
        }
    }

    /// The path in its parts, without the leading slash.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.trim_start_matches('/').split('/').collect()
    }

    pub(crate) fn query(&self) -> Fields {
        Fields::parse(self.raw_query.as_bytes())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn json_body(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

fn lines_of(headers: &HeaderMap) -> Vec<(String, String)> {
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    headers.iter().map(line).collect()
}

/// Decoded names and values of a query or a form, in their order.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The fields of a body: a JSON object of strings and numbers, or a form.
    pub(crate) fn of_body(call: &Call) -> Self {
        let is_json = call.header("content-type").is_some_and(|value| value.contains("json"));
        match call.json_body() {
            Some(Value::Object(fields)) if is_json => Self(fields.into_iter().map(text_field).collect()),
            _ => Self::parse(&call.body),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn get_or(&self, name: &str, default: &'static str) -> &str {
        self.get(name).unwrap_or(default)
    }

    /// A number, at most `max`; `default` when it is absent or not a number.
    pub(crate) fn number(&self, name: &str, default: u64, max: u64) -> u64 {
        self.get(name).and_then(|value| value.parse().ok()).unwrap_or(default).min(max)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn text_field((name, value): (String, Value)) -> (String, String) {
    let text = match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    (name, text)
}
