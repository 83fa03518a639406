//! The simulator's time: the machine's, moved forward by a script. Tokens expire without anyone waiting.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

#[derive(Default)]
pub(crate) struct Clock {
    offset_ms: AtomicI64,
}

impl Clock {
    pub(crate) fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond().saturating_add(self.offset_ms.load(Ordering::SeqCst))
    }

    /// Moves the clock; a negative step moves it back. Stays inside what a timestamp can hold.
    pub(crate) fn advance(&self, step_ms: i64) {
        const OFFSET_MS_MAX: i64 = 1_000 * 365 * 24 * 3_600 * 1_000;
        let moved = |offset: i64| Some(offset.saturating_add(step_ms).clamp(-OFFSET_MS_MAX, OFFSET_MS_MAX));
        // The closure always returns Some, so the update cannot be refused.
        let _ = self.offset_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }

    pub(crate) fn reset(&self) {
        self.offset_ms.store(0, Ordering::SeqCst);
    }
}

fn timestamp(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// RFC 3339 in UTC with milliseconds, as most APIs write it.
pub(crate) fn to_iso(at_ms: i64) -> String {
    format!("{:.3}", timestamp(at_ms))
}

/// The date format of HTTP headers (RFC 9110 §5.6.7).
pub(crate) fn to_http_date(at_ms: i64) -> String {
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    printer.timestamp_to_rfc9110_string(&timestamp(at_ms)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_written_as_clients_expect() {
        assert_eq!(super::to_iso(1_700_000_000_000), "2023-11-14T22:13:20.000Z");
        assert_eq!(super::to_http_date(1_700_000_000_000), "Tue, 14 Nov 2023 22:13:20 GMT");
    }
}
