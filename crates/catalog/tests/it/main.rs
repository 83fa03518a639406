//! The built-in catalogue, and files laid over it.

mod builtin;
mod overlay;
