//! Accounts connected by pages: at once, in a window, and under attack.

mod around;
mod attacks;
mod client_metadata;
mod direct;
mod modes;
mod popup;
mod public_key;
pub mod scene;
