//! The real time.

use std::time::{SystemTime, UNIX_EPOCH};

use bowline_domain::clock::{Clock, Timestamp};

/// The operating system's clock: the one place that asks for the time.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}
