//! Errors on their way to the wire.
//!
//! Engine errors become an [`ApiError`] in an exhaustive `From` beside the routes that meet them. What nobody
//! expected becomes [`ApiError::unexpected`]: the caller gets its id, the log its text, once, in
//! [`crate::transport`].

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use bowline_api::error::{
    ClassicBody, ClassicError, ErrorCode, Issue, ModernBody, ModernError, RateLimitBody, RateLimitError,
    ScriptBody, ScriptError,
};
use bowline_domain::storage::StorageError;
use bowline_engine::access::AuthenticateError;
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::reply::Json;

type Message = Cow<'static, str>;

/// An error as an answer.
#[derive(Debug)]
pub struct ApiError(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Modern(Modern),
    Classic { status: StatusCode, body: ClassicBody },
    Script(ScriptBody),
    RateLimited { method: String, path: String, retry_after_seconds: u64 },
    Unexpected(Arc<dyn Error + Send + Sync>),
}

#[derive(Debug)]
struct Modern {
    status: StatusCode,
    body: ModernBody,
}

impl ApiError {
    /// An error of the modern form with the code's own status and meaning.
    pub fn new(code: ErrorCode) -> Self {
        Self::with_message(code, code.meaning())
    }

    /// An error of the modern form with a message of its own.
    pub fn with_message(code: ErrorCode, message: impl Into<Message>) -> Self {
        let body = ModernBody { code, message: Some(message.into()), errors: Vec::new(), payload: None };
        Self(Box::new(Kind::Modern(Modern { status: code.status(), body })))
    }

    /// An error of the classic form (authentication, legacy routes) with the code's own status and meaning.
    pub fn classic(code: ErrorCode) -> Self {
        Self::classic_with(code, code.meaning(), Value::Object(Map::new()))
    }

    /// An error of the classic form with a message and a payload of its own.
    pub fn classic_with(code: ErrorCode, message: impl Into<Message>, payload: Value) -> Self {
        let body = ClassicBody { message: message.into(), code, payload };
        Self(Box::new(Kind::Classic { status: code.status(), body }))
    }

    /// `not_found` with a message such as `Integration "x" does not exist`.
    pub fn not_found(message: impl Into<Message>) -> Self {
        Self::with_message(ErrorCode::NotFound, message)
    }

    /// `invalid_body` with a message and no list of issues: a rule that only the engine can check.
    pub fn invalid_body(message: impl Into<Message>) -> Self {
        Self::with_message(ErrorCode::InvalidBody, message)
    }

    /// A refused part of the request, with its issues. `code` is one of the four `invalid_*` codes.
    pub fn invalid(code: ErrorCode, issues: Vec<Issue>) -> Self {
        let body = ModernBody { code, message: None, errors: issues, payload: None };
        Self(Box::new(Kind::Modern(Modern { status: code.status(), body })))
    }

    /// A function failed.
    pub fn script(body: ScriptBody) -> Self {
        Self(Box::new(Kind::Script(body)))
    }

    /// The rate limit is used up.
    pub fn rate_limited(method: &http::Method, path: &str, retry_after_seconds: u64) -> Self {
        let (method, path) = (method.to_string(), path.to_owned());
        Self(Box::new(Kind::RateLimited { method, path, retry_after_seconds }))
    }

    /// Something nobody expected: a generic 500, logged once.
    pub fn unexpected(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Box::new(Kind::Unexpected(Arc::from(error.into()))))
    }

    /// The code on the wire; an unexpected error and a used-up rate limit have their own.
    pub(crate) fn code(&self) -> ErrorCode {
        match self.0.as_ref() {
            Kind::Modern(modern) => modern.body.code,
            Kind::Classic { body, .. } => body.code,
            Kind::Script(body) => body.code,
            Kind::RateLimited { .. } => ErrorCode::TooManyRequest,
            Kind::Unexpected(_) => ErrorCode::GenericErrorSupport,
        }
    }

    /// Whether this is an error of the modern form with `code`.
    pub(crate) fn is(&self, code: ErrorCode) -> bool {
        matches!(self.0.as_ref(), Kind::Modern(modern) if modern.body.code == code)
    }

    /// The same error with another status, for codes that some routes send so.
    #[must_use]
    pub fn status(mut self, other: StatusCode) -> Self {
        match self.0.as_mut() {
            Kind::Modern(modern) => modern.status = other,
            Kind::Classic { status, .. } => *status = other,
            Kind::Script(_) | Kind::RateLimited { .. } | Kind::Unexpected(_) => {}
        }
        self
    }

    /// The same error with details for programs.
    #[must_use]
    pub fn payload(mut self, details: Value) -> Self {
        match self.0.as_mut() {
            Kind::Modern(modern) => modern.body.payload = Some(details),
            Kind::Classic { body, .. } => body.payload = details,
            Kind::Script(_) | Kind::RateLimited { .. } | Kind::Unexpected(_) => {}
        }
        self
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        Self::unexpected(error)
    }
}

impl From<AuthenticateError> for ApiError {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::BadFormat => Self::classic(ErrorCode::InvalidSecretKeyFormat),
            AuthenticateError::Unknown => Self::classic(ErrorCode::UnknownAccount),
            AuthenticateError::Storage(source) => Self::unexpected(source),
        }
    }
}

/// Rides in the extensions of a generic 500 to where it is logged.
#[derive(Debug, Clone)]
pub(crate) struct Unexpected {
    pub error_id: Uuid,
    pub error: Arc<dyn Error + Send + Sync>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match *self.0 {
            Kind::Modern(Modern { status, body }) => reply(status, ModernError { error: body }),
            Kind::Classic { status, body } => reply(status, ClassicError { error: body }),
            Kind::Script(body) => reply(body.code.status(), ScriptError { error: body }),
            Kind::RateLimited { method, path, retry_after_seconds } => {
                let error = RateLimitBody { code: ErrorCode::TooManyRequest, method, path };
                let mut response = reply(error.code.status(), RateLimitError { error });
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(retry_after_seconds));
                response
            }
            Kind::Unexpected(error) => generic(error),
        }
    }
}

fn reply(status: StatusCode, body: impl Serialize) -> Response {
    (status, Json(body)).into_response()
}

fn generic(error: Arc<dyn Error + Send + Sync>) -> Response {
    let code = ErrorCode::GenericErrorSupport;
    let error_id = Uuid::new_v4();
    let id = error_id.to_string();
    let message =
        format!("An unexpected error occurred. The server's log has the details under the id '{id}'.");
    let body = ClassicBody { message: message.into(), code, payload: Value::String(id) };
    let mut response = reply(code.status(), ClassicError { error: body });
    response.extensions_mut().insert(Unexpected { error_id, error });
    response
}
