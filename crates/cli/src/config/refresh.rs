//! `[refresh]`

use std::time::Duration;

use super::section::section;

section! {
    /// Keeping credentials fresh.
    pub struct RefreshConfig = "refresh" {
        /// Credentials are refreshed this long before they expire, unless their provider says otherwise.
        margin: Duration = "15m", "BOWLINE_REFRESH_MARGIN";
        /// A node that refreshes a connection and gives no sign of life is superseded after this long.
        lease: Duration = "10s", "BOWLINE_REFRESH_LEASE";
        /// The longest a caller waits for a refresh that another node is doing.
        wait_max: Duration = "1m", "BOWLINE_REFRESH_WAIT_MAX";
        /// How often a waiting node looks for the result.
        poll_every: Duration = "100ms", "BOWLINE_REFRESH_POLL_EVERY";
        /// After a failed refresh nothing is tried for this long, unless forced.
        backoff: Duration = "30s", "BOWLINE_REFRESH_BACKOFF";
        /// Failures on this many days in a row end the attempts, unless forced.
        failing_days_max: i32 = "4", "BOWLINE_REFRESH_FAILING_DAYS_MAX";
        /// How often the background looks for credentials that expire soon.
        background_every: Duration = "30s", "BOWLINE_REFRESH_BACKGROUND_EVERY";
        /// How many refreshes the background runs at once.
        background_concurrency: usize = "8", "BOWLINE_REFRESH_BACKGROUND_CONCURRENCY";
    }
}
