//! What the engine refuses about sessions, on the wire.

use bowline_api::error::{ErrorCode, Issue, IssueCode};
use bowline_engine::connect::{FindSessionError, OpenSessionError};

use crate::error::ApiError;

impl From<OpenSessionError> for ApiError {
    fn from(error: OpenSessionError) -> Self {
        match error {
            OpenSessionError::UnknownIntegrations(paths) => {
                let message = || "Integration does not exist".to_owned();
                let issue = |path| Issue { code: IssueCode::Custom, message: message(), path };
                Self::invalid(ErrorCode::InvalidBody, paths.into_iter().map(issue).collect())
            }
            OpenSessionError::UnknownConnection => {
                Self::invalid_body("There is no connection with this connection_id and integration_id")
            }
            OpenSessionError::Ticket(error) => Self::unexpected(error),
            OpenSessionError::Storage(error) => Self::unexpected(error),
        }
    }
}

impl From<FindSessionError> for ApiError {
    fn from(error: FindSessionError) -> Self {
        match error {
            FindSessionError::BadFormat => Self::classic(ErrorCode::InvalidConnectSessionTokenFormat),
            FindSessionError::Unknown => Self::classic(ErrorCode::UnknownConnectSessionToken),
            FindSessionError::Storage(error) => Self::unexpected(error),
            FindSessionError::Vault(error) => Self::unexpected(error),
        }
    }
}
