//! The built-in catalogue, and files laid over it.

#![expect(clippy::unwrap_used, reason = "a helper that fails makes its test fail")]

mod builtin;
mod overlay;
