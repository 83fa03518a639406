//! Functions: how they are deployed, described, rolled back and deleted, and how they run.
//!
//! Start reading at [`deploy`]; [`plan`] is what it decides, without I/O.

pub mod action;
pub mod async_action;
pub mod delete;
pub mod deploy;
pub mod describe;
mod event;
mod lock;
pub mod plan;
pub mod preview;
pub mod request;
pub mod rollback;
mod run;
pub mod scan;
mod schema;
pub mod source;

pub use action::{ActionCall, ActionError, EndpointCall, RunnableAction};
pub use async_action::{AsyncActionError, AsyncResult};
pub use bowline_runtime::{Failure, FailureKind, LocalRunner, PoolOptions, RunRefused, Runner};
pub use delete::DeleteFunctionError;
pub use deploy::{DeployError, DeployedVersion};
pub use describe::{FindFunctionError, FunctionAddress};
pub use lock::LockError;
pub use preview::{DeployPreview, PreviewedFunction};
pub use request::{DeployRequest, DeployScope, FunctionInput};
pub use rollback::{RollbackError, RollbackTarget};
pub use run::{FunctionObjects, IntegrationParts, RunError, RunKind};

pub(crate) use event::ValidationError;
pub(crate) use run::FunctionRuntime;
