//! What the engine refuses, on the wire.

use bowline_api::error::ErrorCode;
use bowline_domain::metadata::METADATA_BYTES_MAX;
use bowline_engine::connection::{ChangeConnectionError, ImportError, MetadataError};
use http::StatusCode;

use crate::error::ApiError;

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        match error {
            ImportError::UnknownIntegration => Self::not_found("Integration does not exist"),
            ImportError::UnknownProvider => Self::not_found("The integration's provider does not exist"),
            ImportError::WrongType { .. } | ImportError::MissingAccountId | ImportError::BadConfig { .. } => {
                Self::invalid_body(message)
            }
            ImportError::MetadataTooLarge => Self::with_message(ErrorCode::RequestTooLarge, message),
            ImportError::TestFailed(_) => Self::with_message(ErrorCode::ConnectionTestFailed, message),
            ImportError::Token(_) => Self::with_message(ErrorCode::ServerError, message),
            ImportError::Refused(_) => Self::with_message(ErrorCode::ConnectionValidationFailed, message),
            ImportError::Busy => Self::with_message(ErrorCode::Conflict, message),
            ImportError::Integration(error) => Self::unexpected(error),
            ImportError::Storage(error) => Self::unexpected(error),
            ImportError::Vault(error) => Self::unexpected(error),
        }
    }
}

impl From<ChangeConnectionError> for ApiError {
    fn from(error: ChangeConnectionError) -> Self {
        match error {
            ChangeConnectionError::UnknownIntegration => unknown_integration(),
            ChangeConnectionError::UnknownConnection => unknown_connection(),
            ChangeConnectionError::Storage(error) => Self::unexpected(error),
            ChangeConnectionError::Unreadable(error) => Self::unexpected(error),
        }
    }
}

impl From<MetadataError> for ApiError {
    fn from(error: MetadataError) -> Self {
        match error {
            MetadataError::UnknownConnection(key) => {
                let message = format!("No connection with the id \"{key}\" exists for this integration");
                Self::with_message(ErrorCode::UnknownConnection, message).status(StatusCode::NOT_FOUND)
            }
            MetadataError::TooLarge(key) => {
                let message = format!(
                    "The metadata of the connection \"{key}\" would be larger than {METADATA_BYTES_MAX} bytes"
                );
                Self::with_message(ErrorCode::RequestTooLarge, message)
            }
            MetadataError::Storage(error) => Self::unexpected(error),
        }
    }
}

/// The integration of a connection does not exist.
pub(crate) fn unknown_integration() -> ApiError {
    ApiError::with_message(ErrorCode::UnknownProviderConfig, "Integration does not exist")
}

/// The connection does not exist.
pub(crate) fn unknown_connection() -> ApiError {
    ApiError::not_found("Failed to find connection")
}
