//! Deploying functions (spec `deploy.md` §4.2 and §6).
//!
//! A request is checked on its own first (`check`), then compared with what is there under the environment's lock,
//! and written in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use bowline_domain::environment::Environment;
use bowline_domain::function::{FunctionDefinition, FunctionKind, VersionProblem};
use bowline_domain::id::{FunctionId, FunctionName, IntegrationId, IntegrationKey};
use bowline_domain::storage::{DeployFunctions, Deployment, NewFunction, NewSource, StorageError};
use bowline_runtime::RunRefused;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use thiserror::Error;
use uuid::Uuid;

use super::lock::LockError;
use super::plan::{Step, plan};
use super::request::{DeployRequest, FunctionInput};
use super::scan::{ScanHit, scan};
use super::schema::schema_of;
use super::source::{deflate, digest_of};
use crate::Engine;

/// Functions that are compiled at the same time.
const COMPILED_AT_ONCE: usize = 8;

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

/// Why nothing was deployed.
#[derive(Debug, Error)]
pub enum DeployError {
    /// There is no integration with this key.
    #[error("there is no integration {0:?}")]
    UnknownIntegration(String),
    /// One of the integrations was deleted during the deployment.
    #[error("an integration was deleted during the deployment")]
    IntegrationGone,
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
            DeployFunctions::NoIntegration => Err(DeployError::IntegrationGone),
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
    redeployed: Vec<FunctionId>,
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

/// Hashing and deflating megabytes would hold up everybody else on the thread.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, LockError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| LockError::BrokenOff)
}
