//! Actions: functions that are called and answer.

use std::sync::Arc;

use bowline_domain::connection::Connection;
use bowline_domain::environment::Environment;
use bowline_domain::function::{Function, FunctionKind};
use bowline_domain::id::{ConnectionKey, FunctionName, IntegrationKey};
use bowline_domain::storage::StorageError;
use thiserror::Error;

use super::run::{RunError, RunKind};
use crate::Engine;

/// Which action is called, and for which connection.
#[derive(Debug, Clone, Copy)]
pub struct ActionCall<'a> {
    /// The integration's key.
    pub integration: &'a IntegrationKey,
    /// The connection's key.
    pub connection: &'a ConnectionKey,
    /// The action's name.
    pub name: &'a FunctionName,
}

/// Why an action gave no output.
#[derive(Debug, Error)]
pub enum ActionError {
    /// The connection, or its integration, does not exist.
    #[error("Failed to find connection")]
    UnknownConnection,
    /// The integration has no such action.
    #[error("Action not found")]
    NotFound,
    /// The action is switched off.
    #[error("The action is disabled")]
    Disabled,
    /// It ran, or could not.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// An action that can run.
pub struct RunnableAction {
    /// The active version.
    pub function: Function,
    /// The connection it runs for.
    pub connection: Arc<Connection>,
}

impl Engine {
    /// Finds an action and its connection. The connection is looked for first, as the protocol has it.
    pub async fn find_action(
        &self,
        environment: &Environment,
        call: ActionCall<'_>,
    ) -> Result<RunnableAction, ActionError> {
        let connection = self
            .storage
            .find_connection(environment.id, call.integration, call.connection)
            .await?
            .ok_or(ActionError::UnknownConnection)?;
        let found = self
            .storage
            .find_functions(environment.id, call.integration, call.name, Some(FunctionKind::Action))
            .await?;
        let function = found.into_iter().next().ok_or(ActionError::NotFound)?;
        if !function.enabled {
            return Err(ActionError::Disabled);
        }
        Ok(RunnableAction { function, connection })
    }

    /// Runs an action to its end; its output is JSON. The run goes on when the caller goes away.
    pub async fn trigger_action(
        self: &Arc<Self>,
        environment: &Arc<Environment>,
        call: ActionCall<'_>,
        input: Option<String>,
    ) -> Result<String, ActionError> {
        let action = self.find_action(environment, call).await?;
        Ok(self.run_action(environment, action, input).await?)
    }

    /// Runs an action that was found.
    pub async fn run_action(
        self: &Arc<Self>,
        environment: &Arc<Environment>,
        action: RunnableAction,
        input: Option<String>,
    ) -> Result<String, RunError> {
        let RunnableAction { function, connection } = action;
        self.run_function(environment, &function, connection, RunKind::Action, input).await
    }
}

/// An address that a function may have declared.
#[derive(Debug, Clone, Copy)]
pub struct EndpointCall<'a> {
    /// The integration's key.
    pub integration: &'a IntegrationKey,
    /// The connection's key.
    pub connection: &'a ConnectionKey,
    /// In capitals.
    pub method: &'a str,
    /// With a leading slash.
    pub path: &'a str,
}

impl Engine {
    /// The action that declares an address, and the connection it would run for; `None` when no action does.
    pub async fn find_endpoint(
        &self,
        environment: &Environment,
        call: EndpointCall<'_>,
    ) -> Result<Option<RunnableAction>, ActionError> {
        let connection = self
            .storage
            .find_connection(environment.id, call.integration, call.connection)
            .await?
            .ok_or(ActionError::UnknownConnection)?;
        let found = self
            .storage
            .find_function_by_endpoint(environment.id, call.integration, call.method, call.path)
            .await?;
        let function = found.filter(|function| function.kind == FunctionKind::Action && function.enabled);
        Ok(function.map(|function| RunnableAction { function, connection }))
    }
}
