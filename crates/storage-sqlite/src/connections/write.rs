//! Writing connections, inside a transaction of the writer.

use bowline_domain::Timestamp;
use bowline_domain::connection::{
    Connection, ConnectionContent, ConnectionPatch, EndUser, NewConnection, RefreshState,
};
use bowline_domain::id::{ConnectionId, EnvironmentId, IntegrationId};
use bowline_domain::storage::CreateConnection;
use sqlx::SqliteConnection;

use super::find_by_id;
use crate::rows::to_json;

/// Between the parts of `search_text`, so that no search matches across them.
pub(super) const SEARCH_SEPARATOR: char = '\u{1f}';

/// What is deleted with one number: the leases of its connections are taken away, and the connections go with their
/// tasks and checkpoints.
macro_rules! deletion {
    ($condition:literal) => {
        [
            concat!(
                "UPDATE refresh_leases SET epoch = epoch + 1, holder = NULL, intent_at = NULL
                 WHERE connection_id IN (SELECT id FROM connections WHERE deleted_at IS NULL AND ",
                $condition,
                ")"
            ),
            concat!(
                "DELETE FROM tasks WHERE connection_id IN
                     (SELECT id FROM connections WHERE deleted_at IS NULL AND ",
                $condition,
                ")"
            ),
            concat!(
                "DELETE FROM checkpoints WHERE connection_id IN
                     (SELECT id FROM connections WHERE deleted_at IS NULL AND ",
                $condition,
                ")"
            ),
            concat!(
                "UPDATE connections SET deleted_at = ?2, credentials = x'', config = x'', metadata = NULL,
                     tags = '{}', end_user = NULL, end_user_id = NULL, end_user_email = NULL,
                     end_user_display_name = NULL, organization_id = NULL, search_text = '',
                     webhook_url_override = NULL
                 WHERE deleted_at IS NULL AND ",
                $condition
            ),
        ]
    };
}

pub(super) async fn create(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    new: NewConnection,
) -> Result<CreateConnection, sqlx::Error> {
    let integration_is_live: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM integrations WHERE id = ? AND environment_id = ? AND deleted_at IS NULL)",
    )
    .bind(new.integration_id.0)
    .bind(environment.0)
    .fetch_one(&mut *conn)
    .await?;
    if !integration_is_live {
        return Ok(CreateConnection::NoIntegration);
    }
    let Some(id) = insert(&mut *conn, environment, new).await? else { return Ok(CreateConnection::KeyTaken) };
    let created = find_by_id(conn, environment, id).await?;
    created.map(CreateConnection::Created).ok_or(sqlx::Error::RowNotFound)
}

/// `None` when the key is taken.
async fn insert(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    new: NewConnection,
) -> Result<Option<ConnectionId>, sqlx::Error> {
    let content = new.content;
    let end_user = content.end_user.as_ref();
    let id: Option<i64> = sqlx::query_scalar(
        "INSERT INTO connections (uid, environment_id, integration_id, key, credentials, credentials_version,
             credentials_expire_at, config, metadata, tags, end_user, end_user_id, end_user_email,
             end_user_display_name, organization_id, search_text, webhook_url_override, last_fetched_at,
             created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?18)
         ON CONFLICT (integration_id, key) WHERE deleted_at IS NULL DO NOTHING
         RETURNING id",
    )
    .bind(new.uid.0.as_bytes().to_vec())
    .bind(environment.0)
    .bind(new.integration_id.0)
    .bind(new.key.as_str().to_owned())
    .bind(content.credentials.0)
    .bind(content.credentials_expire_at.map(Timestamp::as_micros))
    .bind(content.config.0)
    .bind(content.metadata.as_ref().map(to_json))
    .bind(to_json(&content.tags))
    .bind(end_user.map(to_json))
    .bind(end_user.map(|user| user.id.clone()))
    .bind(end_user.and_then(|user| user.email.clone()))
    .bind(end_user.and_then(|user| user.display_name.clone()))
    .bind(organization_id(end_user))
    .bind(search_text(new.key.as_str(), end_user))
    .bind(content.webhook_url_override)
    .bind(content.last_fetched_at.map(Timestamp::as_micros))
    .bind(new.created_at.as_micros())
    .fetch_optional(conn)
    .await?;
    Ok(id.map(ConnectionId))
}

/// Writes all of a connection that can change.
pub(crate) async fn save(conn: &mut SqliteConnection, connection: &Connection) -> Result<(), sqlx::Error> {
    let end_user = connection.end_user.as_ref();
    let refresh = &connection.refresh;
    sqlx::query(
        "UPDATE connections SET credentials = ?, credentials_version = ?, credentials_expire_at = ?, config = ?,
             metadata = ?, tags = ?, end_user = ?, end_user_id = ?, end_user_email = ?,
             end_user_display_name = ?, organization_id = ?, search_text = ?, webhook_url_override = ?,
             last_success_at = ?, last_failure_at = ?, attempts = ?, exhausted = ?, failure = ?,
             last_fetched_at = ?, updated_at = ?
         WHERE id = ?",
    )
    .bind(connection.credentials.0.clone())
    .bind(connection.credentials_version)
    .bind(connection.credentials_expire_at.map(Timestamp::as_micros))
    .bind(connection.config.0.clone())
    .bind(connection.metadata.as_ref().map(to_json))
    .bind(to_json(&connection.tags))
    .bind(end_user.map(to_json))
    .bind(end_user.map(|user| user.id.clone()))
    .bind(end_user.and_then(|user| user.email.clone()))
    .bind(end_user.and_then(|user| user.display_name.clone()))
    .bind(organization_id(end_user))
    .bind(search_text(connection.key.as_str(), end_user))
    .bind(connection.webhook_url_override.clone())
    .bind(refresh.last_success_at.map(Timestamp::as_micros))
    .bind(refresh.last_failure_at.map(Timestamp::as_micros))
    .bind(refresh.attempts)
    .bind(refresh.exhausted)
    .bind(refresh.failure.as_ref().map(to_json))
    .bind(connection.last_fetched_at.map(Timestamp::as_micros))
    .bind(connection.updated_at.as_micros())
    .bind(connection.id.0)
    .execute(conn)
    .await
    .map(|_| ())
}

/// The connection with new content.
pub(super) fn replaced(mut connection: Connection, content: ConnectionContent, at: Timestamp) -> Connection {
    connection.credentials = content.credentials;
    connection.credentials_version += 1;
    connection.credentials_expire_at = content.credentials_expire_at;
    connection.config = content.config;
    connection.metadata = content.metadata.or(connection.metadata);
    connection.tags = content.tags;
    connection.end_user = content.end_user.or(connection.end_user);
    connection.webhook_url_override = content.webhook_url_override;
    connection.refresh = RefreshState::default();
    connection.last_fetched_at = content.last_fetched_at.max(connection.last_fetched_at);
    connection.updated_at = at;
    connection
}

/// The connection with new labels.
pub(super) fn patched(mut connection: Connection, patch: ConnectionPatch, at: Timestamp) -> Connection {
    connection.end_user = patch.end_user.or(connection.end_user);
    connection.tags = patch.tags.unwrap_or(connection.tags);
    connection.webhook_url_override = patch.webhook_url_override.unwrap_or(connection.webhook_url_override);
    connection.updated_at = at;
    connection
}

fn organization_id(end_user: Option<&EndUser>) -> Option<String> {
    Some(end_user?.organization.as_ref()?.id.clone())
}

fn search_text(key: &str, end_user: Option<&EndUser>) -> String {
    let mut text = key.to_lowercase();
    let email = end_user.and_then(|user| user.email.as_deref());
    let display_name = end_user.and_then(|user| user.display_name.as_deref());
    for part in [email, display_name].into_iter().flatten() {
        text.push(SEARCH_SEPARATOR);
        text.push_str(&part.to_lowercase());
    }
    text
}

/// Whether an integration has live connections.
pub(crate) async fn any_of_integration(
    conn: &mut SqliteConnection,
    integration: IntegrationId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM connections WHERE integration_id = ? AND deleted_at IS NULL)",
    )
    .bind(integration.0)
    .fetch_one(conn)
    .await
}

/// Deletes one connection.
pub(super) async fn delete(
    conn: &mut SqliteConnection,
    id: ConnectionId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    run_deletion(conn, deletion!("id = ?1"), id.0, at).await
}

/// Deletes the connections of an integration that goes.
pub(crate) async fn delete_of_integration(
    conn: &mut SqliteConnection,
    integration: IntegrationId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    run_deletion(conn, deletion!("integration_id = ?1"), integration.0, at).await
}

/// Deletes the connections of an environment that goes.
pub(crate) async fn delete_of_environment(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    run_deletion(conn, deletion!("environment_id = ?1"), environment.0, at).await
}

async fn run_deletion(
    conn: &mut SqliteConnection,
    [revoke, delete_tasks, delete_checkpoints, delete]: [&'static str; 4],
    of: i64,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    for sql in [revoke, delete_tasks, delete_checkpoints] {
        sqlx::query(sql).bind(of).execute(&mut *conn).await?;
    }
    sqlx::query(delete).bind(of).bind(at.as_micros()).execute(conn).await?;
    Ok(())
}
