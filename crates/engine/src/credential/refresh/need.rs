//! Whether credentials need a refresh now. Pure.

use std::time::Duration;

use bowline_domain::Timestamp;
use bowline_domain::connection::Connection;
use bowline_domain::provider::Provider;

use super::{RefreshError, RefreshOptions};
use crate::credential::Credentials;

/// Whether credentials need a refresh.
#[derive(Debug)]
pub enum Need {
    /// They are good, or nothing can renew them.
    Fresh,
    /// They must be renewed before use.
    Refresh,
    /// They would have to be renewed, but it failed too recently or too often.
    Refused(RefreshError),
}

/// Providers whose long-lived tokens are renewed only when the caller asks for it.
const ONLY_WHEN_FORCED: [&str; 3] = ["facebook", "instagram", "threads"];

/// Decides by the stored failure state, the kind of credentials, and their expiry.
pub fn decide(
    connection: &Connection,
    credentials: &Credentials,
    provider: &Provider,
    options: &RefreshOptions,
    forced: bool,
    now: Timestamp,
) -> Need {
    if !credentials.can_refresh() {
        return Need::Fresh;
    }
    if forced {
        return Need::Refresh;
    }
    if let Some(error) = refusal(connection, options, now) {
        return Need::Refused(error);
    }
    let due = !ONLY_WHEN_FORCED.contains(&connection.provider.as_str())
        && connection.credentials_expire_at.is_some_and(|at| at <= now.plus(margin(provider, options)));
    if due { Need::Refresh } else { Need::Fresh }
}

/// A refusal stands even while the token itself would still be good: the connection needs its user.
fn refusal(connection: &Connection, options: &RefreshOptions, now: Timestamp) -> Option<RefreshError> {
    let state = &connection.refresh;
    if state.exhausted {
        return Some(RefreshError::Exhausted);
    }
    let elapsed = now.since(state.last_failure_at?);
    (elapsed < options.backoff).then(|| RefreshError::Backoff { retry_after: options.backoff - elapsed })
}

/// How long before their expiry credentials of this provider are renewed.
pub fn margin(provider: &Provider, options: &RefreshOptions) -> Duration {
    provider.token_expiration_buffer.map_or(options.margin, Duration::from_secs)
}
