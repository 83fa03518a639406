//! Connecting accounts: sessions, authorization in a popup or at once, and the connection that comes of it.
//!
//! Start reading at [`session`](ConnectSession), then [`attempt`](Attempt): who may connect what. From there an
//! account is connected at once with what the user typed ([`DirectInput`]), or in a window at the provider
//! ([`PopupRequest`]).

mod attempt;
mod direct;
mod error;
mod own;
mod popup;
mod session;
mod subject;
mod ticket;

pub use attempt::{Attempt, ConnectCaller, ConnectRequest};
pub use direct::{DirectInput, DirectWay};
pub use error::ConnectError;
pub use own::OwnConnectionError;
pub use popup::{
    BrowserBinding, CallbackQuery, ClientOverride, Confirmation, PopupEnd, PopupError, PopupOutcome,
    PopupPage, PopupRequest, PopupResult, PopupResults, PopupStart, PopupWait,
};
pub use session::{
    ConnectSession, FindSessionError, IntegrationDefaults, IntegrationOverrides, OpenSessionError,
    OpenedSession, SESSION_LIVES, SESSION_TOKEN_PREFIX, SessionContent,
};
pub use ticket::TicketError;
