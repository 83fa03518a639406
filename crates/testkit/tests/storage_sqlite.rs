//! The storage contract on the embedded database.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::ManualClock;
use bowline_domain::Timestamp;
use bowline_domain::storage::Storage;
use bowline_storage_sqlite::{SqliteOptions, SqliteStorage};
use bowline_testkit::storage_contract::{TestBackend, TestStorage};
use tempfile::TempDir;

struct SqliteBackend {
    directory: TempDir,
    clock: ManualClock,
}

impl SqliteBackend {
    fn path(&self) -> PathBuf {
        self.directory.path().join("bowline.db")
    }

    fn options(&self, exclusive: bool) -> SqliteOptions {
        SqliteOptions { path: self.path(), clock: Arc::new(self.clock.clone()), exclusive }
    }
}

#[async_trait]
impl TestBackend for SqliteBackend {
    async fn pass_time(&self, span: Duration) {
        self.clock.advance(span);
    }

    async fn reopen(&self) -> Arc<dyn Storage> {
        Arc::new(SqliteStorage::open(self.options(true)).await.unwrap())
    }
}

fn backend() -> SqliteBackend {
    let clock = ManualClock::new(Timestamp::from_seconds(1_750_000_000));
    SqliteBackend { directory: tempfile::tempdir().unwrap(), clock }
}

async fn fresh() -> TestStorage {
    let backend = backend();
    TestStorage { storage: backend.reopen().await, backend: Box::new(backend) }
}

bowline_testkit::storage_contract_tests!(fresh);
