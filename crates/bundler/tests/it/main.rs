//! Projects on disk, bundled.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bundle;
mod checks;
mod project;
mod support;
mod yaml;
