//! The provider catalogue as the parts of the engine share it.

use std::sync::Arc;

pub use bowline_catalog::Catalog;

/// The catalogue, shared.
pub type SharedCatalog = Arc<Catalog>;
