//! Counters of the fixed-window rate limit.

use std::time::Duration;

use async_trait::async_trait;
use bowline_domain::storage::{RateLimitStore, RateLimitUse, StorageResult};

use crate::PostgresStorage;
use crate::session::retrying;

#[async_trait]
impl RateLimitStore for PostgresStorage {
    async fn count_rate_limit(&self, key: &str, units: u64, window: Duration) -> StorageResult<RateLimitUse> {
        retrying("counting a rate limit", || self.try_count_rate_limit(key, units, window)).await
    }
}

/// The clock is read once per write, after the row is locked, so that count and window belong together.
const COUNT: &str = "WITH quiet AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)) \
    INSERT INTO rate_limits AS r (key, used, window_ends_at) SELECT $1, $2, now_micros() + $3 FROM quiet \
    ON CONFLICT (key) DO UPDATE SET (used, window_ends_at) = (\
        SELECT CASE WHEN is_over THEN EXCLUDED.used ELSE r.used + EXCLUDED.used END, \
        CASE WHEN is_over THEN now + $3 ELSE r.window_ends_at END \
        FROM (SELECT now, r.window_ends_at <= now AS is_over FROM (SELECT now_micros() AS now) n) w) \
    RETURNING used, window_ends_at - now_micros()";

impl PostgresStorage {
    async fn try_count_rate_limit(
        &self,
        key: &str,
        units: u64,
        window: Duration,
    ) -> sqlx::Result<RateLimitUse> {
        let mut single = self.single().await?;
        let (used, resets_in): (i64, i64) = self
            .query_as(COUNT)
            .bind(key)
            // Far above any real count, and far enough below the column's limit that counting on cannot overflow.
            .bind(i64::try_from(units).unwrap_or(i64::MAX).min(1 << 40))
            .bind(micros(window))
            .fetch_one(&mut *single)
            .await?;
        single.finish().await?;
        Ok(RateLimitUse {
            used: u64::try_from(used).unwrap_or(0),
            resets_in: Duration::from_micros(u64::try_from(resets_in).unwrap_or(0)),
        })
    }
}

/// A span as the database counts it; absurdly long ones are cut to a century.
pub(crate) fn micros(span: Duration) -> i64 {
    const CENTURY_MICROS: i64 = 100 * 366 * 86_400 * 1_000_000;
    i64::try_from(span.as_micros()).unwrap_or(CENTURY_MICROS).min(CENTURY_MICROS)
}
