//! `/integrations`

pub(crate) mod create;
pub(crate) mod delete;
mod error;
pub(crate) mod functions;
pub(crate) mod get;
mod input;
pub(crate) mod list;
pub(crate) mod quickstart;
pub(crate) mod update;
pub(crate) mod wire;
