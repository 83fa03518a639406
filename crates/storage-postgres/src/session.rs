//! How statements reach the database: one alone, or several in a transaction, and again after a conflict.

use std::ops::{Deref, DerefMut};

use bowline_domain::storage::{StorageError, StorageResult};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::{Query, QueryAs, QueryScalar};
use sqlx::{FromRow, PgConnection, Postgres, Transaction};

use crate::PostgresStorage;

/// Each statement sees what was committed before it, whatever the server's default.
pub(crate) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const CONFLICT_RETRIES_MAX: u32 = 4;
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK_DETECTED: &str = "40P01";

/// A connection for one statement. Behind a pooler it is a transaction: the driver sends a statement in two
/// exchanges, which only inside a transaction reach the same server process.
pub(crate) enum Single {
    Direct(PoolConnection<Postgres>),
    InTransaction(Transaction<'static, Postgres>),
}

impl Single {
    /// Makes what was written visible.
    pub(crate) async fn finish(self) -> sqlx::Result<()> {
        match self {
            Self::Direct(_) => Ok(()),
            Self::InTransaction(transaction) => transaction.commit().await,
        }
    }
}

impl Deref for Single {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match self {
            Self::Direct(connection) => connection,
            Self::InTransaction(transaction) => transaction,
        }
    }
}

impl DerefMut for Single {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match self {
            Self::Direct(connection) => connection,
            Self::InTransaction(transaction) => transaction,
        }
    }
}

impl PostgresStorage {
    /// A connection for one statement.
    pub(crate) async fn single(&self) -> sqlx::Result<Single> {
        match self.pooled {
            true => Ok(Single::InTransaction(self.begin().await?)),
            false => Ok(Single::Direct(self.pool.acquire().await?)),
        }
    }

    /// A transaction for several statements.
    pub(crate) async fn begin(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool.begin_with(BEGIN).await
    }

    /// A statement.
    pub(crate) fn query(&self, sql: &'static str) -> Query<'static, Postgres, PgArguments> {
        sqlx::query(sql).persistent(!self.pooled)
    }

    /// A statement that returns rows of a struct.
    pub(crate) fn query_as<R: for<'r> FromRow<'r, PgRow>>(
        &self,
        sql: &'static str,
    ) -> QueryAs<'static, Postgres, R, PgArguments> {
        sqlx::query_as(sql).persistent(!self.pooled)
    }

    /// A statement that returns one column.
    pub(crate) fn scalar<T>(&self, sql: &'static str) -> QueryScalar<'static, Postgres, T, PgArguments>
    where
        (T,): for<'r> FromRow<'r, PgRow>,
    {
        sqlx::query_scalar(sql).persistent(!self.pooled)
    }
}

/// Runs a whole method, again from its start when the database broke it off for another transaction's sake.
pub(crate) async fn retrying<T, F, A>(doing: &'static str, attempt: A) -> StorageResult<T>
where
    F: Future<Output = sqlx::Result<T>>,
    A: Fn() -> F,
{
    let mut retries_left = CONFLICT_RETRIES_MAX;
    loop {
        match attempt().await {
            Err(error) if retries_left > 0 && is_conflict(&error) => retries_left -= 1,
            result => return result.map_err(|error| StorageError::new(doing, error)),
        }
    }
}

fn is_conflict(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == SERIALIZATION_FAILURE || code == DEADLOCK_DETECTED)
}

/// Whether the write hit this unique index.
pub(crate) fn violates(error: &sqlx::Error, index: &str) -> bool {
    let database = error.as_database_error();
    database.is_some_and(|error| error.is_unique_violation() && error.constraint() == Some(index))
}
