//! Running functions: what they get, what they may ask for, how a run ends.
//!
//! Start reading at [`execute`]. `operation/` is everything that a function can ask for: its only way out.

mod context;
mod execute;
mod host;
mod objects;
mod operation;

pub(crate) use execute::FunctionRuntime;
pub use execute::{RunError, RunKind};
pub use objects::{FunctionObjects, IntegrationParts};
