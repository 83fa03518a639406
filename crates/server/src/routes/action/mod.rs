//! `/action`

pub(crate) mod error;
pub(crate) mod get;
pub(crate) mod trigger;
