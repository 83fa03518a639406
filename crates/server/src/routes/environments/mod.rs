//! `/environments`, their API keys and signing keys, in both generations of paths.

pub(crate) mod api_keys;
pub(crate) mod create;
pub(crate) mod delete;
mod error;
pub(crate) mod list;
pub(crate) mod signing_key;
