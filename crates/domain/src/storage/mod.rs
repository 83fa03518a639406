//! What a database must promise. Two implementations keep these promises, and one contract suite tests both.
//!
//! Rules that hold for every method:
//! - A method is one transaction: when it returns `Ok`, what it wrote survives a crash; when it returns
//!   `Err`, nothing of it is visible.
//! - Every query about an environment's data takes its [`EnvironmentId`](crate::id::EnvironmentId) and sees
//!   nothing of other environments. The few that span environments are for background work and say so.
//! - Deleted rows are invisible to every method, and their unique keys are free again.
//! - Absence is `Option` or a named outcome, never an error.

mod checkpoints;
mod connections;
mod environments;
mod functions;
mod integrations;
mod keys;
mod locks;
mod rate_limit;
mod refresh;
mod tasks;
mod tickets;

use std::error::Error;
use std::fmt;

use async_trait::async_trait;

pub use checkpoints::{CheckpointStore, DeleteCheckpoint, SaveCheckpoint};
pub use connections::{ConnectionStore, CreateConnection, SetMetadata};
pub use environments::{CreateEnvironment, EnvironmentStore};
pub use functions::{
    ActivateFunction, DeployFunctions, DeployedFunction, Deployment, FUNCTION_VERSIONS_KEPT_MAX,
    FunctionFilter, FunctionPage, FunctionStore, NewFunction, NewSource,
};
pub use integrations::{CreateIntegration, IntegrationStore, UpdateIntegration};
pub use keys::{ApiKeyStore, CreateApiKey, DataKeyStore, WrappedDataKey};
pub use locks::{EXPIRED_LOCKS_REMOVED_MAX, LockStore};
pub use rate_limit::{RateLimitStore, RateLimitUse};
pub use refresh::{AcquireLease, DueRefresh, Lease, RefreshOutcome, RefreshStore};
pub use tasks::{CreateTask, TaskStore};
pub use tickets::{EXPIRED_TICKETS_REMOVED_MAX, TicketStore};

/// The whole of what the engine asks of a database.
#[async_trait]
pub trait Storage:
    EnvironmentStore
    + ApiKeyStore
    + DataKeyStore
    + IntegrationStore
    + ConnectionStore
    + RefreshStore
    + RateLimitStore
    + TicketStore
    + FunctionStore
    + TaskStore
    + LockStore
    + CheckpointStore
{
    /// Answers when the database can be reached and written.
    async fn check_health(&self) -> Result<(), StorageError>;

    /// Writes what is pending and closes every handle; later calls fail.
    async fn close(&self);
}

/// A failure of the database itself. Its text is for the log and holds no row values.
pub struct StorageError {
    context: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl StorageError {
    /// Wraps a driver's error with what was being done.
    pub fn new(context: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { context, source: source.into() }
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "storage: {}", self.context)
    }
}

impl fmt::Debug for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "storage: {}: {}", self.context, self.source)
    }
}

impl Error for StorageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// Result of a storage call.
pub type StorageResult<T> = Result<T, StorageError>;
