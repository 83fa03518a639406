//! `/integrations`

mod config;
mod create;
mod delete;
mod read;
mod update;
