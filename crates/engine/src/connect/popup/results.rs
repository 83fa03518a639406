//! Tells the page that opened a window how it ended: at once over its WebSocket on this node, else through storage.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bowline_domain::environment::Environment;
use bowline_domain::ticket::TicketKind;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::Engine;
use crate::connect::TicketError;
use crate::connect::ticket::digest_of;

/// How long an end waits for its page.
const RESULT_LIVES: Duration = Duration::from_secs(5 * 60);

/// How a window ended, as its page is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopupResult {
    /// The integration's key.
    pub provider_config_key: String,
    /// The connection's key.
    pub connection_id: String,
    /// Whether the connection still waits for an approval.
    pub is_pending: bool,
    /// Why there is no connection.
    pub error: Option<PopupError>,
    /// The session it was begun in; its page alone may ask for it.
    pub session: Option<Uuid>,
}

/// Why a window ended without a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopupError {
    /// `error_type` on the wire.
    pub kind: String,
    /// For people.
    pub description: String,
}

/// The pages that wait on this node.
#[derive(Default)]
pub struct PopupResults {
    waiting: Mutex<HashMap<Uuid, oneshot::Sender<PopupResult>>>,
}

/// A page's place in the queue, given up when it is dropped.
pub struct PopupWait {
    /// What the window must name.
    pub id: Uuid,
    /// The end, once.
    pub end: oneshot::Receiver<PopupResult>,
    results: Arc<PopupResults>,
}

impl Drop for PopupWait {
    fn drop(&mut self) {
        self.results.waiting.lock().remove(&self.id);
    }
}

impl Engine {
    /// A place for a page to wait in.
    pub fn wait_for_popup(&self) -> PopupWait {
        let (id, results) = (Uuid::new_v4(), Arc::clone(&self.popup_results));
        let (sender, end) = oneshot::channel();
        results.waiting.lock().insert(id, sender);
        PopupWait { id, end, results }
    }

    /// Tells a page how its window ended.
    pub async fn tell_page(
        &self,
        environment: &Environment,
        page: Uuid,
        result: PopupResult,
    ) -> Result<(), TicketError> {
        if self.tell_page_here(page, result.clone()) {
            return Ok(());
        }
        let kind = TicketKind::PopupResult;
        self.write_ticket(environment, kind, &page.to_string(), &result, RESULT_LIVES).await.map(|_| ())
    }

    /// Tells a page that waits on this node; false when none does. For ends that belong to no environment.
    pub fn tell_page_here(&self, page: Uuid, result: PopupResult) -> bool {
        let waiting = self.popup_results.waiting.lock().remove(&page);
        waiting.is_some_and(|sender| sender.send(result).is_ok())
    }

    /// How a window ended whose end came to another node, or whose page has no WebSocket. It is told once.
    pub async fn take_popup_result(
        &self,
        page: Uuid,
        session: Option<Uuid>,
    ) -> Result<Option<PopupResult>, TicketError> {
        let (kind, digest, now) = (TicketKind::PopupResult, digest_of(&page.to_string()), self.clock.now());
        let Some((ticket, environment)) = self.storage.find_ticket(kind, &digest, now).await? else {
            return Ok(None);
        };
        let result: PopupResult = self.open_ticket(&environment, &ticket)?;
        if session.is_some() && result.session != session {
            return Ok(None);
        }
        let is_ours = self.storage.delete_ticket(environment.id, ticket.uid).await?;
        Ok(is_ours.then_some(result))
    }
}
