//! Why functions were not changed, on the wire.

use bowline_api::error::ErrorCode;
use bowline_engine::function::{DeployError, LockError};

use crate::error::ApiError;

impl From<LockError> for ApiError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Concurrent => Self::new(ErrorCode::ConcurrentDeployment),
            LockError::BrokenOff => Self::unexpected(error),
            LockError::Storage(error) => Self::unexpected(error),
        }
    }
}

impl From<DeployError> for ApiError {
    fn from(error: DeployError) -> Self {
        let message = error.to_string();
        match error {
            DeployError::UnknownIntegration(_) | DeployError::IntegrationGone => {
                Self::with_message(ErrorCode::UnknownProviderConfig, message)
            }
            DeployError::Rejected { function, hit } => {
                let code = ErrorCode::DeployScriptSecurityRejected;
                Self::with_message(code, format!("{} {function}: {hit}", code.meaning()))
            }
            DeployError::MissingModel(_) => {
                Self::with_message(ErrorCode::DeployMissingJsonSchemaModel, message)
            }
            DeployError::Version(_) | DeployError::Uncompilable { .. } => Self::invalid_body(message),
            DeployError::Refused(_) => Self::with_message(ErrorCode::TooManyRuns, message),
            DeployError::Lock(error) => error.into(),
        }
    }
}
