//! Deploying functions: what would change, and the change (spec `deploy.md` §4 and §6).
//!
//! A request is checked on its own first ([`check`]), then compared with what is there under the environment's lock,
//! and written in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use bowline_domain::environment::Environment;
use bowline_domain::function::{
    FunctionDefinition, FunctionEvent, FunctionKind, FunctionSource, VersionProblem,
};
use bowline_domain::id::{FunctionName, IntegrationId, IntegrationKey};
use bowline_domain::storage::{DeployFunctions, Deployment, NewFunction, NewSource, StorageError};
use bowline_runtime::RunRefused;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Map, Value};
use thiserror::Error;
use uuid::Uuid;

use super::lock::LockError;
use super::plan::{Step, plan};
use super::scan::{ScanHit, scan};
use super::schema::schema_of;
use super::source::{deflate, digest_of};
use crate::Engine;

/// Functions that are compiled at the same time.
const COMPILED_AT_ONCE: usize = 8;

/// A deployment as it is asked for.
#[derive(Debug, Clone)]
pub struct DeployRequest {
    /// Syncs and actions.
    pub functions: Vec<FunctionInput>,
    /// Functions of events; `None` says nothing about them.
    pub events: Option<Vec<FunctionInput>>,
    /// What it speaks for.
    pub scope: DeployScope,
    /// Whether what it speaks for and does not bring is deleted.
    pub reconcile: bool,
    /// One JSON Schema for all, from clients that send none with each function.
    pub json_schema: Option<Map<String, Value>>,
    /// The SDK it was compiled with.
    pub sdk_version: Option<String>,
    /// Where it comes from.
    pub source: FunctionSource,
}

/// What a deployment speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployScope {
    /// The whole environment.
    Environment,
    /// The integration of its first function.
    Integration,
    /// Nothing but what it brings.
    Function,
}

/// A function to be deployed.
#[derive(Debug, Clone)]
pub struct FunctionInput {
    /// The integration it is for.
    pub integration: IntegrationKey,
    /// What makes it run.
    pub kind: FunctionKind,
    /// Its name.
    pub name: FunctionName,
    /// The event, of an event's function.
    pub event: Option<FunctionEvent>,
    /// Its version, if it names one.
    pub version: Option<String>,
    /// What runs.
    pub js: String,
    /// What it was made from.
    pub ts: String,
    /// What it says of itself.
    pub definition: FunctionDefinition,
}

/// A function that was deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployedVersion {
    /// Its name.
    pub name: FunctionName,
    /// Its integration.
    pub integration: IntegrationKey,
    /// What makes it run.
    pub kind: FunctionKind,
    /// Its models.
    pub models: Vec<String>,
    /// Its version.
    pub version: String,
}

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

/// Why nothing was deployed.
#[derive(Debug, Error)]
pub enum DeployError {
    /// There is no integration with this key.
    #[error("there is no integration {0:?}")]
    UnknownIntegration(String),
    /// A function's code does what no function may do.
    #[error("the function {function:?} was rejected by a security policy: {hit}")]
    Rejected {
        /// Its name.
        function: String,
        /// What was found.
        hit: ScanHit,
    },
    /// A function's code is not JavaScript.
    #[error("the function {function:?} of {integration:?} cannot be compiled: {problem}")]
    Uncompilable {
        /// Its name.
        function: String,
        /// Its integration.
        integration: String,
        /// What is wrong, and where.
        problem: String,
    },
    /// Too many functions run to compile others.
    #[error(transparent)]
    Refused(#[from] RunRefused),
    /// The common schema defines no such model.
    #[error("the JSON schema does not define {0:?}")]
    MissingModel(String),
    /// No version follows the one that is there.
    #[error(transparent)]
    Version(#[from] VersionProblem),
    /// Somebody else deploys, or the database failed.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl From<StorageError> for DeployError {
    fn from(error: StorageError) -> Self {
        Self::Lock(LockError::Storage(error))
    }
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

    /// Deploys functions, all or none, and gives their versions in the order of the request. A request without
    /// functions does nothing.
    pub async fn deploy_functions(
        self: &Arc<Self>,
        environment: &Arc<Environment>,
        request: DeployRequest,
    ) -> Result<Vec<DeployedVersion>, DeployError> {
        if request.functions.is_empty() {
            return Ok(Vec::new());
        }
        let request = blocking(move || check(request)).await??;
        self.compile_all(&request).await?;
        let environment = Arc::clone(environment);
        self.with_deploy_lock(environment.id, move |engine, holder| async move {
            engine.apply(&environment, holder, request).await
        })
        .await
    }

    /// Compiles every text, where functions run, so that none is stored that cannot.
    async fn compile_all(&self, request: &DeployRequest) -> Result<(), DeployError> {
        let inputs = request.functions.iter().chain(request.events.iter().flatten());
        let compiled: Vec<_> = inputs.map(|input| self.compile_input(input)).collect();
        stream::iter(compiled).buffer_unordered(COMPILED_AT_ONCE).try_collect().await
    }

    fn compile_input<'a>(&'a self, input: &'a FunctionInput) -> BoxFuture<'a, Result<(), DeployError>> {
        Box::pin(async move {
            let failure = self.compile(&input.integration, &input.name, &input.js).await?;
            failure.map_or(Ok(()), |problem| {
                let (function, integration) = (input.name.to_string(), input.integration.to_string());
                Err(DeployError::Uncompilable { function, integration, problem })
            })
        })
    }

    /// Compares and writes, for the lock's holder.
    async fn apply(
        &self,
        environment: &Environment,
        holder: Uuid,
        mut request: DeployRequest,
    ) -> Result<Vec<DeployedVersion>, DeployError> {
        let integrations = self.storage.list_integrations(environment.id).await?;
        let ids: HashMap<_, _> = integrations.into_iter().map(|own| (own.key, own.id)).collect();
        if let Some(unknown) = request.functions.iter().find(|input| !ids.contains_key(&input.integration)) {
            return Err(DeployError::UnknownIntegration(unknown.integration.to_string()));
        }
        request
            .events
            .iter_mut()
            .for_each(|events| events.retain(|input| ids.contains_key(&input.integration)));
        let deployed = self.storage.list_deployed_functions(environment.id).await?;
        let at = self.clock.now();
        let (deployment, versions) = blocking(move || {
            let plan = plan(&request, &deployed);
            let mut changes = Changes::new(&request, &ids);
            plan.steps.iter().try_for_each(|step| changes.add(step))?;
            let deleted = plan.deleted.iter().filter(|_| request.reconcile).map(|function| function.id);
            let Changes { functions, sources, redeployed, versions, .. } = changes;
            let deployment = Deployment { functions, sources, redeployed, deleted: deleted.collect(), at };
            Ok::<_, DeployError>((deployment, versions))
        })
        .await??;
        match self.storage.deploy_functions(environment.id, holder, deployment).await? {
            DeployFunctions::Deployed => Ok(versions),
            DeployFunctions::LockLost => Err(LockError::Concurrent.into()),
            DeployFunctions::NoIntegration => {
                Err(DeployError::UnknownIntegration("deleted meanwhile".to_owned()))
            }
        }
    }
}

/// What of a request can be told without looking at what is there: every code that is to be stored passes here.
fn check(mut request: DeployRequest) -> Result<DeployRequest, DeployError> {
    for input in request.functions.iter().chain(request.events.iter().flatten()) {
        scan(&input.js).map_err(|hit| DeployError::Rejected { function: input.name.to_string(), hit })?;
    }
    if let Some(root) = request.json_schema.take() {
        let without = request.functions.iter_mut().filter(|input| input.definition.json_schema.is_none());
        for input in without {
            let FunctionDefinition { models, input: argument, .. } = &input.definition;
            let needed = models.iter().chain(argument).map(String::as_str);
            let schema = schema_of(&root, needed).map_err(DeployError::MissingModel)?;
            input.definition.json_schema = Some(schema);
        }
    }
    Ok(request)
}

/// What is gathered for the database, step by step.
struct Changes<'a> {
    request: &'a DeployRequest,
    integrations: &'a HashMap<IntegrationKey, IntegrationId>,
    functions: Vec<NewFunction>,
    sources: Vec<NewSource>,
    redeployed: Vec<bowline_domain::id::FunctionId>,
    versions: Vec<DeployedVersion>,
}

impl<'a> Changes<'a> {
    fn new(request: &'a DeployRequest, integrations: &'a HashMap<IntegrationKey, IntegrationId>) -> Self {
        let (functions, sources) = (Vec::new(), Vec::new());
        Self { request, integrations, functions, sources, redeployed: Vec::new(), versions: Vec::new() }
    }

    fn add(&mut self, step: &Step) -> Result<(), DeployError> {
        let version = step.version()?;
        let input = step.input;
        match step.previous {
            Some(previous) if step.changes_nothing(self.request, &version) => {
                self.redeployed.push(previous.function.id);
            }
            _ => self.write(step, &version)?,
        }
        self.versions.push(DeployedVersion {
            name: input.name.clone(),
            integration: input.integration.clone(),
            kind: input.kind,
            models: input.definition.models.clone(),
            version,
        });
        Ok(())
    }

    fn write(&mut self, step: &Step, version: &str) -> Result<(), DeployError> {
        let input = step.input;
        let integration_id = *self
            .integrations
            .get(&input.integration)
            .ok_or_else(|| DeployError::UnknownIntegration(input.integration.to_string()))?;
        let (js_digest, ts_digest) = (digest_of(&input.js), digest_of(&input.ts));
        for (digest, text) in [(js_digest, &input.js), (ts_digest, &input.ts)] {
            self.sources.push(NewSource { integration_id, digest, deflated: deflate(text) });
        }
        self.functions.push(NewFunction {
            integration_id,
            kind: input.kind,
            name: input.name.clone(),
            event: input.event,
            replaces: step.previous.map(|previous| previous.function.id),
            version: version.to_owned(),
            source: self.request.source,
            sdk_version: self.request.sdk_version.clone(),
            js_digest,
            ts_digest,
            definition: input.definition.clone(),
        });
        Ok(())
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

/// Hashing and deflating megabytes would hold up everybody else on the thread.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, LockError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| LockError::BrokenOff)
}
