//! Functions, their versions and sources, and the lock that lets one deployment run at a time.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use super::StorageResult;
use crate::Timestamp;
use crate::function::{
    Function, FunctionDefinition, FunctionEvent, FunctionKind, FunctionSource, SourceDigest,
};
use crate::id::{EnvironmentId, FunctionId, FunctionName, IntegrationId, IntegrationKey};

/// How many versions of a function are kept, the active one among them; older ones go with the next deployment.
pub const FUNCTION_VERSIONS_KEPT_MAX: u32 = 50;

/// A version of a function to be written, as its active one.
#[derive(Debug, Clone)]
pub struct NewFunction {
    /// The integration it is for.
    pub integration_id: IntegrationId,
    /// What makes it run.
    pub kind: FunctionKind,
    /// Its name.
    pub name: FunctionName,
    /// The event, of an event's function.
    pub event: Option<FunctionEvent>,
    /// The version that was active until now; it hands on whether it is enabled.
    pub replaces: Option<FunctionId>,
    /// Its version.
    pub version: String,
    /// Where it is deployed from.
    pub source: FunctionSource,
    /// The SDK it was compiled with.
    pub sdk_version: Option<String>,
    /// Of its JavaScript, which the same deployment brings or the integration already has.
    pub js_digest: SourceDigest,
    /// Of its TypeScript.
    pub ts_digest: SourceDigest,
    /// What it says of itself.
    pub definition: FunctionDefinition,
}

/// A source text to be kept; one that is there already stays.
#[derive(Debug, Clone)]
pub struct NewSource {
    /// The integration it is for.
    pub integration_id: IntegrationId,
    /// Of the text.
    pub digest: SourceDigest,
    /// The text, deflated.
    pub deflated: Vec<u8>,
}

/// All that one deployment changes.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// New versions.
    pub functions: Vec<NewFunction>,
    /// Their sources.
    pub sources: Vec<NewSource>,
    /// Active versions that were deployed again as they are.
    pub redeployed: Vec<FunctionId>,
    /// Active versions of functions that go, with all their versions.
    pub deleted: Vec<FunctionId>,
    /// When.
    pub at: Timestamp,
}

/// Outcome of [`FunctionStore::deploy_functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployFunctions {
    /// Written.
    Deployed,
    /// Somebody else took the lock, or the environment is gone.
    LockLost,
    /// An integration was deleted meanwhile.
    NoIntegration,
}

/// Outcome of [`FunctionStore::activate_function`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivateFunction {
    /// The version is the active one now.
    Activated,
    /// Somebody else took the lock, or the environment is gone.
    LockLost,
    /// There is no such version.
    NotFound,
}

/// An active function and what the next version follows.
#[derive(Debug, Clone, PartialEq)]
pub struct DeployedFunction {
    /// The active version.
    pub function: Function,
    /// The version that was written last; another than the active one after a rollback.
    pub newest_version: String,
}

/// Which active functions of an integration a page shows.
#[derive(Debug, Clone, Default)]
pub struct FunctionFilter {
    /// Only of this kind.
    pub kind: Option<FunctionKind>,
    /// Only those whose name contains this text, in any case.
    pub search: Option<String>,
    /// At most this many.
    pub limit: u32,
    /// After this many.
    pub offset: u64,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionPage {
    /// By kind, name, event and number.
    pub functions: Vec<Function>,
    /// How many there are in all.
    pub total: u64,
}

/// Functions of an environment. They go with their integration and with their environment, sources included.
#[async_trait]
pub trait FunctionStore: Send + Sync + 'static {
    /// Takes the environment's lock unless somebody has it. A lock that is never released is free after `lock_for`.
    async fn acquire_deploy_lock(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        lock_for: Duration,
    ) -> StorageResult<bool>;

    /// Gives the lock back if `holder` has it.
    async fn release_deploy_lock(&self, environment: EnvironmentId, holder: Uuid) -> StorageResult<()>;

    /// Writes a deployment as a whole, for the lock's holder: replaced versions become inactive, new ones active,
    /// deleted functions go, and so do versions beyond [`FUNCTION_VERSIONS_KEPT_MAX`] and sources of none.
    async fn deploy_functions(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        deployment: Deployment,
    ) -> StorageResult<DeployFunctions>;

    /// Makes a kept version the active one, for the lock's holder.
    async fn activate_function(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        id: FunctionId,
        at: Timestamp,
    ) -> StorageResult<ActivateFunction>;

    /// Sets whether a function may run, by the number of its active version; false when there is none.
    async fn set_function_enabled(
        &self,
        environment: EnvironmentId,
        id: FunctionId,
        enabled: bool,
    ) -> StorageResult<bool>;

    /// All active functions, by provider, the integration's age, kind, name and event.
    async fn list_deployed_functions(
        &self,
        environment: EnvironmentId,
    ) -> StorageResult<Vec<DeployedFunction>>;

    /// A page of an integration's active functions.
    async fn list_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        filter: &FunctionFilter,
    ) -> StorageResult<FunctionPage>;

    /// An integration's active functions of a name, by kind and event: one of each kind, or one for each event.
    async fn find_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        name: &FunctionName,
        kind: Option<FunctionKind>,
    ) -> StorageResult<Vec<Function>>;

    /// The enabled functions of an integration that run at an event, by name.
    async fn list_event_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        event: FunctionEvent,
    ) -> StorageResult<Vec<Function>>;

    /// The active function of an integration that declares an endpoint; of several, the one deployed last.
    async fn find_function_by_endpoint(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        method: &str,
        path: &str,
    ) -> StorageResult<Option<Function>>;

    /// All kept versions of the function that has this version, the newest first; none when it is unknown.
    async fn list_function_versions(
        &self,
        environment: EnvironmentId,
        id: FunctionId,
    ) -> StorageResult<Vec<Function>>;

    /// A source text, deflated.
    async fn find_function_source(
        &self,
        environment: EnvironmentId,
        integration: IntegrationId,
        digest: &SourceDigest,
    ) -> StorageResult<Option<Vec<u8>>>;
}
