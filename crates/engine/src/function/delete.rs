//! Deleting a function that was deployed alone. Those of a repository are deleted there, and deployed.

use std::sync::Arc;

use bowline_domain::environment::Environment;
use bowline_domain::function::FunctionSource;
use bowline_domain::storage::{DeployFunctions, Deployment};
use thiserror::Error;

use super::describe::{FindFunctionError, FunctionAddress};
use super::lock::LockError;
use crate::Engine;

/// Why a function was not deleted.
#[derive(Debug, Error)]
pub enum DeleteFunctionError {
    /// It was not found.
    #[error(transparent)]
    Find(#[from] FindFunctionError),
    /// The next deployment of its repository would bring it back.
    #[error("the function was deployed from a repository: remove it there and deploy")]
    ManagedByDeploy,
    /// Somebody deploys, or the database failed.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl Engine {
    /// Deletes a function with all its versions.
    pub async fn delete_function(
        self: &Arc<Self>,
        environment: &Arc<Environment>,
        address: FunctionAddress,
    ) -> Result<(), DeleteFunctionError> {
        let environment = Arc::clone(environment);
        self.with_deploy_lock(environment.id, move |engine, holder| async move {
            let function = engine.get_function(&environment, &address).await?;
            if function.source == FunctionSource::Repo {
                return Err(DeleteFunctionError::ManagedByDeploy);
            }
            let (functions, sources, redeployed) = (Vec::new(), Vec::new(), Vec::new());
            let deleted = vec![function.id];
            let deployment = Deployment { functions, sources, redeployed, deleted, at: engine.clock.now() };
            let outcome = engine.storage.deploy_functions(environment.id, holder, deployment).await;
            match outcome.map_err(LockError::Storage)? {
                DeployFunctions::Deployed | DeployFunctions::NoIntegration => Ok(()),
                DeployFunctions::LockLost => Err(LockError::Concurrent.into()),
            }
        })
        .await
    }
}
