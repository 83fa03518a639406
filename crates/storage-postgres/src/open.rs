//! Opening the database: options, version check, migrations.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bowline_domain::storage::StorageError;
use bowline_domain::{Clock, Secret};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};
use tracing::warn;

use crate::PostgresStorage;
use crate::key_cache::KeyCache;
use crate::lookup::{ConnectionLookup, LANES};
use crate::migrations::migrator;
use crate::session::BEGIN;

/// Serialises the migrations of nodes that start at once; any number that no other program takes.
const MIGRATION_LOCK: i64 = 0x626f_776c_696e_6531;
const SERVER_VERSION_MIN: i32 = 150_000;
/// An idle connection is tested before use only after this long; sooner, a test costs more than it saves.
const TRUSTED_IDLE: Duration = Duration::from_secs(2);

/// How to reach the database.
pub struct PostgresOptions {
    /// `postgres://user:password@host:port/database?sslmode=…`
    pub url: Secret<String>,
    /// By which memory of API keys ages.
    pub clock: Arc<dyn Clock>,
    /// Most connections this node opens.
    pub pool_max: u32,
    /// How long a call waits for a free connection before it fails.
    pub acquire_timeout: Duration,
    /// The address is a transaction pooler (PgBouncer and the like): prepare no statements, and wrap each
    /// statement in a transaction. Slower, so off unless needed.
    pub pooled: bool,
}

impl PostgresOptions {
    /// The defaults: up to 16 connections, a direct address.
    pub fn new(url: Secret<String>, clock: Arc<dyn Clock>) -> Self {
        Self { url, clock, pool_max: 16, acquire_timeout: Duration::from_secs(10), pooled: false }
    }

    fn connect_options(&self) -> sqlx::Result<PgConnectOptions> {
        let options = PgConnectOptions::from_str(self.url.expose())?
            .application_name("bowline")
            .disable_statement_logging();
        Ok(match self.pooled {
            // Poolers refuse start-up parameters they do not know.
            true => options.statement_cache_capacity(0).extra_float_digits(None),
            false => options,
        })
    }
}

impl PostgresStorage {
    /// Connects, checks the server and brings the schema up to date. Several nodes may do so at once.
    pub async fn open(options: PostgresOptions) -> Result<Self, StorageError> {
        let connect = options
            .connect_options()
            .map_err(|error| StorageError::new("reading the database URL", error))?;
        let pool = connect_pool(&options, connect.clone())
            .await
            .map_err(|error| StorageError::new("connecting to PostgreSQL", error))?;
        prepare_schema(pool.clone(), options.pooled).await?;
        Ok(Self {
            pool,
            pooled: options.pooled,
            lookup: ConnectionLookup::new(connect, options.pooled),
            keys: KeyCache::new(options.clock),
        })
    }
}

/// The pool tests a connection after each use; another test before the next use is needed only when much time
/// lies between.
async fn connect_pool(options: &PostgresOptions, connect: PgConnectOptions) -> sqlx::Result<PgPool> {
    PgPoolOptions::new()
        .max_connections(options.pool_max.saturating_sub(LANES).max(1))
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(connect)
        .await
}

/// Checks and migrations in one transaction, so that a pooler keeps them on one server process.
async fn prepare_schema(pool: PgPool, pooled: bool) -> Result<(), StorageError> {
    let failed = |error: sqlx::Error| StorageError::new("preparing the schema", error);
    let mut transaction = pool.begin_with(BEGIN).await.map_err(failed)?;
    if pooled {
        // The migrator prepares named statements, whose names another node may have left on this server process.
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *transaction).await.map_err(failed)?;
    }
    let (version, fsync) = sqlx::query_as::<_, (i32, String)>(
        "SELECT current_setting('server_version_num')::integer, current_setting('fsync')",
    )
    .persistent(false)
    .fetch_one(&mut *transaction)
    .await
    .map_err(failed)?;
    check_server(version, &fsync)?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(MIGRATION_LOCK)
        .persistent(false)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    // Without the migrator's own lock, which is bound to a session. Migrations of a newer release are let be: during
    // a rolling update nodes of the old one start too.
    migrator()
        .set_locking(false)
        .set_ignore_missing(true)
        .run_direct(None, &mut *transaction, false)
        .await
        .map_err(|error| StorageError::new("migrating the schema", error))?;
    if pooled {
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *transaction).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

fn check_server(version: i32, fsync: &str) -> Result<(), StorageError> {
    if version < SERVER_VERSION_MIN {
        let found = version / 10_000;
        let problem = format!("the server is PostgreSQL {found}, but PostgreSQL 15 or newer is needed");
        return Err(StorageError::new("checking the server's version", problem));
    }
    if fsync == "off" {
        warn!("PostgreSQL runs with fsync=off: a power failure may lose or corrupt everything");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_is_refused_with_both_versions_named() {
        let error = check_server(140_011, "on").expect_err("14 is too old");
        let text = format!("{error:?}");
        assert!(text.contains("PostgreSQL 14") && text.contains("15 or newer"), "{text}");
        check_server(150_000, "on").expect("15 is new enough");
    }

    #[test]
    fn a_malformed_url_is_an_error_that_does_not_repeat_it() {
        let clock = Arc::new(bowline_domain::ManualClock::new(bowline_domain::Timestamp::default()));
        let options = PostgresOptions::new(Secret::new("postgres://:hunter2:@@".to_owned()), clock);
        if let Err(error) = options.connect_options() {
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    /// The whole of opening can run in a task of its own.
    #[test]
    fn opening_is_a_future_that_can_be_sent() {
        fn check<F: Future + Send>(_open: fn(PostgresOptions) -> F) {}
        check(PostgresStorage::open);
    }
}
