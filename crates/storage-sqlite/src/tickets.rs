//! Tickets: short-lived rows found by the digest of a secret text.

use async_trait::async_trait;
use bowline_domain::Timestamp;
use bowline_domain::api_key::KeyDigest;
use bowline_domain::environment::Environment;
use bowline_domain::id::{EnvironmentId, RowUid};
use bowline_domain::storage::{EXPIRED_TICKETS_REMOVED_MAX, StorageResult, TicketStore};
use bowline_domain::ticket::{NewTicket, Ticket, TicketKind};
use sqlx::SqliteConnection;

use crate::rows::{TicketRow, one};
use crate::{SqliteStorage, environments, failed};

const FIND: &str = "SELECT uid, environment_id, content, expires_at, created_at FROM tickets \
                    WHERE kind = ? AND digest = ? AND expires_at > ?";

#[async_trait]
impl TicketStore for SqliteStorage {
    async fn create_ticket(&self, environment: EnvironmentId, new: NewTicket) -> StorageResult<bool> {
        self.write("writing a ticket", move |write| {
            Box::pin(async move {
                remove_expired(&mut *write.conn, new.created_at).await?;
                insert(write.conn, environment, new).await
            })
        })
        .await
    }

    async fn find_ticket(
        &self,
        kind: TicketKind,
        digest: &KeyDigest,
        at: Timestamp,
    ) -> StorageResult<Option<(Ticket, Environment)>> {
        let context = "finding a ticket";
        let mut snapshot = self.readers.begin().await.map_err(failed(context))?;
        find(&mut snapshot, kind, digest, at).await.map_err(failed(context))
    }

    async fn take_ticket(
        &self,
        kind: TicketKind,
        digest: &KeyDigest,
        at: Timestamp,
    ) -> StorageResult<Option<(Ticket, Environment)>> {
        let digest = *digest;
        self.write("taking a ticket", move |write| {
            Box::pin(async move {
                let Some((ticket, environment)) = find(&mut *write.conn, kind, &digest, at).await? else {
                    return Ok(None);
                };
                delete(write.conn, ticket.environment_id, ticket.uid).await?;
                Ok(Some((ticket, environment)))
            })
        })
        .await
    }

    async fn delete_ticket(&self, environment: EnvironmentId, uid: RowUid) -> StorageResult<bool> {
        self.write("deleting a ticket", move |write| {
            Box::pin(async move { delete(write.conn, environment, uid).await })
        })
        .await
    }
}

async fn find(
    conn: &mut SqliteConnection,
    kind: TicketKind,
    digest: &KeyDigest,
    at: Timestamp,
) -> Result<Option<(Ticket, Environment)>, sqlx::Error> {
    let row = sqlx::query_as::<_, TicketRow>(FIND)
        .bind(kind.as_str())
        .bind(digest.0.to_vec())
        .bind(at.as_micros())
        .fetch_optional(&mut *conn)
        .await?;
    let Some(ticket) = one(row)? else { return Ok(None) };
    let environment = environments::find(conn, ticket.environment_id.0).await?;
    Ok(environment.map(|environment| (ticket, environment)))
}

async fn insert(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    new: NewTicket,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO tickets (uid, environment_id, kind, digest, content, expires_at, created_at)
         SELECT ?, id, ?, ?, ?, ?, ? FROM environments WHERE id = ? AND deleted_at IS NULL",
    )
    .bind(new.uid.0.as_bytes().to_vec())
    .bind(new.kind.as_str())
    .bind(new.digest.0.to_vec())
    .bind(new.content.0)
    .bind(new.expires_at.as_micros())
    .bind(new.created_at.as_micros())
    .bind(environment.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

async fn remove_expired(conn: &mut SqliteConnection, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM tickets WHERE uid IN (SELECT uid FROM tickets WHERE expires_at <= ? LIMIT ?)")
        .bind(at.as_micros())
        .bind(EXPIRED_TICKETS_REMOVED_MAX)
        .execute(conn)
        .await
        .map(|_| ())
}

async fn delete(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
    uid: RowUid,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM tickets WHERE uid = ? AND environment_id = ?")
        .bind(uid.0.as_bytes().to_vec())
        .bind(environment.0)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Deletes the tickets of an environment that goes.
pub(crate) async fn delete_of_environment(
    conn: &mut SqliteConnection,
    environment: EnvironmentId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM tickets WHERE environment_id = ?")
        .bind(environment.0)
        .execute(conn)
        .await
        .map(|_| ())
}
