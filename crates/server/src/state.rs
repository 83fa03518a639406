//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use bowline_domain::Clock;
use bowline_engine::Engine;

use crate::readiness::Readiness;
use crate::settings::ServerSettings;

/// The parts of a running server. Cloning it is one count.
#[derive(Clone)]
pub struct AppState(Arc<AppParts>);

/// What an [`AppState`] holds.
pub struct AppParts {
    /// What Bowline does.
    pub engine: Arc<Engine>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whether this node takes traffic.
    pub readiness: Readiness,
    /// How the HTTP side is configured.
    pub settings: ServerSettings,
}

impl AppState {
    /// Shares the parts between all handlers.
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}
