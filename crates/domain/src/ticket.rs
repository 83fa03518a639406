//! Tickets: short-lived rows that whoever shows a secret text can reach.

use crate::api_key::KeyDigest;
use crate::id::{EnvironmentId, RowUid};
use crate::{SealedBytes, Timestamp};

/// What a ticket stands for. A ticket of one kind is never found as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketKind {
    /// A connect session: its token lets an end user connect accounts until it expires.
    ConnectSession,
    /// An authorization under way at a provider; found by the `state` that comes back (RFC 6749 §10.12).
    Authorization,
    /// The outcome of a popup, for a page that waits on another node or without a WebSocket.
    PopupResult,
}

impl TicketKind {
    /// The kind's name in storage.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ConnectSession => "connect_session",
            Self::Authorization => "authorization",
            Self::PopupResult => "popup_result",
        }
    }
}

/// A ticket as it is stored. Its secret text is not: tickets are found by digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The row's own id; the content is bound to it.
    pub uid: RowUid,
    /// The environment it belongs to.
    pub environment_id: EnvironmentId,
    /// Sealed content (JSON object).
    pub content: SealedBytes,
    /// From when on it is not found any more.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A ticket to be written.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// The row's own id.
    pub uid: RowUid,
    /// What it stands for.
    pub kind: TicketKind,
    /// By which it is found.
    pub digest: KeyDigest,
    /// Sealed content.
    pub content: SealedBytes,
    /// From when on it is not found any more.
    pub expires_at: Timestamp,
    /// When it is made.
    pub created_at: Timestamp,
}
