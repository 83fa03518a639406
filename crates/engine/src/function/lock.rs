//! One change of an environment's functions at a time, on all nodes.

use std::sync::Arc;
use std::time::Duration;

use bowline_domain::id::EnvironmentId;
use bowline_domain::storage::StorageError;
use thiserror::Error;
use uuid::Uuid;

use crate::Engine;

/// After this, the lock of a node that died is free.
const LOCK_FOR: Duration = Duration::from_secs(600);

/// Why functions could not be changed.
#[derive(Debug, Error)]
pub enum LockError {
    /// Somebody else is changing them.
    #[error("A deployment is already in progress. Please wait for the current deployment to finish.")]
    Concurrent,
    /// The work was broken off.
    #[error("the deployment was broken off")]
    BrokenOff,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Engine {
    /// Runs `work` as the only one that changes the environment's functions. It runs to its end even when the caller
    /// stops waiting, so that the lock is always given back.
    pub(super) async fn with_deploy_lock<T, E, W, F>(
        self: &Arc<Self>,
        environment: EnvironmentId,
        work: W,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<LockError> + Send + 'static,
        W: FnOnce(Arc<Self>, Uuid) -> F + Send + 'static,
        F: Future<Output = Result<T, E>> + Send,
    {
        let engine = Arc::clone(self);
        let task = self.deployments.spawn(async move {
            let holder = Uuid::new_v4();
            let acquired = engine.storage.acquire_deploy_lock(environment, holder, LOCK_FOR).await;
            if !acquired.map_err(LockError::Storage)? {
                return Err(LockError::Concurrent.into());
            }
            let outcome = work(Arc::clone(&engine), holder).await;
            if let Err(error) = engine.storage.release_deploy_lock(environment, holder).await {
                tracing::warn!(?error, "the lock of deployments was not given back and has to run out");
            }
            outcome
        });
        task.await.unwrap_or_else(|_| Err(LockError::BrokenOff.into()))
    }
}
