//! Remembers when connections were asked for and writes it down in batches, off the request path.

use std::collections::HashMap;

use bowline_domain::Timestamp;
use bowline_domain::id::ConnectionId;
use bowline_domain::storage::{Storage, StorageResult};
use parking_lot::Mutex;

/// Connections asked for since the last write.
#[derive(Default)]
pub(crate) struct FetchLog(Mutex<HashMap<ConnectionId, Timestamp>>);

impl FetchLog {
    /// Notes that a connection was asked for.
    pub fn note(&self, connection: ConnectionId, at: Timestamp) {
        self.0.lock().insert(connection, at);
    }

    /// Writes the notes. When that fails they are dropped: the next request makes new ones.
    pub async fn flush(&self, storage: &dyn Storage) -> StorageResult<()> {
        let notes: Vec<_> = std::mem::take(&mut *self.0.lock()).into_iter().collect();
        for batch in notes.chunks(500) {
            storage.touch_fetched(batch).await?;
        }
        Ok(())
    }
}
