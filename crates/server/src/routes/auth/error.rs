//! Why an account could not be connected: as an answer, and as the event that a page gets (spec `auth.md` §8.3).

use bowline_api::error::{ErrorCode, Issue, IssueCode};
use bowline_engine::connect::ConnectError;
use bowline_engine::credential::refresh::TokenError;
use http::StatusCode;

use super::input::bad_query;
use crate::error::ApiError;

impl From<ConnectError> for ApiError {
    fn from(error: ConnectError) -> Self {
        let message = error.to_string();
        match error {
            ConnectError::MissingHmac => Self::with_message(ErrorCode::MissingHmac, message),
            ConnectError::InvalidHmac => Self::with_message(ErrorCode::InvalidHmac, message),
            ConnectError::UnknownIntegration => {
                Self::with_message(ErrorCode::UnknownProviderConfig, "Integration does not exist")
                    .status(StatusCode::NOT_FOUND)
            }
            ConnectError::UnknownProvider => {
                Self::with_message(ErrorCode::UnknownProviderTemplate, message).status(StatusCode::NOT_FOUND)
            }
            ConnectError::NotAllowed => Self::with_message(ErrorCode::IntegrationNotAllowed, message),
            ConnectError::ConnectionGone => Self::with_message(ErrorCode::InvalidConnection, message),
            ConnectError::WrongMode { .. } => Self::with_message(ErrorCode::InvalidAuthMode, message),
            ConnectError::BadField { group: "params", field, problem } => {
                bad_query(&["params", &field], problem.to_string())
            }
            ConnectError::BadField { field, problem, .. } => {
                let issue =
                    Issue { code: IssueCode::Custom, message: problem.to_string(), path: vec![field] };
                Self::invalid(ErrorCode::InvalidBody, vec![issue])
            }
            ConnectError::TestFailed(_) => Self::with_message(ErrorCode::ConnectionTestFailed, message),
            ConnectError::Token(error) => token_error(&error),
            ConnectError::Refused(_) => Self::with_message(ErrorCode::ConnectionValidationFailed, message),
            ConnectError::Busy => Self::with_message(ErrorCode::Conflict, message),
            ConnectError::NotConfigured(_)
            | ConnectError::MissingField(_)
            | ConnectError::BadUrl(_)
            | ConnectError::UserChosenHost(_)
            | ConnectError::WrongGrantType
            | ConnectError::ProviderSaid(_)
            | ConnectError::MissingInCallback(_)
            | ConnectError::WrongIssuer
            | ConnectError::OtherAccount
            | ConnectError::Declined
            | ConnectError::OtherBrowser
            | ConnectError::UnknownState => {
                Self::with_message(ErrorCode::InvalidCredentials, message).status(StatusCode::BAD_REQUEST)
            }
            ConnectError::Integration(error) => Self::unexpected(error),
            ConnectError::Ticket(error) => Self::unexpected(error),
            ConnectError::Storage(error) => Self::unexpected(error),
            ConnectError::Vault(error) => Self::unexpected(error),
        }
    }
}

/// The provider gave no credentials for what the user typed: 400 with the most telling code there is.
fn token_error(error: &TokenError) -> ApiError {
    let by_name = |name: &str| ErrorCode::ALL.iter().copied().find(|code| code.as_str() == name);
    let code = match error {
        TokenError::Unbuildable { code, .. } => by_name(code),
        TokenError::Refused { .. } | TokenError::Unreadable(_) | TokenError::Unreachable(_) => None,
    };
    let code = code.unwrap_or(ErrorCode::InvalidCredentials);
    ApiError::with_message(code, error.to_string()).status(StatusCode::BAD_REQUEST)
}

/// The `error_type` of a page's event.
pub(crate) fn error_type(error: &ConnectError) -> &'static str {
    match error {
        ConnectError::MissingHmac => "missing_hmac",
        ConnectError::InvalidHmac => "invalid_hmac",
        ConnectError::UnknownIntegration | ConnectError::NotConfigured(_) => "provider_config_err",
        ConnectError::UnknownProvider => "unknown_config_key",
        ConnectError::NotAllowed => "integration_not_allowed",
        ConnectError::ConnectionGone => "connection_not_found",
        ConnectError::WrongMode { .. } => "auth_mode_err",
        ConnectError::BadField { .. } | ConnectError::BadUrl(_) | ConnectError::UserChosenHost(_) => {
            "url_param_err"
        }
        ConnectError::MissingField(_) => "missing_credentials",
        ConnectError::WrongGrantType => "grant_type_err",
        ConnectError::ProviderSaid(_)
        | ConnectError::MissingInCallback(_)
        | ConnectError::WrongIssuer
        | ConnectError::Declined => "callback_err",
        ConnectError::OtherAccount | ConnectError::Refused(_) => "connection_validation_failed",
        ConnectError::OtherBrowser => "state_cookie_err",
        ConnectError::UnknownState => "state_err",
        ConnectError::TestFailed(_) => "connection_test_failed",
        ConnectError::Token(_) => "token_err",
        ConnectError::Busy
        | ConnectError::Integration(_)
        | ConnectError::Ticket(_)
        | ConnectError::Storage(_)
        | ConnectError::Vault(_) => "unknown_err",
    }
}

/// What a page and its user are told. What went wrong inside is for the log.
pub(crate) fn shown(error: &ConnectError) -> String {
    match error {
        ConnectError::Integration(_)
        | ConnectError::Ticket(_)
        | ConnectError::Storage(_)
        | ConnectError::Vault(_) => "an unexpected error; the server's log names it".to_owned(),
        told => told.to_string(),
    }
}
