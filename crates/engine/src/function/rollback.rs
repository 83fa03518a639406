//! Going back to an earlier version of a function.

use std::sync::Arc;

use bowline_domain::environment::Environment;
use bowline_domain::function::Function;
use bowline_domain::id::FunctionId;
use bowline_domain::storage::ActivateFunction;
use thiserror::Error;

use super::describe::{FindFunctionError, FunctionAddress};
use super::lock::LockError;
use crate::Engine;

/// Which version is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RollbackTarget {
    /// The newest of this name that is not the active one: a version may be deployed again with other code.
    Version(String),
    /// Exactly this one.
    Id(FunctionId),
}

/// Why the version stays what it is.
#[derive(Debug, Error)]
pub enum RollbackError {
    /// The function was not found.
    #[error(transparent)]
    Find(#[from] FindFunctionError),
    /// No version of that name is kept beside the active one.
    #[error("no such version is kept beside the active one")]
    NoVersion,
    /// Somebody deploys, or the database failed.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl Engine {
    /// Makes an earlier version the active one. Runs under way go on with what they have; the next deployment
    /// replaces it like any other.
    pub async fn rollback_function(
        self: &Arc<Self>,
        environment: &Arc<Environment>,
        address: FunctionAddress,
        target: RollbackTarget,
    ) -> Result<Function, RollbackError> {
        let environment = Arc::clone(environment);
        self.with_deploy_lock(environment.id, move |engine, holder| async move {
            let kept = engine.list_function_versions(&environment, &address).await?;
            let chosen = choose(&kept, &target).ok_or(RollbackError::NoVersion)?;
            let now = engine.clock.now();
            let outcome = engine.storage.activate_function(environment.id, holder, chosen.id, now).await;
            match outcome.map_err(LockError::Storage)? {
                ActivateFunction::Activated => Ok(engine.get_function(&environment, &address).await?),
                ActivateFunction::LockLost => Err(LockError::Concurrent.into()),
                ActivateFunction::NotFound => Err(RollbackError::NoVersion),
            }
        })
        .await
    }
}

fn choose<'a>(kept: &'a [Function], target: &RollbackTarget) -> Option<&'a Function> {
    let is_meant = |function: &&Function| match target {
        RollbackTarget::Version(version) => function.version == *version,
        RollbackTarget::Id(id) => function.id == *id,
    };
    kept.iter().filter(|function| !function.active).find(is_meant)
}
