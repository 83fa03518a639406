//! `/config`: integrations as SDKs up to 0.60.5 know them (spec `api.md` §9).

pub(crate) mod read;
pub(crate) mod write;

pub(crate) use read::{get_config, list_configs};
pub(crate) use write::{create_config, delete_config, update_config};
