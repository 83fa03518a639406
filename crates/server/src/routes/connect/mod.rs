//! `/connect/…`: connect sessions and what the Connect UI reads and reports.

pub(crate) mod create;
mod error;
mod input;
pub(crate) mod own;
pub(crate) mod reconnect;
pub(crate) mod session;
pub(crate) mod status;
pub(crate) mod telemetry;
