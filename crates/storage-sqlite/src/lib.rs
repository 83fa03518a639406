//! The embedded database: one SQLite file in the data directory.
//!
//! Reads go to a few reading connections and, for the lookups of every request, to the caches (`caches`).
//! Writes go one after another through one task (`writer`). A commit is on disk when a write returns
//! (WAL with `synchronous=FULL`).

#[macro_use]
mod row;

mod cache;
mod caches;
mod checkpoints;
mod connections;
mod environments;
mod function_rows;
mod functions;
mod integrations;
mod keys;
mod locks;
mod migrations;
mod open;
mod rate_limit;
mod refresh;
mod rows;
mod task_rows;
mod tasks;
mod tickets;
mod writer;

use std::fmt;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bowline_domain::storage::{Storage, StorageError, StorageResult};
use bowline_domain::{Clock, Timestamp};
use parking_lot::Mutex;
use sqlx::SqlitePool;

use crate::caches::Caches;
use crate::rate_limit::Windows;
use crate::writer::{Boxed, WriteContext, Writer};

/// How to open the database.
pub struct SqliteOptions {
    /// The database file; its directory must exist. The lock file `bowline.lock` lies beside it.
    pub path: PathBuf,
    /// The time for leases and rate-limit windows.
    pub clock: Arc<dyn Clock>,
    /// For the server: takes the directory's lock, so that a second server is refused, and caches. Commands
    /// that run beside a server leave it out.
    pub exclusive: bool,
}

/// The embedded database.
pub struct SqliteStorage {
    readers: SqlitePool,
    writer: Writer,
    caches: Arc<Caches>,
    windows: Mutex<Windows>,
    clock: Arc<dyn Clock>,
    lock: Mutex<Option<File>>,
}

impl SqliteStorage {
    /// Opens the database, making it or bringing it up to date where needed.
    pub async fn open(options: SqliteOptions) -> StorageResult<Self> {
        open::open(options).await
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Runs `work` as one transaction of the writer.
    async fn write<T, W>(&self, context: &'static str, work: W) -> StorageResult<T>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(WriteContext<'c>) -> Boxed<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        self.writer.write(context, work).await
    }
}

impl fmt::Debug for SqliteStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteStorage")
    }
}

/// Names what was being done when the database failed.
fn failed(context: &'static str) -> impl FnOnce(sqlx::Error) -> StorageError {
    move |error| StorageError::new(context, error)
}

#[async_trait]
impl Storage for SqliteStorage {
    async fn check_health(&self) -> StorageResult<()> {
        sqlx::query("SELECT 1")
            .execute(&self.readers)
            .await
            .map_err(failed("checking the database's health"))?;
        let now = self.now().as_micros();
        self.write("checking the database's health", move |write| {
            Box::pin(async move {
                sqlx::query("UPDATE health SET checked_at = ?")
                    .bind(now)
                    .execute(write.conn)
                    .await
                    .map(|_| ())
            })
        })
        .await
    }

    async fn close(&self) {
        // The writer last: the last connection to close writes the log back into the file.
        self.readers.close().await;
        self.writer.close().await;
        self.caches.switch_off();
        self.lock.lock().take();
    }
}
