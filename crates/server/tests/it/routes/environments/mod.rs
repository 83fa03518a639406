//! Environments and what is theirs.

mod api_keys;
mod manage;
mod secrets;
