//! Functions: how they are deployed, described, rolled back and deleted.
//!
//! Start reading at [`deploy`]; [`plan`] is what it decides, without I/O.

pub mod delete;
pub mod deploy;
pub mod describe;
mod lock;
pub mod plan;
pub mod rollback;
pub mod scan;
mod schema;
pub mod source;

pub use delete::DeleteFunctionError;
pub use deploy::{DeployError, DeployPreview, DeployRequest, DeployScope, DeployedVersion, FunctionInput};
pub use describe::{FindFunctionError, FunctionAddress};
pub use lock::LockError;
pub use rollback::{RollbackError, RollbackTarget};
