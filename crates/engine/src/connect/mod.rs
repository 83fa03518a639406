//! Connecting accounts: sessions, authorization in a popup or at once, and the connection that comes of it.

mod session;
mod ticket;

pub use session::{
    ConnectSession, FindSessionError, IntegrationDefaults, IntegrationOverrides, OpenSessionError,
    OpenedSession, SESSION_LIVES, SESSION_TOKEN_PREFIX, SessionContent,
};
pub use ticket::TicketError;
