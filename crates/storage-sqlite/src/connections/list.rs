//! The filtered list of connections.

use bowline_domain::connection::{ConnectionFilter, ConnectionSummary};
use bowline_domain::id::EnvironmentId;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::write::SEARCH_SEPARATOR;
use crate::rows::{SummaryRow, all};

pub(super) async fn list(
    readers: &SqlitePool,
    environment: EnvironmentId,
    filter: &ConnectionFilter,
) -> Result<Vec<ConnectionSummary>, sqlx::Error> {
    // What is searched never holds the separator, but as a search it would match between two parts.
    if filter.search.as_deref().is_some_and(|search| search.contains(SEARCH_SEPARATOR)) {
        return Ok(Vec::new());
    }
    let mut query = build(environment, filter);
    all(query.build_query_as::<SummaryRow>().fetch_all(readers).await?)
}

fn build(environment: EnvironmentId, filter: &ConnectionFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(
        "SELECT c.id, c.key, i.key AS integration_key, i.provider, c.failure, c.end_user, c.tags, c.metadata,
             c.created_at
         FROM connections c JOIN integrations i ON i.id = c.integration_id
         WHERE c.deleted_at IS NULL AND c.environment_id = ",
    );
    query.push_bind(environment.0);
    let exact = [
        (" AND c.key = ", &filter.key),
        (" AND c.end_user_id = ", &filter.end_user_id),
        (" AND c.organization_id = ", &filter.organization_id),
    ];
    for (condition, value) in exact {
        if let Some(value) = value {
            query.push(condition).push_bind(value.clone());
        }
    }
    if let Some(search) = &filter.search {
        // `instr` knows no wildcards, so there is nothing to escape.
        query.push(" AND instr(c.search_text, ").push_bind(search.to_lowercase()).push(") > 0");
    }
    push_integrations(&mut query, &filter.integration_keys);
    for (key, value) in &filter.tags {
        query.push(" AND EXISTS (SELECT 1 FROM json_each(c.tags) t WHERE t.key = ").push_bind(key.clone());
        query.push(" AND t.value = ").push_bind(value.clone()).push(")");
    }
    query.push(" ORDER BY c.created_at DESC, c.id DESC LIMIT ").push_bind(filter.limit);
    query.push(" OFFSET ").push_bind(i64::try_from(filter.offset).unwrap_or(i64::MAX));
    query
}

fn push_integrations(query: &mut QueryBuilder<Sqlite>, keys: &[String]) {
    if keys.is_empty() {
        return;
    }
    query.push(" AND i.key IN (SELECT value FROM json_each(");
    query.push_bind(crate::rows::to_json(&keys)).push("))");
}
