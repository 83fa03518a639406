//! Reading functions and their sources.

use bowline_domain::function::{Function, FunctionEvent, FunctionKind, SourceDigest};
use bowline_domain::id::{EnvironmentId, FunctionId, FunctionName, IntegrationId, IntegrationKey};
use bowline_domain::storage::{DeployedFunction, FunctionFilter, FunctionPage};

use crate::PostgresStorage;
use crate::function_rows::{DeployedRow, FunctionRow, function_columns};

/// An integration's active functions.
macro_rules! select_active {
    ($more:literal) => {
        concat!("SELECT ", function_columns!(), from_active!(), $more)
    };
}

macro_rules! from_active {
    () => {
        " FROM functions f JOIN integrations i ON i.id = f.integration_id \
         WHERE i.environment_id = $1 AND i.key = $2 AND i.deleted_at IS NULL AND f.active"
    };
}

/// The condition of a page's filter.
macro_rules! of_filter {
    () => {
        " AND ($3::text IS NULL OR f.kind = $3) AND ($4::text IS NULL OR strpos(lower(f.name), $4) > 0)"
    };
}

impl PostgresStorage {
    pub(super) async fn try_list_deployed(
        &self,
        environment: EnvironmentId,
    ) -> sqlx::Result<Vec<DeployedFunction>> {
        let mut single = self.single().await?;
        let rows: Vec<DeployedRow> = self
            .query_as(concat!(
                "SELECT ",
                function_columns!(),
                ", (SELECT n.version FROM functions n WHERE n.integration_id = f.integration_id AND n.name = f.name \
                   AND n.kind = f.kind AND n.event = f.event ORDER BY n.id DESC LIMIT 1) AS newest_version \
                 FROM functions f JOIN integrations i ON i.id = f.integration_id \
                 WHERE f.environment_id = $1 AND f.active AND i.deleted_at IS NULL \
                 ORDER BY i.provider COLLATE \"C\", i.created_at, i.id, f.kind COLLATE \"C\", f.name COLLATE \"C\", \
                     f.event COLLATE \"C\""
            ))
            .bind(environment.0)
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        rows.into_iter().map(DeployedRow::into_deployed).collect()
    }

    /// Both questions see the same functions.
    pub(super) async fn try_list_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        filter: &FunctionFilter,
    ) -> sqlx::Result<FunctionPage> {
        let kind = filter.kind.map(FunctionKind::as_str);
        let search = filter.search.as_ref().map(|search| search.to_ascii_lowercase());
        let mut snapshot = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let total: i64 = self
            .scalar(concat!("SELECT count(*)", from_active!(), of_filter!()))
            .bind(environment.0)
            .bind(integration.as_str())
            .bind(kind)
            .bind(&search)
            .fetch_one(&mut *snapshot)
            .await?;
        let rows: Vec<FunctionRow> = self
            .query_as(concat!(
                "SELECT ",
                function_columns!(),
                from_active!(),
                of_filter!(),
                " ORDER BY f.kind COLLATE \"C\", f.name COLLATE \"C\", f.event COLLATE \"C\", f.id LIMIT $5 OFFSET $6"
            ))
            .bind(environment.0)
            .bind(integration.as_str())
            .bind(kind)
            .bind(search)
            .bind(i64::from(filter.limit))
            .bind(i64::try_from(filter.offset).unwrap_or(i64::MAX))
            .fetch_all(&mut *snapshot)
            .await?;
        snapshot.commit().await?;
        Ok(FunctionPage { functions: functions(rows)?, total: u64::try_from(total).unwrap_or(0) })
    }

    pub(super) async fn try_find_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        name: &FunctionName,
        kind: Option<FunctionKind>,
    ) -> sqlx::Result<Vec<Function>> {
        let mut single = self.single().await?;
        let rows = self
            .query_as(select_active!(
                " AND f.name = $3 AND ($4::text IS NULL OR f.kind = $4) \
                 ORDER BY f.kind COLLATE \"C\", f.event COLLATE \"C\""
            ))
            .bind(environment.0)
            .bind(integration.as_str())
            .bind(name.as_str())
            .bind(kind.map(FunctionKind::as_str))
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        functions(rows)
    }

    pub(super) async fn try_list_event_functions(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        event: FunctionEvent,
    ) -> sqlx::Result<Vec<Function>> {
        let mut single = self.single().await?;
        let rows = self
            .query_as(select_active!(
                " AND f.kind = 'on-event' AND f.event = $3 AND f.enabled ORDER BY f.name COLLATE \"C\""
            ))
            .bind(environment.0)
            .bind(integration.as_str())
            .bind(event.as_str())
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        functions(rows)
    }

    pub(super) async fn try_find_by_endpoint(
        &self,
        environment: EnvironmentId,
        integration: &IntegrationKey,
        method: &str,
        path: &str,
    ) -> sqlx::Result<Option<Function>> {
        let mut single = self.single().await?;
        let row: Option<FunctionRow> = self
            .query_as(select_active!(
                " AND f.id IN (SELECT e.function_id FROM function_endpoints e \
                   WHERE e.integration_id = i.id AND e.method = $3 AND e.path = $4) \
                 ORDER BY f.deployed_at DESC, f.id DESC LIMIT 1"
            ))
            .bind(environment.0)
            .bind(integration.as_str())
            .bind(method)
            .bind(path)
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        row.map(FunctionRow::into_function).transpose()
    }

    pub(super) async fn try_list_versions(
        &self,
        environment: EnvironmentId,
        id: FunctionId,
    ) -> sqlx::Result<Vec<Function>> {
        let mut single = self.single().await?;
        let rows = self
            .query_as(concat!(
                "SELECT ",
                function_columns!(),
                " FROM functions own JOIN functions f ON f.integration_id = own.integration_id \
                   AND f.name = own.name AND f.kind = own.kind AND f.event = own.event \
                   JOIN integrations i ON i.id = f.integration_id \
                   WHERE own.id = $2 AND own.environment_id = $1 AND i.deleted_at IS NULL ORDER BY f.id DESC"
            ))
            .bind(environment.0)
            .bind(id.0)
            .fetch_all(&mut *single)
            .await?;
        single.finish().await?;
        functions(rows)
    }

    pub(super) async fn try_find_source(
        &self,
        environment: EnvironmentId,
        integration: IntegrationId,
        digest: &SourceDigest,
    ) -> sqlx::Result<Option<Vec<u8>>> {
        let mut single = self.single().await?;
        let deflated = self
            .scalar(
                "SELECT deflated FROM function_sources \
                 WHERE environment_id = $1 AND integration_id = $2 AND digest = $3",
            )
            .bind(environment.0)
            .bind(integration.0)
            .bind(&digest.0[..])
            .fetch_optional(&mut *single)
            .await?;
        single.finish().await?;
        Ok(deflated)
    }
}

fn functions(rows: Vec<FunctionRow>) -> sqlx::Result<Vec<Function>> {
    rows.into_iter().map(FunctionRow::into_function).collect()
}
