//! `/oauth/…`: authorization in a window at the provider, and the page it ends on.

pub(crate) mod callback;
pub(crate) mod client_metadata;
pub(crate) mod connect;
mod ending;
pub(crate) mod page;
