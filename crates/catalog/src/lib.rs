//! The provider catalogue: 981 built-in definitions, and the files that users lay over them.
//!
//! The built-in files (`providers/*.yaml`, described in `providers/README.md`) are checked and packed by
//! the build script; starting up parses none of them. This crate never touches the network, and reads only
//! the files it is given.
//!
//! Start reading at [`Catalog`].

mod catalog;
mod overlay;
mod search;
mod source;

use bowline_domain::provider;

pub use catalog::Catalog;
pub use overlay::{CatalogError, lint};
pub use provider::{Problem, Rule};
pub use source::FileProblem;
