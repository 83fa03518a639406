//! Planned failures of the token endpoint.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What goes wrong with one token request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedFailure {
    /// How it looks to the client.
    #[serde(flatten)]
    pub kind: FailureKind,
    /// The request is processed first: tokens rotate, but the good answer is lost. Default: false.
    #[serde(default)]
    pub after_processing: bool,
}

/// How a failure looks to the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FailureKind {
    /// A plain answer with this status and body.
    Status {
        /// HTTP status.
        status: u16,
        /// A string is sent as it is, anything else as JSON.
        #[serde(default)]
        body: Value,
        /// Further headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// The TCP connection is reset without an answer.
    Reset,
    /// An HTML page where JSON is expected.
    Html {
        /// HTTP status; default 502.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// A body too large to keep in memory, streamed.
    Huge {
        /// Size of the body.
        bytes: u64,
        /// HTTP status; default 200.
        #[serde(default = "ok")]
        status: u16,
    },
    /// JSON that stops in the middle, in a complete HTTP message.
    TruncatedJson {
        /// HTTP status; default 200.
        #[serde(default = "ok")]
        status: u16,
    },
    /// 429 with `Retry-After`.
    RateLimited {
        /// Value of `Retry-After`.
        retry_after_seconds: u64,
    },
}

fn ok() -> u16 {
    200
}

fn bad_gateway() -> u16 {
    502
}

impl PlannedFailure {
    /// An answer with this status and JSON body (or text, for a JSON string).
    pub fn status(status: u16, body: Value) -> Self {
        FailureKind::Status { status, body, headers: Vec::new() }.into()
    }

    /// The connection is reset before anything is processed.
    pub fn reset() -> Self {
        FailureKind::Reset.into()
    }

    /// The request is processed, then the connection is reset: the lost answer.
    pub fn lost_answer() -> Self {
        Self { kind: FailureKind::Reset, after_processing: true }
    }
}

impl From<FailureKind> for PlannedFailure {
    fn from(kind: FailureKind) -> Self {
        Self { kind, after_processing: false }
    }
}
