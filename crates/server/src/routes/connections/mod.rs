//! `/connections`, and the same handlers under the singular `/connection` of older clients.

pub(crate) mod delete;
pub(crate) mod error;
pub(crate) mod get;
pub(crate) mod import;
pub(crate) mod input;
pub(crate) mod list;
pub(crate) mod metadata;
pub(crate) mod update;
pub(crate) mod wire;

pub(crate) use input::WEBHOOK_URL_CHARS_MAX;
