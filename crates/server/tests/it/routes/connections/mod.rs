//! `/connections`

mod delete;
mod get;
mod import;
mod import_labels;
mod list;
mod metadata;
mod update;
