//! The storage traits of `bowline-domain` on PostgreSQL 15 or newer, for installations of several nodes.
//!
//! It never relies on session state: no session advisory locks, no `LISTEN`, and with
//! [`PostgresOptions::pooled`] no prepared statement that outlives its transaction, so it works behind
//! transaction poolers. Leases and rate-limit windows are judged by the database's clock. Rows are locked in
//! one order (environment, integration, connection, lease, turn, task; within a table by number), and what the database
//! still reports as a deadlock or a serialization failure is tried again inside the method.
//!
//! API keys may be answered from memory for up to two seconds (see `key_cache.rs`), so a key revoked on one node may
//! work that long on the others. Connections are never kept in memory.
//!
//! Start reading at `session.rs` (how statements are run), then `connections.rs`.

#[macro_use]
mod row;

mod api_key_rows;
mod checkpoints;
mod connection_list;
mod connections;
mod environments;
mod function_rows;
mod functions;
mod integrations;
mod key_cache;
mod keys;
mod locks;
mod lookup;
mod migrations;
mod open;
mod rate_limit;
mod refresh;
mod rows;
mod session;
mod task_rows;
mod tasks;
mod tickets;

use async_trait::async_trait;
use bowline_domain::storage::{Storage, StorageError};
use sqlx::PgPool;

use crate::key_cache::KeyCache;
use crate::lookup::ConnectionLookup;

pub use crate::open::PostgresOptions;

/// The storage on PostgreSQL.
pub struct PostgresStorage {
    pool: PgPool,
    pooled: bool,
    lookup: ConnectionLookup,
    keys: KeyCache,
}

#[async_trait]
impl Storage for PostgresStorage {
    async fn check_health(&self) -> Result<(), StorageError> {
        session::retrying("checking the database", || self.try_check_writable()).await
    }

    async fn close(&self) {
        self.lookup.close();
        self.pool.close().await;
    }
}

impl PostgresStorage {
    /// A standby, a full disk and a lost primary all refuse this write.
    async fn try_check_writable(&self) -> sqlx::Result<()> {
        let mut single = self.single().await?;
        let write = "UPDATE health SET checked_at = now_micros() WHERE id = 1";
        let done = self.query(write).execute(&mut *single).await?;
        single.finish().await?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
    }
}
