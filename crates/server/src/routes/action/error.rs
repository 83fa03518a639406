//! Errors of actions on the wire (spec `functions.md` §3.1, §3.3).

use bowline_api::error::{ErrorCode, ScriptBody};
use bowline_engine::function::{ActionError, AsyncActionError, Failure, FailureKind, RunError};
use http::StatusCode;

use crate::error::ApiError;

/// Bytes of a failure's payload that travel; longer ones are cut to their message.
const PAYLOAD_BYTES_MAX: usize = 99_000;

impl From<ActionError> for ApiError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::UnknownConnection => {
                Self::with_message(ErrorCode::UnknownConnection, error.to_string())
                    .status(StatusCode::BAD_REQUEST)
            }
            ActionError::NotFound => Self::not_found(error.to_string()),
            ActionError::Disabled => Self::with_message(ErrorCode::DisabledResource, error.to_string()),
            ActionError::Run(error) => error.into(),
            ActionError::Storage(error) => Self::unexpected(error),
        }
    }
}

impl From<AsyncActionError> for ApiError {
    fn from(error: AsyncActionError) -> Self {
        match error {
            AsyncActionError::Action(error) => error.into(),
            AsyncActionError::QueueFull => Self::with_message(ErrorCode::TooManyRuns, error.to_string()),
            AsyncActionError::Storage(error) => Self::unexpected(error),
            AsyncActionError::Vault(error) => Self::unexpected(error),
        }
    }
}

impl From<RunError> for ApiError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Failed(failure) => failure.into(),
            RunError::Refused(refusal) => Self::with_message(ErrorCode::TooManyRuns, refusal.to_string()),
            RunError::Source(error) => Self::unexpected(error),
            RunError::Variables(error) => Self::unexpected(error),
            RunError::Storage(error) => Self::unexpected(error),
        }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let code = code(failure.kind);
        // Clients print the payload of what a provider answered; there is no message beside it.
        let message = match failure.kind {
            FailureKind::ScriptHttpError | FailureKind::ScriptApiRateLimitError => None,
            _ => Some(code.meaning().to_owned()),
        };
        let is_short = failure.payload.to_string().len() <= PAYLOAD_BYTES_MAX;
        let payload = if is_short { failure.payload } else { cut(&failure) };
        let upstream = failure.upstream.map(|upstream| *upstream);
        Self::script(ScriptBody { message, code, payload, upstream })
    }
}

/// A payload that is too long, as the beginning of its text.
fn cut(failure: &Failure) -> serde_json::Value {
    let text = failure.message().map_or_else(|| failure.payload.to_string(), str::to_owned);
    let end = text.floor_char_boundary(PAYLOAD_BYTES_MAX);
    serde_json::json!({ "message": &text[..end], "truncated": true })
}

fn code(kind: FailureKind) -> ErrorCode {
    match kind {
        FailureKind::ActionScriptRuntimeError => ErrorCode::ActionScriptRuntimeError,
        FailureKind::ScriptInternalError => ErrorCode::ScriptInternalError,
        FailureKind::ScriptHttpError => ErrorCode::ScriptHttpError,
        FailureKind::ScriptApiRateLimitError => ErrorCode::ScriptApiRateLimitError,
        FailureKind::ScriptNetworkError => ErrorCode::ScriptNetworkError,
        FailureKind::ScriptOutputTooLarge => ErrorCode::ScriptOutputTooLarge,
        FailureKind::ScriptAborted => ErrorCode::ScriptAborted,
        FailureKind::ExecutionTimeout => ErrorCode::ExecutionTimeout,
        FailureKind::ExecutionInterrupted => ErrorCode::ExecutionInterrupted,
        FailureKind::FunctionRuntimeOutOfMemory => ErrorCode::FunctionRuntimeOutOfMemory,
        FailureKind::FunctionRuntimeTimedOut => ErrorCode::FunctionRuntimeTimedOut,
        FailureKind::FunctionRuntimeOther => ErrorCode::FunctionRuntimeOther,
        FailureKind::UnknownProviderTemplateInConfig => ErrorCode::UnknownProviderTemplateInConfig,
        FailureKind::InvalidActionInput => ErrorCode::InvalidActionInput,
        FailureKind::InvalidActionOutput => ErrorCode::InvalidActionOutput,
        FailureKind::InvalidSyncRecord => ErrorCode::InvalidSyncRecord,
    }
}
