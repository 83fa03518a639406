//! Whether this node takes traffic: not before its database answered once, nor after shutdown began.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A handle on one node's readiness; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Says whether the node takes traffic from now on.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    /// Whether the node takes traffic.
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
