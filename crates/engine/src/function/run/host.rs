//! The engine as the host of a run.

use std::sync::Arc;

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_runtime::{Host, HostCall, Reply};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::operation;
use crate::Engine;

/// Whose run it is: what every operation of it is bound to.
pub(super) struct RunScope {
    pub engine: Arc<Engine>,
    pub environment: Arc<Environment>,
    pub connection: Arc<Connection>,
    /// The run's own number; owner of its locks.
    pub run: Uuid,
    /// The function's kind and name, under which its checkpoint is kept.
    pub checkpoint_key: String,
}

/// Answers a run's calls until it ends.
pub(super) struct EngineHost {
    scope: Arc<RunScope>,
    tasks: Handle,
    ended: CancellationToken,
}

impl EngineHost {
    pub(super) fn new(scope: Arc<RunScope>, ended: CancellationToken) -> Self {
        Self { scope, tasks: Handle::current(), ended }
    }
}

impl Host for EngineHost {
    fn call(&self, call: HostCall, reply: Reply) {
        let (scope, ended) = (Arc::clone(&self.scope), self.ended.clone());
        self.tasks.spawn(async move {
            // What a run leaves behind when it ends is given up with it.
            if let Some(answer) = ended.run_until_cancelled(operation::answer(&scope, call)).await {
                reply.send(answer);
            }
        });
    }

    fn log(&self, line: &str) {
        tracing::info!(run = %self.scope.run, connection = %self.scope.connection.id, line, "function log");
    }
}
