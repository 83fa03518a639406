//! `/integrations/{uniqueKey}/functions`

pub(crate) mod code;
pub(crate) mod delete;
mod error;
pub(crate) mod get;
mod input;
pub(crate) mod list;
pub(crate) mod rollback;
pub(crate) mod versions;
mod wire;
