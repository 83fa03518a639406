//! Lists of connections by filter.

use bowline_domain::connection::{ConnectionFilter, ConnectionSummary};
use bowline_domain::id::EnvironmentId;
use sqlx::{Postgres, QueryBuilder};

use crate::PostgresStorage;
use crate::rows::{SummaryRow, summary_columns};

const LIST: &str = concat!(
    "SELECT ",
    summary_columns!(),
    " FROM connections c JOIN integrations i ON i.id = c.integration_id WHERE c.deleted_at IS NULL \
     AND c.environment_id = "
);

impl PostgresStorage {
    pub(crate) async fn try_list_connections(
        &self,
        environment: EnvironmentId,
        filter: &ConnectionFilter,
    ) -> sqlx::Result<Vec<ConnectionSummary>> {
        if texts(filter).any(|text| text.contains('\0')) {
            // No text in the database has this character; PostgreSQL would refuse the question.
            return Ok(Vec::new());
        }
        let mut list = build_list(environment, filter);
        let mut single = self.single().await?;
        let rows: Vec<SummaryRow> =
            list.build_query_as().persistent(!self.pooled).fetch_all(&mut *single).await?;
        single.finish().await?;
        rows.into_iter().map(SummaryRow::into_summary).collect()
    }
}

fn texts(filter: &ConnectionFilter) -> impl Iterator<Item = &String> {
    let single = [&filter.key, &filter.search, &filter.end_user_id, &filter.organization_id];
    let tags = filter.tags.iter().flat_map(|(key, value)| [key, value]);
    single.into_iter().flatten().chain(&filter.integration_keys).chain(tags)
}

fn build_list(environment: EnvironmentId, filter: &ConnectionFilter) -> QueryBuilder<Postgres> {
    let mut list = QueryBuilder::new(LIST);
    list.push_bind(environment.0);
    let exact = [
        (" AND c.key = ", &filter.key),
        (" AND c.end_user_id = ", &filter.end_user_id),
        (" AND c.organization_id = ", &filter.organization_id),
    ];
    for (condition, value) in exact {
        if let Some(value) = value {
            list.push(condition).push_bind(value.clone());
        }
    }
    if let Some(search) = &filter.search {
        push_search(&mut list, search);
    }
    if !filter.integration_keys.is_empty() {
        list.push(" AND i.key = ANY(").push_bind(filter.integration_keys.clone()).push(")");
    }
    for (key, value) in &filter.tags {
        list.push(" AND c.tags ->> ").push_bind(key.clone()).push(" = ").push_bind(value.clone());
    }
    list.push(" ORDER BY c.created_at DESC, c.id DESC LIMIT ").push_bind(i64::from(filter.limit));
    list.push(" OFFSET ").push_bind(i64::try_from(filter.offset).unwrap_or(i64::MAX));
    list
}

fn push_search(list: &mut QueryBuilder<Postgres>, search: &str) {
    let pattern = format!("%{}%", escape_like(search));
    list.push(" AND (c.key ILIKE ").push_bind(pattern.clone());
    list.push(" OR c.end_user_display_name ILIKE ").push_bind(pattern.clone());
    list.push(" OR c.end_user_email ILIKE ").push_bind(pattern).push(")");
}

/// A text that `LIKE` matches literally.
fn escape_like(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_searched_for_literally() {
        assert_eq!(escape_like(r"50%_a\b"), r"50\%\_a\\b");
    }
}
