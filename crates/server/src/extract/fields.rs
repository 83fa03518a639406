//! The groups of fields a request brings, ready to be validated.

use std::fmt;

use axum::extract::{FromRequestParts, RawPathParams};
use bytes::Bytes;
use http::request::Parts;
use serde_json::{Map, Value};

use super::caller::context;
use crate::error::ApiError;
use crate::state::AppState;
use crate::transport::RequestBody;
use crate::validate::{Fields, parse_query};

/// The query string.
#[derive(Debug, Clone)]
pub struct Query(Map<String, Value>);

impl Query {
    /// Its fields.
    pub fn fields(self) -> Fields {
        Fields::query(self.0)
    }

    /// Refuses any parameter.
    pub fn none(self) -> Result<(), ApiError> {
        self.fields().finish()
    }
}

impl FromRequestParts<AppState> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        parse_query(parts.uri.query()).map(Self)
    }
}

/// The JSON body. It was read before anyone was authenticated; a body of another type counts as none.
#[derive(Clone)]
pub struct JsonBody(Option<Value>);

/// Bodies hold credentials: nothing of them is shown.
impl fmt::Debug for JsonBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "JsonBody(..)" } else { "JsonBody(None)" })
    }
}

impl JsonBody {
    /// Its fields.
    pub fn fields(self) -> Fields {
        Fields::body(self.0)
    }

    /// The same, with no body at all taken for an empty object.
    #[must_use]
    pub fn or_empty(self) -> Self {
        Self(Some(self.0.unwrap_or_else(|| Value::Object(Map::new()))))
    }

    /// Refuses any field; no body at all is fine.
    pub fn none(self) -> Result<(), ApiError> {
        self.or_empty().fields().finish()
    }

    /// The value itself, for routes that take more than an object.
    pub fn into_value(self) -> Option<Value> {
        self.0
    }
}

impl FromRequestParts<AppState> for JsonBody {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        Ok(match context(parts).map(|context| context.take_body()) {
            Some(RequestBody::Json(value, _)) => Self(Some(value)),
            Some(RequestBody::Raw(_) | RequestBody::Absent) | None => Self(None),
        })
    }
}

/// The body's bytes as they came, for signature checks and other types than JSON.
#[derive(Clone)]
pub struct RawBody(pub Bytes);

/// As [`JsonBody`]'s.
impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({} bytes)", self.0.len())
    }
}

impl FromRequestParts<AppState> for RawBody {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, ApiError> {
        Ok(match context(parts).map(|context| context.take_body()) {
            Some(RequestBody::Json(_, bytes) | RequestBody::Raw(bytes)) => Self(bytes),
            Some(RequestBody::Absent) | None => Self(Bytes::new()),
        })
    }
}

/// The path's parameters, decoded. Their names in the route's pattern are those of the issues.
#[derive(Debug)]
pub struct Params(RawPathParams);

impl Params {
    /// Its fields.
    pub fn fields(&self) -> Fields {
        Fields::params(&self.0)
    }
}

impl FromRequestParts<AppState> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        RawPathParams::from_request_parts(parts, state).await.map(Self).map_err(ApiError::unexpected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn debug_output_of_a_body_and_its_fields_shows_nothing_of_it() {
        let body = JsonBody(Some(json!({"api_key": "hunter2"})));
        let raw = RawBody(Bytes::from_static(b"hunter2"));
        let shown = format!("{body:?} {raw:?} {:?}", body.clone().fields());
        assert!(!shown.contains("hunter2") && !shown.contains("api_key"), "{shown}");
    }
}
