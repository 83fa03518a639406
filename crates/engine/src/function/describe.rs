//! What is deployed.

use bowline_domain::environment::Environment;
use bowline_domain::function::{Function, FunctionEvent, FunctionKind};
use bowline_domain::id::{FunctionName, IntegrationKey};
use bowline_domain::storage::{FunctionFilter, FunctionPage, StorageError};
use thiserror::Error;

use super::source::SourceError;
use crate::Engine;

/// Which function is meant. Kind and event may be left out where the name alone tells.
#[derive(Debug, Clone)]
pub struct FunctionAddress {
    /// Its integration.
    pub integration: IntegrationKey,
    /// Its name.
    pub name: FunctionName,
    /// Its kind.
    pub kind: Option<FunctionKind>,
    /// Its event.
    pub event: Option<FunctionEvent>,
}

/// Why no function was found.
#[derive(Debug, Error)]
pub enum FindFunctionError {
    /// There is no such integration.
    #[error("the integration {0:?} does not exist")]
    NoIntegration(String),
    /// There is no such function.
    #[error("the function {0:?} does not exist")]
    NotFound(String),
    /// Several have this name.
    #[error("several functions have this name: say which type is meant")]
    Ambiguous(Vec<Function>),
    /// Its source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Engine {
    /// All active functions of an environment, by provider and the integration's age, then kind, name and event.
    pub async fn list_deployed_functions(
        &self,
        environment: &Environment,
    ) -> Result<Vec<Function>, StorageError> {
        let deployed = self.storage.list_deployed_functions(environment.id).await?;
        Ok(deployed.into_iter().map(|deployed| deployed.function).collect())
    }

    /// A page of an integration's active functions.
    pub async fn list_functions(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        filter: &FunctionFilter,
    ) -> Result<FunctionPage, FindFunctionError> {
        if self.storage.find_integration(environment.id, integration).await?.is_none() {
            return Err(FindFunctionError::NoIntegration(integration.to_string()));
        }
        Ok(self.storage.list_functions(environment.id, integration, filter).await?)
    }

    /// The active version of a function.
    pub async fn get_function(
        &self,
        environment: &Environment,
        address: &FunctionAddress,
    ) -> Result<Function, FindFunctionError> {
        let FunctionAddress { integration, name, kind, event } = address;
        let mut found = self.storage.find_functions(environment.id, integration, name, *kind).await?;
        found.retain(|function| event.is_none() || function.event == *event);
        match found.len() {
            0 => Err(FindFunctionError::NotFound(name.to_string())),
            1 => Ok(found.remove(0)),
            _ => Err(FindFunctionError::Ambiguous(found)),
        }
    }

    /// The TypeScript of a function's active version.
    pub async fn get_function_code(
        &self,
        environment: &Environment,
        address: &FunctionAddress,
    ) -> Result<(FunctionKind, String), FindFunctionError> {
        let function = self.get_function(environment, address).await?;
        Ok((function.kind, self.function_ts(&function).await?))
    }

    /// The kept versions of a function, the newest first.
    pub async fn list_function_versions(
        &self,
        environment: &Environment,
        address: &FunctionAddress,
    ) -> Result<Vec<Function>, FindFunctionError> {
        let function = self.get_function(environment, address).await?;
        Ok(self.storage.list_function_versions(environment.id, function.id).await?)
    }
}
