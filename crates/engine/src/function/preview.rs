//! What a deployment would do (spec `deploy.md` §4.1).

use std::collections::HashMap;

use bowline_domain::environment::Environment;
use bowline_domain::function::{FunctionEvent, FunctionKind};
use bowline_domain::id::{FunctionName, IntegrationKey};
use bowline_domain::storage::StorageError;

use super::plan::{Step, plan};
use super::request::DeployRequest;
use crate::Engine;

/// What a deployment would do.
#[derive(Debug, Clone, Default)]
pub struct DeployPreview {
    /// Functions that are not there yet.
    pub new: Vec<PreviewedFunction>,
    /// Functions that are there.
    pub updated: Vec<PreviewedFunction>,
    /// Functions that would go.
    pub deleted: Vec<PreviewedFunction>,
    /// Models that syncs of integrations with connections would not write any more.
    pub deleted_models: Vec<String>,
}

/// A function in a preview.
#[derive(Debug, Clone)]
pub struct PreviewedFunction {
    /// Its name.
    pub name: FunctionName,
    /// Its integration.
    pub integration: IntegrationKey,
    /// What makes it run.
    pub kind: FunctionKind,
    /// The event, of an event's function.
    pub event: Option<FunctionEvent>,
    /// Whether it starts with its connection.
    pub auto_start: bool,
    /// How many connections the integration has.
    pub connections: u64,
}

impl Engine {
    /// Tells what a deployment would do. Changes nothing; an integration that is unknown is one without functions.
    pub async fn preview_deploy(
        &self,
        environment: &Environment,
        request: &DeployRequest,
    ) -> Result<DeployPreview, StorageError> {
        let deployed = self.storage.list_deployed_functions(environment.id).await?;
        let plan = plan(request, &deployed);
        let mut connections = ConnectionCounts { engine: self, environment, counts: HashMap::new() };
        let mut preview = DeployPreview::default();
        for step in &plan.steps {
            let connections = connections.of(&step.input.integration).await?;
            let list = if step.previous.is_some() { &mut preview.updated } else { &mut preview.new };
            list.push(previewed(step, connections));
            for model in step.dropped_models().filter(|_| connections > 0) {
                if !preview.deleted_models.iter().any(|known| known == model) {
                    preview.deleted_models.push(model.to_owned());
                }
            }
        }
        for function in plan.deleted {
            preview.deleted.push(PreviewedFunction {
                name: function.name.clone(),
                integration: function.integration_key.clone(),
                kind: function.kind,
                event: function.event,
                auto_start: function.definition.auto_start,
                connections: connections.of(&function.integration_key).await?,
            });
        }
        Ok(preview)
    }
}

/// Counts each integration's connections once.
struct ConnectionCounts<'a> {
    engine: &'a Engine,
    environment: &'a Environment,
    counts: HashMap<IntegrationKey, u64>,
}

impl ConnectionCounts<'_> {
    async fn of(&mut self, integration: &IntegrationKey) -> Result<u64, StorageError> {
        if let Some(count) = self.counts.get(integration) {
            return Ok(*count);
        }
        let count = self.engine.storage.count_connections(self.environment.id, integration).await?;
        self.counts.insert(integration.clone(), count);
        Ok(count)
    }
}

fn previewed(step: &Step, connections: u64) -> PreviewedFunction {
    let input = step.input;
    PreviewedFunction {
        name: input.name.clone(),
        integration: input.integration.clone(),
        kind: input.kind,
        event: input.event,
        auto_start: input.definition.auto_start,
        connections,
    }
}
