//! What the engine refuses, on the wire.

use bowline_api::error::{ErrorCode, Issue, IssueCode};
use bowline_engine::integration::IntegrationError;

use crate::error::ApiError;

impl From<IntegrationError> for ApiError {
    fn from(error: IntegrationError) -> Self {
        match error {
            IntegrationError::UnknownProvider => {
                issue(IssueCode::InvalidString, "Invalid provider", "provider")
            }
            IntegrationError::KeyTaken => {
                issue(IssueCode::InvalidString, "Unique key already exists", "uniqueKey")
            }
            IntegrationError::NotFound => Self::not_found("The integration does not exist"),
            IntegrationError::HasConnections
            | IntegrationError::WrongCredentialsType { .. }
            | IntegrationError::MissingCredentials { .. }
            | IntegrationError::BadConfig(_)
            | IntegrationError::CustomNotAllowed => Self::invalid_body(error.to_string()),
            IntegrationError::Busy => Self::with_message(ErrorCode::Conflict, error.to_string()),
            IntegrationError::Storage(error) => Self::unexpected(error),
            IntegrationError::Vault(error) => Self::unexpected(error),
        }
    }
}

fn issue(code: IssueCode, message: &str, path: &str) -> ApiError {
    let issue = Issue { code, message: message.to_owned(), path: vec![path.to_owned()] };
    ApiError::invalid(ErrorCode::InvalidBody, vec![issue])
}
