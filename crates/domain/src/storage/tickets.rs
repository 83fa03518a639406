//! Tickets.

use async_trait::async_trait;

use super::StorageResult;
use crate::Timestamp;
use crate::api_key::KeyDigest;
use crate::environment::Environment;
use crate::id::{EnvironmentId, RowUid};
use crate::ticket::{NewTicket, Ticket, TicketKind};

/// Most expired tickets that writing a new one removes.
pub const EXPIRED_TICKETS_REMOVED_MAX: u32 = 100;

/// Tickets. They are found across environments, because whoever shows one names no environment.
#[async_trait]
pub trait TicketStore: Send + Sync + 'static {
    /// Writes a ticket and removes some that have expired; false when the environment is not a live one.
    async fn create_ticket(&self, environment: EnvironmentId, new: NewTicket) -> StorageResult<bool>;

    /// The ticket of this kind with this digest that has not expired `at` this moment, and its live environment.
    async fn find_ticket(
        &self,
        kind: TicketKind,
        digest: &KeyDigest,
        at: Timestamp,
    ) -> StorageResult<Option<(Ticket, Environment)>>;

    /// As [`TicketStore::find_ticket`], and the ticket is gone afterwards: of concurrent takers one gets it.
    async fn take_ticket(
        &self,
        kind: TicketKind,
        digest: &KeyDigest,
        at: Timestamp,
    ) -> StorageResult<Option<(Ticket, Environment)>>;

    /// Deletes a ticket; false when there is none.
    async fn delete_ticket(&self, environment: EnvironmentId, uid: RowUid) -> StorageResult<bool>;
}
