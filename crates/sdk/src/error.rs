//! What can go wrong, as one enum.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// The result of every call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed. No text of it holds a key, a token or a body.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server refused the request. [`ApiError::code`] is what to match on.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The provider behind the proxy answered with an error; status, headers and body are its own.
    #[error(transparent)]
    Upstream(Box<UpstreamError>),
    /// The server's rate limit is used up.
    #[error(transparent)]
    RateLimited(RateLimited),
    /// No answer, or not the whole answer, came over the network.
    #[error(transparent)]
    Transport(TransportError),
    /// The answer is JSON of another shape than expected.
    #[error(transparent)]
    Decode(DecodeError),
    /// The answer is not of this API: a page, a redirect, another content type.
    #[error(transparent)]
    UnexpectedAnswer(UnexpectedAnswer),
    /// The answer is longer than the client's limit for answers that are held in memory.
    #[error(
        "the answer has more than {limit_bytes} bytes: ask for fewer items a page, read it as a stream, \
         or raise `max_answer_bytes` of the client"
    )]
    AnswerTooLarge {
        /// The limit, in bytes.
        limit_bytes: u64,
    },
    /// An argument cannot be sent. Nothing was.
    #[error("{argument} {problem}")]
    InvalidArgument {
        /// Which argument.
        argument: &'static str,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// What was waited for did not happen in time.
    #[error("{what} did not happen within {waited:?}")]
    WaitedTooLong {
        /// What was waited for.
        what: &'static str,
        /// How long.
        waited: Duration,
    },
}

impl Error {
    pub(crate) fn invalid(argument: &'static str, problem: impl Into<String>) -> Self {
        Self::InvalidArgument { argument, problem: problem.into() }
    }

    /// The HTTP status that came, if one came.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Upstream(error) => Some(error.status),
            Self::RateLimited(_) => Some(StatusCode::TOO_MANY_REQUESTS),
            Self::UnexpectedAnswer(error) => Some(error.status),
            Self::Transport(_)
            | Self::Decode(_)
            | Self::AnswerTooLarge { .. }
            | Self::InvalidArgument { .. }
            | Self::WaitedTooLong { .. } => None,
        }
    }

    /// The server's error code, if it is the server that refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Api(error) => Some(&error.code),
            Self::RateLimited(_) => Some("too_many_request"),
            _ => None,
        }
    }

    /// How long the other side asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited(limited) => limited.retry_after,
            Self::Upstream(error) => retry_after(&error.headers),
            Self::Api(error) => error.retry_after,
            _ => None,
        }
    }

    /// The server's id of the request, to look it up in the server's log.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id.as_deref(),
            Self::Upstream(error) => error.request_id.as_deref(),
            Self::RateLimited(error) => error.request_id.as_deref(),
            _ => None,
        }
    }
}

/// An error answer of the server. What a failing action threw or met prints as being there only.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The error code, such as `unknown_connection`. Empty where the server gave none.
    pub code: String,
    /// What the server says, for people.
    pub message: String,
    /// What is wrong with which field, for `invalid_body` and its like.
    pub errors: Vec<FieldError>,
    /// What else the server tells, such as what a failing action threw.
    pub payload: Option<Value>,
    /// What the provider answered to a failing action: status, some headers, body.
    pub upstream: Option<Value>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// The server's id of the request.
    pub request_id: Option<String>,
}

impl fmt::Debug for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("errors", &self.errors)
            .field("has_payload", &self.payload.is_some())
            .field("has_upstream", &self.upstream.is_some())
            .field("retry_after", &self.retry_after)
            .field("request_id", &self.request_id)
            .finish()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the server answered {}", self.status.as_u16())?;
        if !self.code.is_empty() {
            write!(formatter, " {}", self.code)?;
        }
        if !self.message.is_empty() {
            write!(formatter, ": {}", self.message)?;
        }
        for error in &self.errors {
            write!(formatter, "; {error}")?;
        }
        if let Some(id) = &self.request_id {
            write!(formatter, " (request {id})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// What kind of mistake, such as `invalid_type`.
    pub code: String,
    /// What is wrong, for people.
    pub message: String,
    /// Where, from the outermost field inwards.
    pub path: Vec<String>,
}

impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return formatter.write_str(&self.message);
        }
        write!(formatter, "{}: {}", self.path.join("."), self.message)
    }
}

/// An answer of the provider, come through the proxy, whose status is not 2xx. Its body prints as its length only.
#[derive(Clone)]
#[non_exhaustive]
pub struct UpstreamError {
    /// The provider's status.
    pub status: StatusCode,
    /// The provider's headers, and the server's own beside them.
    pub headers: HeaderMap,
    /// The provider's body, byte by byte; at most as long as the client's `max_answer_bytes`.
    pub body: Bytes,
    /// The server's id of the request.
    pub request_id: Option<String>,
}

impl UpstreamError {
    /// The body as JSON, where it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl fmt::Debug for UpstreamError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UpstreamError")
            .field("status", &self.status)
            .field("header_names", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .field("request_id", &self.request_id)
            .finish()
    }
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the provider answered {} with {} bytes", self.status.as_u16(), self.body.len())
    }
}

impl std::error::Error for UpstreamError {}

/// The server's rate limit is used up.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RateLimited {
    /// How long to wait; at least a second where the server says it.
    pub retry_after: Option<Duration>,
    /// Requests allowed in the current window.
    pub limit: Option<u64>,
    /// When the window ends, in seconds since 1970.
    pub reset_at: Option<u64>,
    /// The server's id of the request.
    pub request_id: Option<String>,
}

impl fmt::Display for RateLimited {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the server's rate limit is used up")?;
        match self.retry_after {
            Some(wait) => write!(formatter, ": wait {} s", wait.as_secs()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RateLimited {}

/// What failed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection came about; the server has not seen the request.
    Connect,
    /// The time for the call was over.
    Timeout,
    /// The connection broke, the answer ended early, or the request's own body failed while it was sent.
    Broken,
}

/// The network, or what stands in for it, failed.
#[derive(Debug, thiserror::Error)]
#[error("{about}")]
#[non_exhaustive]
pub struct TransportError {
    /// What failed.
    pub kind: TransportErrorKind,
    about: &'static str,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl TransportError {
    pub(crate) fn of(error: reqwest::Error) -> Self {
        let (kind, about) = if error.is_timeout() {
            (TransportErrorKind::Timeout, "the call took longer than its timeout")
        } else if error.is_connect() {
            (
                TransportErrorKind::Connect,
                "the server cannot be reached: check the host, that it runs, and its certificate",
            )
        } else {
            (TransportErrorKind::Broken, "the connection broke before the answer was complete")
        };
        // The address may hold what a caller regards as secret.
        Self { kind, about, source: Some(Box::new(error.without_url())) }
    }
}

/// JSON of another shape than expected. Its text never quotes a value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// Where in the JSON, such as `connections[3].tags`; `.` is the whole.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the answer cannot be read at `{}`: {}", self.path, self.problem)
    }
}

impl std::error::Error for DecodeError {}

/// An answer that no route of the API gives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UnexpectedAnswer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The answer's content type.
    pub content_type: Option<String>,
    /// Where a redirect points, without its query.
    pub location: Option<String>,
}

impl fmt::Display for UnexpectedAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.as_u16();
        if let Some(location) = &self.location {
            return write!(
                formatter,
                "the server answered {status} with a redirect to {location}, which is not followed lest the key \
                 go astray: set the host to the final address"
            );
        }
        match &self.content_type {
            Some(kind) => write!(
                formatter,
                "the server answered {status} with {kind} where JSON belongs: check that the host is the \
                 address of the API, and not of a dashboard or a gateway"
            ),
            None => write!(
                formatter,
                "the server answered {status} without JSON: check that the host is the API's address"
            ),
        }
    }
}

impl std::error::Error for UnexpectedAnswer {}

/// The wait in a `Retry-After` header of seconds. Dates are not read: they need the other side's clock.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
