//! Tickets: short-lived rows found by the digest of a secret text.

use async_trait::async_trait;
use bowline_domain::api_key::KeyDigest;
use bowline_domain::environment::Environment;
use bowline_domain::id::{EnvironmentId, RowUid};
use bowline_domain::storage::{EXPIRED_TICKETS_REMOVED_MAX, StorageResult, TicketStore};
use bowline_domain::ticket::{NewTicket, Ticket, TicketKind};
use bowline_domain::{SealedBytes, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PostgresStorage;
use crate::rows::{EnvironmentRow, environment_columns};
use crate::session::retrying;

row! {
    struct TicketRow {
        uid: Uuid,
        environment_id: i64,
        content: Vec<u8>,
        expires_at: i64,
        created_at: i64,
    }
}

impl From<TicketRow> for Ticket {
    fn from(row: TicketRow) -> Self {
        Self {
            uid: RowUid(row.uid),
            environment_id: EnvironmentId(row.environment_id),
            content: SealedBytes(row.content),
            expires_at: Timestamp::from_micros(row.expires_at),
            created_at: Timestamp::from_micros(row.created_at),
        }
    }
}

#[async_trait]
impl TicketStore for PostgresStorage {
    async fn create_ticket(&self, environment: EnvironmentId, new: NewTicket) -> StorageResult<bool> {
        retrying("writing a ticket", || self.try_create_ticket(environment, &new)).await
    }

    async fn find_ticket(
        &self,
        kind: TicketKind,
        digest: &KeyDigest,
        at: Timestamp,
    ) -> StorageResult<Option<(Ticket, Environment)>> {
        retrying("finding a ticket", || self.try_find_ticket(FIND, kind, digest, at)).await
    }

    async fn take_ticket(
        &self,
        kind: TicketKind,
        digest: &KeyDigest,
        at: Timestamp,
    ) -> StorageResult<Option<(Ticket, Environment)>> {
        retrying("taking a ticket", || self.try_find_ticket(TAKE, kind, digest, at)).await
    }

    async fn delete_ticket(&self, environment: EnvironmentId, uid: RowUid) -> StorageResult<bool> {
        retrying("deleting a ticket", || self.try_delete_ticket(environment, uid)).await
    }
}

const FIND: &str = "SELECT uid, environment_id, content, expires_at, created_at FROM tickets \
    WHERE kind = $1 AND digest = $2 AND expires_at > $3";

/// Of two transactions that delete one row, the second finds it gone.
const TAKE: &str = "DELETE FROM tickets WHERE kind = $1 AND digest = $2 AND expires_at > $3 \
    RETURNING uid, environment_id, content, expires_at, created_at";

impl PostgresStorage {
    /// The share lock keeps the environment from being deleted before the ticket is written.
    async fn try_create_ticket(&self, environment: EnvironmentId, new: &NewTicket) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let done = self
            .query(
                "INSERT INTO tickets (uid, environment_id, kind, digest, content, expires_at, created_at) \
                 SELECT $2, id, $3, $4, $5, $6, $7 FROM environments WHERE id = $1 AND deleted_at IS NULL FOR SHARE",
            )
            .bind(environment.0)
            .bind(new.uid.0)
            .bind(new.kind.as_str())
            .bind(&new.digest.0[..])
            .bind(&new.content.0)
            .bind(new.expires_at.as_micros())
            .bind(new.created_at.as_micros())
            .execute(&mut *transaction)
            .await?;
        self.remove_expired_tickets(&mut transaction, new.created_at).await?;
        transaction.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    /// Rows that another node removes at this moment are left to it.
    async fn remove_expired_tickets(&self, connection: &mut PgConnection, at: Timestamp) -> sqlx::Result<()> {
        self.query(
            "DELETE FROM tickets WHERE uid IN \
             (SELECT uid FROM tickets WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .bind(at.as_micros())
        .bind(i64::from(EXPIRED_TICKETS_REMOVED_MAX))
        .execute(connection)
        .await
        .map(|_| ())
    }

    async fn try_find_ticket(
        &self,
        sql: &'static str,
        kind: TicketKind,
        digest: &KeyDigest,
        at: Timestamp,
    ) -> sqlx::Result<Option<(Ticket, Environment)>> {
        let mut transaction = self.begin().await?;
        let row: Option<TicketRow> = self
            .query_as(sql)
            .bind(kind.as_str())
            .bind(&digest.0[..])
            .bind(at.as_micros())
            .fetch_optional(&mut *transaction)
            .await?;
        let Some(ticket) = row.map(Ticket::from) else { return Ok(None) };
        let environment: Option<EnvironmentRow> = self
            .query_as(concat!(
                "SELECT ",
                environment_columns!(),
                " FROM environments WHERE id = $1 AND deleted_at IS NULL"
            ))
            .bind(ticket.environment_id.0)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let environment = environment.map(EnvironmentRow::into_environment).transpose()?;
        Ok(environment.map(|environment| (ticket, environment)))
    }

    async fn try_delete_ticket(&self, environment: EnvironmentId, uid: RowUid) -> sqlx::Result<bool> {
        let mut single = self.single().await?;
        let done = self
            .query("DELETE FROM tickets WHERE uid = $1 AND environment_id = $2")
            .bind(uid.0)
            .bind(environment.0)
            .execute(&mut *single)
            .await?;
        single.finish().await?;
        Ok(done.rows_affected() > 0)
    }
}
