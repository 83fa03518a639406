//! Writing versions of functions, inside the writer's transaction.

use std::collections::BTreeSet;

use bowline_domain::Timestamp;
use bowline_domain::function::FunctionEvent;
use bowline_domain::id::{EnvironmentId, FunctionId, IntegrationId};
use bowline_domain::storage::{
    DeployFunctions, Deployment, FUNCTION_VERSIONS_KEPT_MAX, NewFunction, NewSource,
};
use sqlx::SqliteConnection;

use crate::rows::to_json;

/// Writes all of it. The caller has checked the lock.
pub(super) async fn write(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    deployment: Deployment,
) -> Result<DeployFunctions, sqlx::Error> {
    let Deployment { functions, sources, redeployed, deleted, at } = deployment;
    let mut touched: BTreeSet<IntegrationId> = functions.iter().map(|new| new.integration_id).collect();
    if !are_live(&mut *conn, environment, &touched).await? {
        return Ok(DeployFunctions::NoIntegration);
    }
    for source in sources {
        insert_source(&mut *conn, environment, source).await?;
    }
    for id in redeployed {
        touch(&mut *conn, environment, id, at).await?;
    }
    for id in deleted {
        touched.extend(delete(&mut *conn, environment, id).await?);
    }
    for new in functions {
        insert(&mut *conn, environment, new, at).await?;
    }
    for integration in touched {
        forget_old_versions(&mut *conn, integration).await?;
    }
    Ok(DeployFunctions::Deployed)
}

async fn are_live(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    integrations: &BTreeSet<IntegrationId>,
) -> Result<bool, sqlx::Error> {
    for integration in integrations {
        let found = sqlx::query(
            "SELECT 1 FROM integrations WHERE id = ? AND environment_id = ? AND deleted_at IS NULL",
        )
        .bind(integration.0)
        .bind(environment.0)
        .fetch_optional(&mut *conn)
        .await?;
        if found.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn insert_source(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    source: NewSource,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO function_sources (integration_id, digest, environment_id, deflated) VALUES (?, ?, ?, ?)
         ON CONFLICT (integration_id, digest) DO NOTHING",
    )
    .bind(source.integration_id.0)
    .bind(source.digest.0.to_vec())
    .bind(environment.0)
    .bind(source.deflated)
    .execute(conn)
    .await
    .map(|_| ())
}

async fn touch(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    id: FunctionId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE functions SET deployed_at = ? WHERE id = ? AND environment_id = ?")
        .bind(at.as_micros())
        .bind(id.0)
        .bind(environment.0)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Deletes the function that has this version; its integration, if there was one.
async fn delete(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    id: FunctionId,
) -> Result<Option<IntegrationId>, sqlx::Error> {
    let integration = sqlx::query_scalar(
        "DELETE FROM functions WHERE (integration_id, name, kind, event) =
             (SELECT integration_id, name, kind, event FROM functions WHERE id = ? AND environment_id = ?)
         RETURNING integration_id",
    )
    .bind(id.0)
    .bind(environment.0)
    .fetch_all(conn)
    .await?;
    Ok(integration.first().copied().map(IntegrationId))
}

async fn insert(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    new: NewFunction,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let replaced: Option<bool> = sqlx::query_scalar(
        "UPDATE functions SET active = 0 WHERE id = ? AND environment_id = ? RETURNING enabled",
    )
    .bind(new.replaces.map(|id| id.0))
    .bind(environment.0)
    .fetch_optional(&mut *conn)
    .await?;
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO functions (environment_id, integration_id, kind, name, event, version, active, enabled,
             source, sdk_version, js_digest, ts_digest, definition, created_at, deployed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13) RETURNING id",
    )
    .bind(environment.0)
    .bind(new.integration_id.0)
    .bind(new.kind.as_str())
    .bind(new.name.as_str().to_owned())
    .bind(new.event.map_or("", FunctionEvent::as_str))
    .bind(new.version)
    .bind(replaced.unwrap_or(true))
    .bind(new.source.as_str())
    .bind(new.sdk_version)
    .bind(new.js_digest.0.to_vec())
    .bind(new.ts_digest.0.to_vec())
    .bind(to_json(&new.definition))
    .bind(at.as_micros())
    .fetch_one(&mut *conn)
    .await?;
    for endpoint in new.definition.endpoints {
        sqlx::query("INSERT OR IGNORE INTO function_endpoints (integration_id, method, path, function_id) VALUES (?, ?, ?, ?)")
            .bind(new.integration_id.0)
            .bind(endpoint.method)
            .bind(endpoint.path)
            .bind(id)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Deletes an integration's versions beyond those that are kept, and its sources of no version.
async fn forget_old_versions(
    conn: &mut SqliteConnection,
    integration: IntegrationId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM functions WHERE active = 0 AND id IN (SELECT id FROM
             (SELECT id, row_number() OVER (PARTITION BY name, kind, event ORDER BY active DESC, id DESC) AS place
              FROM functions WHERE integration_id = ?) WHERE place > ?)",
    )
    .bind(integration.0)
    .bind(FUNCTION_VERSIONS_KEPT_MAX)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "DELETE FROM function_sources WHERE integration_id = ?1 AND digest NOT IN
             (SELECT js_digest FROM functions WHERE integration_id = ?1
              UNION SELECT ts_digest FROM functions WHERE integration_id = ?1)",
    )
    .bind(integration.0)
    .execute(conn)
    .await
    .map(|_| ())
}

/// Makes a version the active one; false when there is none.
pub(super) async fn activate(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    id: FunctionId,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let enabled: Option<bool> = sqlx::query_scalar(
        "UPDATE functions SET active = 0 WHERE active = 1 AND (integration_id, name, kind, event) =
             (SELECT integration_id, name, kind, event FROM functions WHERE id = ? AND environment_id = ?)
         RETURNING enabled",
    )
    .bind(id.0)
    .bind(environment.0)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(enabled) = enabled else { return Ok(false) };
    sqlx::query("UPDATE functions SET active = 1, enabled = ?, deployed_at = ? WHERE id = ?")
        .bind(enabled)
        .bind(at.as_micros())
        .bind(id.0)
        .execute(conn)
        .await?;
    Ok(true)
}

/// Deletes the functions of an integration that goes.
pub(crate) async fn delete_of_integration(
    conn: &mut SqliteConnection,
    integration: IntegrationId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM functions WHERE integration_id = ?")
        .bind(integration.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM function_sources WHERE integration_id = ?")
        .bind(integration.0)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Deletes the functions of an environment that goes, and the lock.
pub(crate) async fn delete_of_environment(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
) -> Result<(), sqlx::Error> {
    for sql in [
        "DELETE FROM functions WHERE environment_id = ?",
        "DELETE FROM function_sources WHERE environment_id = ?",
        "DELETE FROM deploy_locks WHERE environment_id = ?",
    ] {
        sqlx::query(sql).bind(environment.0).execute(&mut *conn).await?;
    }
    Ok(())
}
