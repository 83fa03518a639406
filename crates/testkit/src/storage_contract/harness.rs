//! What a backend gives the suite: a fresh database, a hand on its time, and a way to open it again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::storage::Storage;

/// The backend behind a [`TestStorage`].
#[async_trait]
pub trait TestBackend: Send + Sync + 'static {
    /// Lets leases and rate-limit windows grow older by `span`, by whichever clock the backend judges them:
    /// moves an injected clock ahead, or sets the rows' times back.
    async fn pass_time(&self, span: Duration);

    /// Opens the same data once more, after the first handle was closed.
    async fn reopen(&self) -> Arc<dyn Storage>;

    /// Whether a text stands anywhere in the stored connections, deleted ones included. The storage is closed.
    async fn connections_hold(&self, text: &str) -> bool;
}

/// A fresh, empty database for one case. What the backend needs to stay alive (a directory, a schema guard)
/// is kept in `backend`.
pub struct TestStorage {
    /// The storage under test.
    pub storage: Arc<dyn Storage>,
    /// Its backend.
    pub backend: Box<dyn TestBackend>,
}

impl TestStorage {
    /// Lets leases and rate-limit windows grow older.
    pub async fn pass_time(&self, span: Duration) {
        self.backend.pass_time(span).await;
    }

    /// Closes the storage and opens its data again.
    pub async fn close_and_reopen(&mut self) {
        self.storage.close().await;
        self.storage = self.backend.reopen().await;
    }
}

impl std::ops::Deref for TestStorage {
    type Target = dyn Storage;

    fn deref(&self) -> &Self::Target {
        self.storage.as_ref()
    }
}
