//! A storage that fails, or never answers, at named points of a refresh; all else goes through to a real one.

use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::api_key::{ApiKey, KeyDigest, NewApiKey};
use bowline_domain::checkpoint::Checkpoint;
use bowline_domain::connection::{
    Connection, ConnectionContent, ConnectionFilter, ConnectionPatch, ConnectionSummary, NewConnection,
};
use bowline_domain::environment::{Account, Environment, EnvironmentVariable, NewEnvironment};
use bowline_domain::function::{Function, FunctionEvent, FunctionKind, SourceDigest};
use bowline_domain::id::{
    AccountId, ApiKeyId, CheckpointKey, ConnectionId, ConnectionKey, EnvironmentId, FunctionId, FunctionName,
    IntegrationId, IntegrationKey, LockKey, RowUid, TaskId,
};
use bowline_domain::integration::{Integration, IntegrationPatch, NewIntegration};
use bowline_domain::metadata::MetadataWrite;
use bowline_domain::storage::{
    AcquireLease, ActivateFunction, ApiKeyStore, CheckpointStore, ConnectionStore, CreateApiKey,
    CreateConnection, CreateEnvironment, CreateIntegration, CreateTask, DataKeyStore, DeleteCheckpoint,
    DeployFunctions, DeployedFunction, Deployment, DueRefresh, EnvironmentStore, FunctionFilter,
    FunctionPage, FunctionStore, IntegrationStore, LockStore, RateLimitStore, RateLimitUse, RefreshOutcome,
    RefreshStore, SaveCheckpoint, SetMetadata, Storage, StorageError, StorageResult, TaskStore, TicketStore,
    UpdateIntegration, WrappedDataKey,
};
use bowline_domain::task::{ClaimedTask, NewTask, Task, TaskKind, TaskResult};
use bowline_domain::ticket::{NewTicket, Ticket, TicketKind};
use bowline_domain::{SealedBytes, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

/// A point of a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// The lease is about to be asked for.
    BeforeAcquire,
    /// The lease was asked for; its answer is on the way back.
    AfterAcquire,
    /// The lease is about to be extended.
    BeforeExtend,
    /// The outcome is about to be stored: the provider has answered.
    BeforeFinish,
    /// The outcome is stored; the answer is on the way back.
    AfterFinish,
}

/// What happens at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call fails as with a lost connection.
    Error,
    /// The call never comes back, as when the process ends there.
    Hang,
}

/// A storage with planned faults.
pub struct FailingStorage {
    inner: Arc<dyn Storage>,
    plan: Mutex<HashMap<Point, (Fault, u32)>>,
}

impl FailingStorage {
    /// Lays faults over a storage; none are planned yet.
    pub fn over(inner: Arc<dyn Storage>) -> Arc<Self> {
        Arc::new(Self { inner, plan: Mutex::default() })
    }

    /// Plans what happens the next `times` times that `point` is reached.
    pub fn plan(&self, point: Point, fault: Fault, times: u32) {
        self.plan.lock().insert(point, (fault, times));
    }

    /// How often a planned fault is still to happen.
    pub fn left(&self, point: Point) -> u32 {
        self.plan.lock().get(&point).map_or(0, |(_, times)| *times)
    }

    async fn reach(&self, point: Point) -> StorageResult<()> {
        match self.take(point) {
            None => Ok(()),
            Some(Fault::Error) => Err(StorageError::new("planned failure", format!("{point:?}"))),
            Some(Fault::Hang) => pending().await,
        }
    }

    fn take(&self, point: Point) -> Option<Fault> {
        let mut plan = self.plan.lock();
        let (fault, times) = plan.get_mut(&point)?;
        *times = times.checked_sub(1)?;
        Some(*fault)
    }
}

#[async_trait]
impl RefreshStore for FailingStorage {
    async fn acquire_refresh_lease(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        holder: &str,
        lease_for: Duration,
        expected_version: i64,
    ) -> StorageResult<AcquireLease> {
        self.reach(Point::BeforeAcquire).await?;
        let acquired = self
            .inner
            .acquire_refresh_lease(environment, connection, holder, lease_for, expected_version)
            .await;
        self.reach(Point::AfterAcquire).await?;
        acquired
    }

    async fn extend_refresh_lease(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        lease_for: Duration,
    ) -> StorageResult<bool> {
        self.reach(Point::BeforeExtend).await?;
        self.inner.extend_refresh_lease(environment, connection, epoch, lease_for).await
    }

    async fn finish_refresh(
        &self,
        environment: EnvironmentId,
        connection: ConnectionId,
        epoch: i64,
        outcome: RefreshOutcome,
    ) -> StorageResult<bool> {
        self.reach(Point::BeforeFinish).await?;
        let finished = self.inner.finish_refresh(environment, connection, epoch, outcome).await;
        self.reach(Point::AfterFinish).await?;
        finished
    }

    async fn list_abandoned_refreshes(&self, limit: u32) -> StorageResult<Vec<DueRefresh>> {
        self.inner.list_abandoned_refreshes(limit).await
    }

    async fn list_due_refreshes(
        &self,
        before: Timestamp,
        after: Option<(Timestamp, ConnectionId)>,
        limit: u32,
    ) -> StorageResult<Vec<DueRefresh>> {
        self.inner.list_due_refreshes(before, after, limit).await
    }
}

#[async_trait]
impl Storage for FailingStorage {
    async fn check_health(&self) -> Result<(), StorageError> {
        self.inner.check_health().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

/// Passes every method of a trait through.
macro_rules! pass_through {
    ($($store:ident {
        $($method:ident($($argument:ident: $type:ty),*) -> $result:ty;)*
    })*) => {$(
        #[async_trait]
        impl $store for FailingStorage {
            $(async fn $method(&self $(, $argument: $type)*) -> $result {
                self.inner.$method($($argument),*).await
            })*
        }
    )*};
}

pass_through! {
    EnvironmentStore {
        ensure_default_account(uuid: Uuid, name: &str, at: Timestamp) -> StorageResult<Account>;
        find_account(id: AccountId) -> StorageResult<Option<Account>>;
        create_environment(new: NewEnvironment) -> StorageResult<CreateEnvironment>;
        list_environments(account: AccountId) -> StorageResult<Vec<Environment>>;
        find_environment(id: EnvironmentId) -> StorageResult<Option<Environment>>;
        find_environment_by_uuid(uuid: Uuid) -> StorageResult<Option<Environment>>;
        find_environment_by_public_key(public_key: Uuid) -> StorageResult<Option<Environment>>;
        replace_environment_secrets(id: EnvironmentId, expected: &SealedBytes, new: SealedBytes) -> StorageResult<bool>;
        delete_environment(account: AccountId, id: EnvironmentId, at: Timestamp) -> StorageResult<bool>;
        list_variables(environment: EnvironmentId) -> StorageResult<Vec<EnvironmentVariable>>;
        put_variable(environment: EnvironmentId, variable: EnvironmentVariable) -> StorageResult<()>;
        delete_variable(environment: EnvironmentId, name: &str) -> StorageResult<bool>;
    }
    ApiKeyStore {
        create_api_key(new: NewApiKey, live_keys_max: u32) -> StorageResult<CreateApiKey>;
        find_api_key(digest: &KeyDigest) -> StorageResult<Option<(ApiKey, Option<Environment>)>>;
        list_api_keys(environment: EnvironmentId) -> StorageResult<Vec<ApiKey>>;
        list_account_api_keys(account: AccountId) -> StorageResult<Vec<ApiKey>>;
        delete_api_key(environment: EnvironmentId, id: ApiKeyId, at: Timestamp) -> StorageResult<bool>;
        replace_default_api_key(environment: EnvironmentId, digest: &KeyDigest, secret: SealedBytes, uid: RowUid) -> StorageResult<bool>;
        touch_api_keys(uses: &[(ApiKeyId, Timestamp)]) -> StorageResult<()>;
    }
    DataKeyStore {
        list_data_keys() -> StorageResult<Vec<WrappedDataKey>>;
        insert_data_key(key: WrappedDataKey) -> StorageResult<bool>;
    }
    IntegrationStore {
        create_integration(environment: EnvironmentId, new: NewIntegration) -> StorageResult<CreateIntegration>;
        list_integrations(environment: EnvironmentId) -> StorageResult<Vec<Integration>>;
        find_integration(environment: EnvironmentId, key: &IntegrationKey) -> StorageResult<Option<Arc<Integration>>>;
        update_integration(environment: EnvironmentId, key: &IntegrationKey, patch: IntegrationPatch) -> StorageResult<UpdateIntegration>;
        delete_integration(environment: EnvironmentId, key: &IntegrationKey, at: Timestamp) -> StorageResult<bool>;
        count_connections(environment: EnvironmentId, key: &IntegrationKey) -> StorageResult<u64>;
    }
    ConnectionStore {
        create_connection(environment: EnvironmentId, new: NewConnection) -> StorageResult<CreateConnection>;
        replace_connection(environment: EnvironmentId, id: ConnectionId, content: ConnectionContent, at: Timestamp) -> StorageResult<Option<Arc<Connection>>>;
        find_connection(environment: EnvironmentId, integration: &IntegrationKey, key: &ConnectionKey) -> StorageResult<Option<Arc<Connection>>>;
        find_connection_by_id(environment: EnvironmentId, id: ConnectionId) -> StorageResult<Option<Arc<Connection>>>;
        list_connections(environment: EnvironmentId, filter: &ConnectionFilter) -> StorageResult<Vec<ConnectionSummary>>;
        update_connection(environment: EnvironmentId, id: ConnectionId, patch: ConnectionPatch, at: Timestamp) -> StorageResult<Option<Arc<Connection>>>;
        set_metadata(environment: EnvironmentId, integration: &IntegrationKey, keys: &[ConnectionKey], write: &MetadataWrite, at: Timestamp) -> StorageResult<SetMetadata>;
        delete_connection(environment: EnvironmentId, integration: &IntegrationKey, key: &ConnectionKey, at: Timestamp) -> StorageResult<bool>;
        touch_fetched(fetches: &[(ConnectionId, Timestamp)]) -> StorageResult<()>;
    }
    RateLimitStore {
        count_rate_limit(key: &str, units: u64, window: Duration) -> StorageResult<RateLimitUse>;
    }
    TicketStore {
        create_ticket(environment: EnvironmentId, new: NewTicket) -> StorageResult<bool>;
        find_ticket(kind: TicketKind, digest: &KeyDigest, at: Timestamp) -> StorageResult<Option<(Ticket, Environment)>>;
        take_ticket(kind: TicketKind, digest: &KeyDigest, at: Timestamp) -> StorageResult<Option<(Ticket, Environment)>>;
        delete_ticket(environment: EnvironmentId, uid: RowUid) -> StorageResult<bool>;
    }
    FunctionStore {
        acquire_deploy_lock(environment: EnvironmentId, holder: Uuid, lock_for: Duration) -> StorageResult<bool>;
        release_deploy_lock(environment: EnvironmentId, holder: Uuid) -> StorageResult<()>;
        deploy_functions(environment: EnvironmentId, holder: Uuid, deployment: Deployment) -> StorageResult<DeployFunctions>;
        activate_function(environment: EnvironmentId, holder: Uuid, id: FunctionId, at: Timestamp) -> StorageResult<ActivateFunction>;
        set_function_enabled(environment: EnvironmentId, id: FunctionId, enabled: bool) -> StorageResult<bool>;
        list_deployed_functions(environment: EnvironmentId) -> StorageResult<Vec<DeployedFunction>>;
        list_functions(environment: EnvironmentId, integration: &IntegrationKey, filter: &FunctionFilter) -> StorageResult<FunctionPage>;
        find_functions(environment: EnvironmentId, integration: &IntegrationKey, name: &FunctionName, kind: Option<FunctionKind>) -> StorageResult<Vec<Function>>;
        list_event_functions(environment: EnvironmentId, integration: &IntegrationKey, event: FunctionEvent) -> StorageResult<Vec<Function>>;
        find_function_by_endpoint(environment: EnvironmentId, integration: &IntegrationKey, method: &str, path: &str) -> StorageResult<Option<Function>>;
        list_function_versions(environment: EnvironmentId, id: FunctionId) -> StorageResult<Vec<Function>>;
        find_function_source(environment: EnvironmentId, integration: IntegrationId, digest: &SourceDigest) -> StorageResult<Option<Vec<u8>>>;
    }
    TaskStore {
        create_task(environment: EnvironmentId, new: NewTask, waiting_max: u32) -> StorageResult<CreateTask>;
        claim_task(kinds: &[TaskKind], holder: Uuid, now: Timestamp, lease_for: Duration) -> StorageResult<Option<ClaimedTask>>;
        extend_task(id: TaskId, epoch: i64, now: Timestamp, lease_for: Duration) -> StorageResult<bool>;
        finish_task(id: TaskId, epoch: i64, result: TaskResult, now: Timestamp) -> StorageResult<bool>;
        retry_task(id: TaskId, epoch: i64, not_before: Timestamp, error: SealedBytes) -> StorageResult<bool>;
        expire_tasks(now: Timestamp, limit: u32) -> StorageResult<Vec<Task>>;
        find_task(environment: EnvironmentId, id: TaskId) -> StorageResult<Option<Task>>;
        cancel_task(environment: EnvironmentId, id: TaskId, now: Timestamp) -> StorageResult<bool>;
        delete_finished_tasks(before: Timestamp, limit: u32) -> StorageResult<u64>;
    }
    LockStore {
        acquire_lock(environment: EnvironmentId, key: &LockKey, owner: Uuid, now: Timestamp, ttl: Duration) -> StorageResult<bool>;
        release_lock(environment: EnvironmentId, key: &LockKey, owner: Uuid) -> StorageResult<bool>;
        release_locks(environment: EnvironmentId, owner: Uuid) -> StorageResult<u64>;
    }
    CheckpointStore {
        find_checkpoint(environment: EnvironmentId, connection: ConnectionId, key: &CheckpointKey) -> StorageResult<Option<Checkpoint>>;
        save_checkpoint(environment: EnvironmentId, connection: ConnectionId, key: &CheckpointKey, expected: Option<i64>, value: SealedBytes, now: Timestamp) -> StorageResult<SaveCheckpoint>;
        delete_checkpoint(environment: EnvironmentId, connection: ConnectionId, key: &CheckpointKey, expected: i64) -> StorageResult<DeleteCheckpoint>;
        delete_checkpoints(environment: EnvironmentId, connection: ConnectionId, prefix: &str) -> StorageResult<u64>;
    }
}
