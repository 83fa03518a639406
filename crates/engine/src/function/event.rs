//! Functions that run when something happens to a connection (spec `functions.md` §8).

use std::sync::Arc;

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::function::{Function, FunctionEvent};
use bowline_domain::storage::StorageError;
use serde_json::Value;
use thiserror::Error;

use super::run::{RunError, RunKind};
use crate::Engine;

/// Why a connection was not accepted.
#[derive(Debug, Error)]
pub enum ValidationError {
    /// A function of the application refused it, in these words.
    #[error("{0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Engine {
    /// Asks the integration's functions whether a connection is to be accepted. One that cannot run refuses it.
    pub(crate) async fn validate_connection(
        &self,
        environment: &Environment,
        connection: &Arc<Connection>,
    ) -> Result<(), ValidationError> {
        for function in
            self.event_functions(environment, connection, FunctionEvent::ValidateConnection).await?
        {
            self.run_at_event(environment, &function, connection).await.map_err(refusal)?;
        }
        Ok(())
    }

    /// Runs the functions for a new connection. Nobody waits for them; failures go into the log.
    pub(crate) fn after_connection_creation(&self, environment: &Environment, connection: &Arc<Connection>) {
        let (engine, environment, connection) = (self.shared(), environment.clone(), Arc::clone(connection));
        tokio::spawn(async move {
            engine.run_event(&environment, &connection, FunctionEvent::PostConnectionCreation).await;
        });
    }

    /// Runs the functions for a connection that is about to go. Whatever they do, it goes.
    pub(crate) async fn before_connection_deletion(
        &self,
        environment: &Environment,
        connection: &Arc<Connection>,
    ) {
        self.run_event(environment, connection, FunctionEvent::PreConnectionDeletion).await;
    }

    async fn run_event(&self, environment: &Environment, connection: &Arc<Connection>, event: FunctionEvent) {
        let functions = match self.event_functions(environment, connection, event).await {
            Ok(functions) => functions,
            Err(error) => {
                tracing::error!(?error, %event, "the functions of an event could not be read");
                return;
            }
        };
        for function in functions {
            if let Err(error) = self.run_at_event(environment, &function, connection).await {
                tracing::warn!(%error, %event, function = %function.name, connection = %connection.key, "a function of an event failed");
            }
        }
    }

    async fn event_functions(
        &self,
        environment: &Environment,
        connection: &Connection,
        event: FunctionEvent,
    ) -> Result<Vec<Function>, StorageError> {
        self.storage.list_event_functions(environment.id, &connection.integration_key, event).await
    }

    async fn run_at_event(
        &self,
        environment: &Environment,
        function: &Function,
        connection: &Arc<Connection>,
    ) -> Result<String, RunError> {
        let environment = Arc::new(environment.clone());
        self.shared().run_function(&environment, function, Arc::clone(connection), RunKind::Event, None).await
    }
}

fn refusal(error: RunError) -> ValidationError {
    let said = match &error {
        RunError::Failed(failure) => ["message", "error"]
            .iter()
            .find_map(|name| failure.payload.get(name).and_then(Value::as_str))
            .map(str::to_owned),
        _ => None,
    };
    if said.is_none() {
        tracing::warn!(%error, "a connection could not be validated");
    }
    ValidationError::Refused(said.unwrap_or_else(|| "Connection failed validation".to_owned()))
}
