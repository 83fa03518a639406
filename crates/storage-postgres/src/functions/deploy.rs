//! Writing versions of functions. Each step is one statement over all rows, so that a deployment of thousands of
//! functions is a handful of them.

use bowline_domain::Timestamp;
use bowline_domain::function::FunctionEvent;
use bowline_domain::id::{EnvironmentId, FunctionId};
use bowline_domain::storage::{
    ActivateFunction, DeployFunctions, Deployment, FUNCTION_VERSIONS_KEPT_MAX, NewFunction, NewSource,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PostgresStorage;
use crate::rows::to_json;

impl PostgresStorage {
    pub(super) async fn try_deploy(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        deployment: &Deployment,
    ) -> sqlx::Result<DeployFunctions> {
        let mut transaction = self.begin().await?;
        if !self.holds_lock(&mut transaction, environment, holder).await? {
            return Ok(DeployFunctions::LockLost);
        }
        let mut touched: Vec<i64> = deployment.functions.iter().map(|new| new.integration_id.0).collect();
        touched.sort_unstable();
        touched.dedup();
        if !self.lock_live(&mut transaction, environment, &touched).await? {
            return Ok(DeployFunctions::NoIntegration);
        }
        self.insert_sources(&mut transaction, environment, &deployment.sources).await?;
        self.touch(&mut transaction, environment, deployment).await?;
        touched.extend(self.delete_functions(&mut transaction, environment, &deployment.deleted).await?);
        self.deactivate(&mut transaction, environment, &deployment.functions).await?;
        let ids = self.insert_functions(&mut transaction, environment, deployment).await?;
        self.insert_endpoints(&mut transaction, &deployment.functions, &ids).await?;
        self.forget_old_versions(&mut transaction, &touched).await?;
        transaction.commit().await?;
        Ok(DeployFunctions::Deployed)
    }

    /// Whether a deployment may be written; a lock that ran out but was taken by nobody still counts. The row stays
    /// locked, so that nobody takes it before this is written, and the environment lives as long.
    async fn holds_lock(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        holder: Uuid,
    ) -> sqlx::Result<bool> {
        let environments = "SELECT id FROM environments WHERE id = $1 AND deleted_at IS NULL FOR SHARE";
        let lives: Option<i64> =
            self.scalar(environments).bind(environment.0).fetch_optional(&mut *connection).await?;
        let locks =
            "SELECT environment_id FROM deploy_locks WHERE environment_id = $1 AND holder = $2 FOR UPDATE";
        let held: Option<i64> =
            self.scalar(locks).bind(environment.0).bind(holder).fetch_optional(connection).await?;
        Ok(lives.and(held).is_some())
    }

    /// Keeps the integrations from being deleted before this is written; false when one is gone.
    async fn lock_live(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        integrations: &[i64],
    ) -> sqlx::Result<bool> {
        let live: Vec<i64> = self
            .scalar(
                "SELECT id FROM integrations WHERE id = ANY($2) AND environment_id = $1 AND deleted_at IS NULL \
                 ORDER BY id FOR SHARE",
            )
            .bind(environment.0)
            .bind(integrations)
            .fetch_all(connection)
            .await?;
        Ok(live.len() == integrations.len())
    }

    async fn insert_sources(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        sources: &[NewSource],
    ) -> sqlx::Result<()> {
        let integrations: Vec<i64> = sources.iter().map(|source| source.integration_id.0).collect();
        let digests: Vec<&[u8]> = sources.iter().map(|source| &source.digest.0[..]).collect();
        let deflated: Vec<&[u8]> = sources.iter().map(|source| source.deflated.as_slice()).collect();
        self.query(
            "INSERT INTO function_sources (environment_id, integration_id, digest, deflated) \
             SELECT $1, s.* FROM UNNEST($2::bigint[], $3::bytea[], $4::bytea[]) AS s \
             ON CONFLICT (integration_id, digest) DO NOTHING",
        )
        .bind(environment.0)
        .bind(integrations)
        .bind(digests)
        .bind(deflated)
        .execute(connection)
        .await
        .map(|_| ())
    }

    async fn touch(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        deployment: &Deployment,
    ) -> sqlx::Result<()> {
        self.query("UPDATE functions SET deployed_at = $3 WHERE id = ANY($2) AND environment_id = $1")
            .bind(environment.0)
            .bind(numbers(&deployment.redeployed))
            .bind(deployment.at.as_micros())
            .execute(connection)
            .await
            .map(|_| ())
    }

    /// Deletes the functions that have these versions; their integrations.
    async fn delete_functions(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        ids: &[FunctionId],
    ) -> sqlx::Result<Vec<i64>> {
        self.scalar(
            "WITH gone AS (DELETE FROM functions WHERE (integration_id, name, kind, event) IN \
             (SELECT integration_id, name, kind, event FROM functions WHERE id = ANY($2) AND environment_id = $1) \
             RETURNING integration_id) SELECT DISTINCT integration_id FROM gone",
        )
        .bind(environment.0)
        .bind(numbers(ids))
        .fetch_all(connection)
        .await
    }

    async fn deactivate(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        functions: &[NewFunction],
    ) -> sqlx::Result<()> {
        let replaced: Vec<i64> =
            functions.iter().filter_map(|new| new.replaces.map(|function| function.0)).collect();
        self.query("UPDATE functions SET active = FALSE WHERE id = ANY($2) AND environment_id = $1")
            .bind(environment.0)
            .bind(replaced)
            .execute(connection)
            .await
            .map(|_| ())
    }

    /// Writes the new versions; their numbers, in the same order.
    async fn insert_functions(
        &self,
        connection: &mut PgConnection,
        environment: EnvironmentId,
        deployment: &Deployment,
    ) -> sqlx::Result<Vec<i64>> {
        let new = &deployment.functions;
        let definitions: Vec<String> =
            new.iter().map(|new| to_json(&new.definition)).collect::<sqlx::Result<_>>()?;
        let mut ids: Vec<i64> = self
            .scalar(
                "INSERT INTO functions (environment_id, integration_id, kind, name, event, version, active, enabled, \
                 source, sdk_version, js_digest, ts_digest, definition, created_at, deployed_at) \
                 SELECT $1, n.integration_id, n.kind, n.name, n.event, n.version, TRUE, COALESCE(o.enabled, TRUE), \
                 n.source, n.sdk_version, n.js_digest, n.ts_digest, n.definition, $2, $2 \
                 FROM UNNEST($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], \
                 $10::bytea[], $11::bytea[], $12::text[], $13::bigint[]) WITH ORDINALITY \
                 AS n (integration_id, kind, name, event, version, source, sdk_version, js_digest, ts_digest, \
                 definition, replaces, place) \
                 LEFT JOIN functions o ON o.id = n.replaces AND o.environment_id = $1 \
                 ORDER BY n.place RETURNING id",
            )
            .bind(environment.0)
            .bind(deployment.at.as_micros())
            .bind(new.iter().map(|new| new.integration_id.0).collect::<Vec<_>>())
            .bind(new.iter().map(|new| new.kind.as_str()).collect::<Vec<_>>())
            .bind(new.iter().map(|new| new.name.as_str()).collect::<Vec<_>>())
            .bind(new.iter().map(|new| new.event.map_or("", FunctionEvent::as_str)).collect::<Vec<_>>())
            .bind(new.iter().map(|new| new.version.as_str()).collect::<Vec<_>>())
            .bind(new.iter().map(|new| new.source.as_str()).collect::<Vec<_>>())
            .bind(new.iter().map(|new| new.sdk_version.as_deref()).collect::<Vec<_>>())
            .bind(new.iter().map(|new| &new.js_digest.0[..]).collect::<Vec<_>>())
            .bind(new.iter().map(|new| &new.ts_digest.0[..]).collect::<Vec<_>>())
            .bind(definitions)
            .bind(new.iter().map(|new| new.replaces.map(|id| id.0)).collect::<Vec<_>>())
            .fetch_all(connection)
            .await?;
        // Numbers are drawn in the order of the rows.
        ids.sort_unstable();
        Ok(ids)
    }

    async fn insert_endpoints(
        &self,
        connection: &mut PgConnection,
        functions: &[NewFunction],
        ids: &[i64],
    ) -> sqlx::Result<()> {
        let (mut owners, mut integrations, mut methods, mut paths) = (vec![], vec![], vec![], vec![]);
        for (new, id) in functions.iter().zip(ids) {
            for endpoint in &new.definition.endpoints {
                owners.push(*id);
                integrations.push(new.integration_id.0);
                methods.push(endpoint.method.as_str());
                paths.push(endpoint.path.as_str());
            }
        }
        self.query(
            "INSERT INTO function_endpoints (integration_id, method, path, function_id) \
             SELECT * FROM UNNEST($1::bigint[], $2::text[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING",
        )
        .bind(integrations)
        .bind(methods)
        .bind(paths)
        .bind(owners)
        .execute(connection)
        .await
        .map(|_| ())
    }

    /// Deletes versions of these integrations beyond those that are kept, and sources of no version.
    async fn forget_old_versions(
        &self,
        connection: &mut PgConnection,
        integrations: &[i64],
    ) -> sqlx::Result<()> {
        self.query(
            "DELETE FROM functions WHERE NOT active AND id IN (SELECT id FROM \
             (SELECT id, row_number() OVER (PARTITION BY integration_id, name, kind, event \
              ORDER BY active DESC, id DESC) AS place \
              FROM functions WHERE integration_id = ANY($1)) AS placed WHERE place > $2)",
        )
        .bind(integrations)
        .bind(i64::from(FUNCTION_VERSIONS_KEPT_MAX))
        .execute(&mut *connection)
        .await?;
        self.query(
            "DELETE FROM function_sources s WHERE s.integration_id = ANY($1) AND (s.integration_id, s.digest) NOT IN \
             (SELECT integration_id, js_digest FROM functions WHERE integration_id = ANY($1) \
              UNION ALL SELECT integration_id, ts_digest FROM functions WHERE integration_id = ANY($1))",
        )
        .bind(integrations)
        .execute(connection)
        .await
        .map(|_| ())
    }

    pub(super) async fn try_activate(
        &self,
        environment: EnvironmentId,
        holder: Uuid,
        id: FunctionId,
        at: Timestamp,
    ) -> sqlx::Result<ActivateFunction> {
        let mut transaction = self.begin().await?;
        if !self.holds_lock(&mut transaction, environment, holder).await? {
            return Ok(ActivateFunction::LockLost);
        }
        let enabled: Option<bool> = self
            .scalar(
                "UPDATE functions SET active = FALSE WHERE active AND (integration_id, name, kind, event) = \
                 (SELECT integration_id, name, kind, event FROM functions WHERE id = $2 AND environment_id = $1) \
                 RETURNING enabled",
            )
            .bind(environment.0)
            .bind(id.0)
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(enabled) = enabled else { return Ok(ActivateFunction::NotFound) };
        self.query("UPDATE functions SET active = TRUE, enabled = $2, deployed_at = $3 WHERE id = $1")
            .bind(id.0)
            .bind(enabled)
            .bind(at.as_micros())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(ActivateFunction::Activated)
    }

    /// Deletes the functions of locked integrations that go.
    pub(crate) async fn delete_functions_of_integrations(
        &self,
        connection: &mut PgConnection,
        integrations: &[i64],
    ) -> sqlx::Result<()> {
        for sql in [
            "DELETE FROM functions WHERE integration_id = ANY($1)",
            "DELETE FROM function_sources WHERE integration_id = ANY($1)",
        ] {
            self.query(sql).bind(integrations).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

fn numbers(ids: &[FunctionId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}
