//! Functions: the lock and the way to each query. Reading is in [`read`], writing a deployment in [`deploy`].

mod deploy;
mod read;

use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::function::{Function, FunctionEvent, FunctionKind, SourceDigest};
use bowline_domain::id::{EnvironmentId, FunctionId, FunctionName, IntegrationId, IntegrationKey};
use bowline_domain::storage::{
    ActivateFunction, DeployFunctions, DeployedFunction, Deployment, FunctionFilter, FunctionPage,
    FunctionStore, StorageResult,
};
use uuid::Uuid;

use crate::PostgresStorage;
use crate::session::retrying;

#[async_trait]
impl FunctionStore for PostgresStorage {
    async fn acquire_deploy_lock(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        lock_for: Duration,
    ) -> StorageResult<bool> {
        retrying("taking the lock of deployments", || self.try_take_lock(environment, holder, lock_for)).await
    }

    async fn release_deploy_lock(&self, environment: EnvironmentId, holder: Uuid) -> StorageResult<()> {
        retrying("giving the lock of deployments back", || self.try_give_lock(environment, holder)).await
    }

    async fn deploy_functions(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        deployment: Deployment,
    ) -> StorageResult<DeployFunctions> {
        retrying("deploying functions", || self.try_deploy(environment, holder, &deployment)).await
    }

    async fn activate_function(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        id: FunctionId,
        at: Timestamp,
    ) -> StorageResult<ActivateFunction> {
        retrying("activating a version of a function", || self.try_activate(environment, holder, id, at))
            .await
    }

    async fn set_function_enabled(
        &self,
        environment: EnvironmentId,
        id: FunctionId,
        enabled: bool,
    ) -> StorageResult<bool> {
        retrying("enabling or disabling a function", || self.try_set_enabled(environment, id, enabled)).await
    }

    async fn list_deployed_functions(
        &self,
        environment: EnvironmentId,
    ) -> StorageResult<Vec<DeployedFunction>> {
        retrying("listing deployed functions", || self.try_list_deployed(environment)).await
    }

    async fn list_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        filter: &FunctionFilter,
    ) -> StorageResult<FunctionPage> {
        let doing = "listing an integration's functions";
        retrying(doing, || self.try_list_functions(environment, integration, filter)).await
    }

    async fn find_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        name: &FunctionName,
        kind: Option<FunctionKind>,
    ) -> StorageResult<Vec<Function>> {
        retrying("finding functions", || self.try_find_functions(environment, integration, name, kind)).await
    }

    async fn list_event_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        event: FunctionEvent,
    ) -> StorageResult<Vec<Function>> {
        let doing = "listing an event's functions";
        retrying(doing, || self.try_list_event_functions(environment, integration, event)).await
    }

    async fn find_function_by_endpoint(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        method: &str,
        path: &str,
    ) -> StorageResult<Option<Function>> {
        let doing = "finding a function by endpoint";
        retrying(doing, || self.try_find_by_endpoint(environment, integration, method, path)).await
    }

    async fn list_function_versions(
        &self,
        environment: EnvironmentId,
        id: FunctionId,
    ) -> StorageResult<Vec<Function>> {
        retrying("listing a function's versions", || self.try_list_versions(environment, id)).await
    }

    async fn find_function_source(
        &self,
        environment: EnvironmentId,
        integration: IntegrationId,
        digest: &SourceDigest,
    ) -> StorageResult<Option<Vec<u8>>> {
        retrying("reading a function's source", || self.try_find_source(environment, integration, digest))
            .await
    }
}

impl PostgresStorage {
    async fn try_take_lock(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        lock_for: Duration,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query(
                "INSERT INTO deploy_locks (environment_id, holder, locked_until) \
                 SELECT id, $2, now_micros() + $3 FROM environments WHERE id = $1 AND deleted_at IS NULL FOR SHARE \
                 ON CONFLICT (environment_id) DO UPDATE \
                 SET holder = EXCLUDED.holder, locked_until = EXCLUDED.locked_until \
                 WHERE deploy_locks.locked_until <= now_micros()",
            )
            .bind(environment.0)
            .bind(holder)
            .bind(i64::try_from(lock_for.as_micros()).unwrap_or(i64::MAX))
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn try_give_lock(&self, environment: EnvironmentId, holder: Uuid) -> sqlx::Result<()> {
        let mut single = self.single().await?;
        self.query("DELETE FROM deploy_locks WHERE environment_id = $1 AND holder = $2")
            .bind(environment.0)
            .bind(holder)
            .execute(&mut *single)
            .await?;
        single.finish().await
    }

    async fn try_set_enabled(
        &self,
        environment: EnvironmentId,
        id: FunctionId,
        enabled: bool,
    ) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query("UPDATE functions SET enabled = $3 WHERE id = $2 AND environment_id = $1 AND active")
            .bind(environment.0)
            .bind(id.0)
            .bind(enabled)
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }
}
