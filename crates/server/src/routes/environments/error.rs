//! What the engine refuses, on the wire; and the environment a path names.

use std::sync::Arc;

use bowline_api::error::ErrorCode;
use bowline_domain::environment::Environment;
use bowline_domain::id::{AccountId, EnvironmentId};
use bowline_engine::environment::{ApiKeyError, EnvironmentError};
use uuid::Uuid;

use crate::error::ApiError;
use crate::state::AppState;

impl From<EnvironmentError> for ApiError {
    fn from(error: EnvironmentError) -> Self {
        match error {
            EnvironmentError::Taken => {
                Self::with_message(ErrorCode::Conflict, "An environment with this name exists")
            }
            EnvironmentError::NotFound => unknown_environment(),
            EnvironmentError::Busy => Self::with_message(ErrorCode::RotationFailed, error.to_string()),
            EnvironmentError::Key(error) => error.into(),
            EnvironmentError::Storage(error) => Self::unexpected(error),
            EnvironmentError::Vault(error) => Self::unexpected(error),
        }
    }
}

impl From<ApiKeyError> for ApiError {
    fn from(error: ApiKeyError) -> Self {
        let message = error.to_string();
        match error {
            ApiKeyError::NameTaken => Self::with_message(ErrorCode::Conflict, message),
            ApiKeyError::TooMany => Self::with_message(ErrorCode::ResourceCapped, message),
            ApiKeyError::UnknownEnvironment => unknown_environment(),
            ApiKeyError::BadFormat => Self::invalid_body(message),
            ApiKeyError::Storage(error) => Self::unexpected(error),
            ApiKeyError::Vault(error) => Self::unexpected(error),
        }
    }
}

/// The environment does not exist, or is another account's.
pub(super) fn unknown_environment() -> ApiError {
    ApiError::not_found("Environment does not exist")
}

/// An environment of the account by number or public id: both generations of paths are served.
pub(super) async fn find_environment(
    state: &AppState,
    account: AccountId,
    reference: &str,
) -> Result<Arc<Environment>, ApiError> {
    let found = match (reference.parse::<i64>(), Uuid::try_parse(reference)) {
        (Ok(number), _) => state.engine.find_environment(account, EnvironmentId(number)).await?,
        (_, Ok(uuid)) => state.engine.find_environment_by_uuid(account, uuid).await?,
        _ => None,
    };
    found.ok_or_else(unknown_environment)
}
