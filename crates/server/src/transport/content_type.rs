//! The content type guard: most routes take JSON or nothing.

use bowline_api::error::ErrorCode;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::error::ApiError;

/// First path segments below which a `Content-Type` must be JSON.
const GUARDED: [&str; 19] = [
    "oauth",
    "api-auth",
    "auth",
    "providers",
    "environments",
    "integrations",
    "connection",
    "connections",
    "environment-variables",
    "environment",
    "sync",
    "cli",
    "records",
    "mcp",
    "scripts",
    "functions",
    "action",
    "connect",
    "v1",
];

/// Refuses another `Content-Type` than JSON below a guarded segment, whether or not there is a body.
pub(super) fn guard(path: &str, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(content_type) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let is_json = starts_with_json(content_type.as_bytes());
    if is_json || content_type.is_empty() || !is_guarded(path) {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::InvalidContentType))
}

fn starts_with_json(value: &[u8]) -> bool {
    const JSON: &[u8] = b"application/json";
    value.get(..JSON.len()).is_some_and(|start| start.eq_ignore_ascii_case(JSON))
}

fn is_guarded(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    GUARDED.iter().any(|guarded| first.eq_ignore_ascii_case(guarded))
}
