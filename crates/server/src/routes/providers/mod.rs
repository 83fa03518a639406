//! `/providers*`: the catalogue. Its objects are JSON texts already and are joined, never parsed.

pub(crate) mod all;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod templates;
mod wire;
