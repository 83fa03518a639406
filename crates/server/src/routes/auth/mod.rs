//! `/auth/…`, `/api-auth/…`, `/oauth2/auth/…` and what older frontends call: accounts connected without a popup.

pub(crate) mod credentials;
pub(crate) mod error;
pub(crate) mod input;
