//! Projects on disk, bundled.

mod bundle;
mod checks;
mod project;
mod support;
mod yaml;
