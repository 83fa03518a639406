//! Functions: the lock and reading. Writing a deployment is in [`deploy`].

mod deploy;

use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::function::{Function, FunctionEvent, FunctionKind, SourceDigest};
use bowline_domain::id::{EnvironmentId, FunctionId, FunctionName, IntegrationId, IntegrationKey};
use bowline_domain::storage::{
    ActivateFunction, DeployFunctions, DeployedFunction, Deployment, FunctionFilter, FunctionPage,
    FunctionStore, StorageResult,
};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::function_rows::{DeployedRow, FunctionRow, function_columns};
use crate::rows::{all, one};
use crate::{SqliteStorage, failed};

pub(crate) use deploy::{delete_of_environment, delete_of_integration};

/// The active functions of an environment.
macro_rules! select_active {
    ($more:literal) => {
        concat!(
            "SELECT ",
            function_columns!(),
            " FROM functions f JOIN integrations i ON i.id = f.integration_id
             WHERE f.environment_id = ? AND f.active = 1 AND i.deleted_at IS NULL",
            $more
        )
    };
}

#[async_trait]
impl FunctionStore for SqliteStorage {
    async fn acquire_deploy_lock(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        lock_for: Duration,
    ) -> StorageResult<bool> {
        let now = self.now();
        self.write("taking the lock of deployments", move |write| {
            Box::pin(async move {
                let done = sqlx::query(
                    "INSERT INTO deploy_locks (environment_id, holder, locked_until)
                     SELECT id, ?, ? FROM environments WHERE id = ? AND deleted_at IS NULL
                     ON CONFLICT (environment_id) DO UPDATE
                         SET holder = excluded.holder, locked_until = excluded.locked_until
                         WHERE deploy_locks.locked_until <= ?",
                )
                .bind(holder.as_bytes().to_vec())
                .bind(now.plus(lock_for).as_micros())
                .bind(environment.0)
                .bind(now.as_micros())
                .execute(write.conn)
                .await?;
                Ok(done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn release_deploy_lock(&self, environment: EnvironmentId, holder: Uuid) -> StorageResult<()> {
        self.write("giving the lock of deployments back", move |write| {
            Box::pin(async move {
                sqlx::query("DELETE FROM deploy_locks WHERE environment_id = ? AND holder = ?")
                    .bind(environment.0)
                    .bind(holder.as_bytes().to_vec())
                    .execute(write.conn)
                    .await
                    .map(|_| ())
            })
        })
        .await
    }

    async fn deploy_functions(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        deployment: Deployment,
    ) -> StorageResult<DeployFunctions> {
        self.write("deploying functions", move |write| {
            Box::pin(async move {
                if !holds_lock(&mut *write.conn, environment, holder).await? {
                    return Ok(DeployFunctions::LockLost);
                }
                deploy::write(write.conn, environment, deployment).await
            })
        })
        .await
    }

    async fn activate_function(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        id: FunctionId,
        at: Timestamp,
    ) -> StorageResult<ActivateFunction> {
        self.write("activating a version of a function", move |write| {
            Box::pin(async move {
                if !holds_lock(&mut *write.conn, environment, holder).await? {
                    return Ok(ActivateFunction::LockLost);
                }
                let is_there = deploy::activate(write.conn, environment, id, at).await?;
                Ok(if is_there { ActivateFunction::Activated } else { ActivateFunction::NotFound })
            })
        })
        .await
    }

    async fn set_function_enabled(
        &self,
        environment: EnvironmentId,
        id: FunctionId,
        enabled: bool,
    ) -> StorageResult<bool> {
        self.write("enabling or disabling a function", move |write| {
            Box::pin(async move {
                sqlx::query(
                    "UPDATE functions SET enabled = ? WHERE id = ? AND environment_id = ? AND active = 1",
                )
                .bind(enabled)
                .bind(id.0)
                .bind(environment.0)
                .execute(write.conn)
                .await
                .map(|done| done.rows_affected() > 0)
            })
        })
        .await
    }

    async fn list_deployed_functions(
        &self,
        environment: EnvironmentId,
    ) -> StorageResult<Vec<DeployedFunction>> {
        sqlx::query_as::<_, DeployedRow>(concat!(
            "SELECT ",
            function_columns!(),
            ", (SELECT n.version FROM functions n WHERE n.integration_id = f.integration_id AND n.name = f.name
                 AND n.kind = f.kind AND n.event = f.event ORDER BY n.id DESC LIMIT 1) AS newest_version
             FROM functions f JOIN integrations i ON i.id = f.integration_id
             WHERE f.environment_id = ? AND f.active = 1 AND i.deleted_at IS NULL
             ORDER BY i.provider, i.created_at, i.id, f.kind, f.name, f.event"
        ))
        .bind(environment.0)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing deployed functions"))
    }

    async fn list_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        filter: &FunctionFilter,
    ) -> StorageResult<FunctionPage> {
        let context = "listing an integration's functions";
        let mut snapshot = self.readers.begin().await.map_err(failed(context))?;
        page(&mut snapshot, environment, integration, filter).await.map_err(failed(context))
    }

    async fn find_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        name: &FunctionName,
        kind: Option<FunctionKind>,
    ) -> StorageResult<Vec<Function>> {
        sqlx::query_as::<_, FunctionRow>(select_active!(
            " AND i.key = ? AND f.name = ? AND f.kind = ifnull(?, f.kind) ORDER BY f.kind, f.event"
        ))
        .bind(environment.0)
        .bind(integration.as_str().to_owned())
        .bind(name.as_str().to_owned())
        .bind(kind.map(FunctionKind::as_str))
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("finding functions"))
    }

    async fn list_event_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        event: FunctionEvent,
    ) -> StorageResult<Vec<Function>> {
        sqlx::query_as::<_, FunctionRow>(select_active!(
            " AND i.key = ? AND f.kind = 'on-event' AND f.event = ? AND f.enabled = 1 ORDER BY f.name"
        ))
        .bind(environment.0)
        .bind(integration.as_str().to_owned())
        .bind(event.as_str())
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing an event's functions"))
    }

    async fn find_function_by_endpoint(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        method: &str,
        path: &str,
    ) -> StorageResult<Option<Function>> {
        sqlx::query_as::<_, FunctionRow>(select_active!(
            " AND i.key = ? AND f.id IN (SELECT e.function_id FROM function_endpoints e
               WHERE e.integration_id = i.id AND e.method = ? AND e.path = ?)
             ORDER BY f.deployed_at DESC, f.id DESC LIMIT 1"
        ))
        .bind(environment.0)
        .bind(integration.as_str().to_owned())
        .bind(method.to_owned())
        .bind(path.to_owned())
        .fetch_optional(&self.readers)
        .await
        .and_then(one)
        .map_err(failed("finding a function by endpoint"))
    }

    async fn list_function_versions(
        &self,
        environment: EnvironmentId,
        id: FunctionId,
    ) -> StorageResult<Vec<Function>> {
        sqlx::query_as::<_, FunctionRow>(concat!(
            "SELECT ",
            function_columns!(),
            " FROM functions own JOIN functions f ON f.integration_id = own.integration_id AND f.name = own.name
                  AND f.kind = own.kind AND f.event = own.event
              JOIN integrations i ON i.id = f.integration_id
              WHERE own.id = ? AND own.environment_id = ? AND i.deleted_at IS NULL ORDER BY f.id DESC"
        ))
        .bind(id.0)
        .bind(environment.0)
        .fetch_all(&self.readers)
        .await
        .and_then(all)
        .map_err(failed("listing a function's versions"))
    }

    async fn find_function_source(
        &self,
        environment: EnvironmentId,
        integration: IntegrationId,
        digest: &SourceDigest,
    ) -> StorageResult<Option<Vec<u8>>> {
        sqlx::query_scalar(
            "SELECT deflated FROM function_sources WHERE integration_id = ? AND digest = ? AND environment_id = ?",
        )
        .bind(integration.0)
        .bind(digest.0.to_vec())
        .bind(environment.0)
        .fetch_optional(&self.readers)
        .await
        .map_err(failed("reading a function's source"))
    }
}

/// Whether a deployment may be written. A lock that ran out but was taken by nobody still counts.
async fn holds_lock(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    holder: Uuid,
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query(
        "SELECT 1 FROM deploy_locks l JOIN environments e ON e.id = l.environment_id
         WHERE l.environment_id = ? AND l.holder = ? AND e.deleted_at IS NULL",
    )
    .bind(environment.0)
    .bind(holder.as_bytes().to_vec())
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

async fn page(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    integration: &IntegrationKey,
    filter: &FunctionFilter,
) -> Result<FunctionPage, sqlx::Error> {
    let kind = filter.kind.map(FunctionKind::as_str);
    let search = filter.search.as_ref().map(|search| search.to_ascii_lowercase());
    let total: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM functions f JOIN integrations i ON i.id = f.integration_id
         WHERE f.environment_id = ? AND f.active = 1 AND i.deleted_at IS NULL AND i.key = ?
             AND f.kind = ifnull(?, f.kind) AND instr(lower(f.name), ifnull(?, '')) > 0",
    )
    .bind(environment.0)
    .bind(integration.as_str().to_owned())
    .bind(kind)
    .bind(search.clone())
    .fetch_one(&mut *conn)
    .await?;
    let rows = sqlx::query_as::<_, FunctionRow>(select_active!(
        " AND i.key = ? AND f.kind = ifnull(?, f.kind) AND instr(lower(f.name), ifnull(?, '')) > 0
         ORDER BY f.kind, f.name, f.event, f.id LIMIT ? OFFSET ?"
    ))
    .bind(environment.0)
    .bind(integration.as_str().to_owned())
    .bind(kind)
    .bind(search)
    .bind(filter.limit)
    .bind(i64::try_from(filter.offset).unwrap_or(i64::MAX))
    .fetch_all(conn)
    .await?;
    Ok(FunctionPage { functions: all(rows)?, total: u64::try_from(total).unwrap_or(0) })
}
