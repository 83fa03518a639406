//! `/sync/deploy`

mod cli_version;
pub(crate) mod confirmation;
pub(crate) mod deploy;
mod error;
mod flow;
mod input;
