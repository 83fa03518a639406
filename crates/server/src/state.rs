//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use bowline_domain::Clock;
use bowline_engine::Engine;

use crate::connect_ui::{Base, ConnectUi};
use crate::function_objects::ApiObjects;
use crate::readiness::Readiness;
use crate::settings::ServerSettings;

/// The parts of a running server. Cloning it is one count.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

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

/// The parts and what follows from them.
pub struct Shared {
    parts: AppParts,
    /// The Connect UI on the API's own port.
    pub(crate) connect_ui: ConnectUi,
}

impl AppState {
    /// Shares the parts between all handlers.
    pub fn new(parts: AppParts) -> Self {
        let connect_ui = ConnectUi::new(&parts.settings, Base::Api);
        parts.engine.show_functions(Arc::new(ApiObjects::new(parts.settings.clone())));
        Self(Arc::new(Shared { parts, connect_ui }))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Deref for Shared {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.parts
    }
}
