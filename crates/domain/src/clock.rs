//! Time as a value: [`Timestamp`] and the [`Clock`] that parts receive instead of asking the system.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A moment in UTC, in microseconds since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From milliseconds since the epoch; out of range saturates.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// From seconds since the epoch; out of range saturates.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the epoch, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Seconds since the epoch, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This moment and a span later; saturates.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This moment less a span; saturates.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The span from `earlier` to this moment, zero when it lies ahead.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// `2024-03-08T09:43:03.725Z`.
    pub fn iso_millis_z(self) -> String {
        format!("{}Z", self.civil(3))
    }

    /// `2024-03-08T09:43:03.725+00:00`.
    pub fn iso_millis_offset(self) -> String {
        format!("{}+00:00", self.civil(3))
    }

    /// `2024-03-08T09:43:03.725123+00:00`.
    pub fn iso_micros_offset(self) -> String {
        format!("{}+00:00", self.civil(6))
    }

    /// The days since the epoch, for rules that count calendar days (UTC).
    pub const fn calendar_day(self) -> i64 {
        self.0.div_euclid(86_400_000_000)
    }

    /// Reads an ISO 8601 date or date-time; a missing zone means UTC.
    pub fn parse_iso(text: &str) -> Option<Self> {
        if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
            return Some(Self(stamp.as_microsecond()));
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp().as_microsecond()))
    }

    fn civil(self, fraction_digits: usize) -> String {
        let stamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX);
        let civil = stamp.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        let micros = civil.subsec_nanosecond() / 1_000;
        let (date, time) = (civil.date(), civil.time());
        let whole = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            date.year(),
            date.month(),
            date.day(),
            time.hour(),
            time.minute(),
            time.second()
        );
        match fraction_digits {
            3 => format!("{whole}.{:03}", micros / 1_000),
            _ => format!("{whole}.{micros:06}"),
        }
    }
}

/// Where a part gets the time from.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until it is told to move, for tests and simulation.
#[derive(Debug, Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.as_micros())))
    }

    /// Moves the clock ahead.
    pub fn advance(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_wire_forms_of_a_moment() {
        let t = Timestamp::from_micros(1_709_890_983_725_123);
        assert_eq!(t.iso_millis_z(), "2024-03-08T09:43:03.725Z");
        assert_eq!(t.iso_millis_offset(), "2024-03-08T09:43:03.725+00:00");
        assert_eq!(t.iso_micros_offset(), "2024-03-08T09:43:03.725123+00:00");
    }

    #[test]
    fn iso_texts_are_read_with_and_without_a_zone() {
        let expected = Some(Timestamp::from_millis(1_709_890_983_725));
        assert_eq!(Timestamp::parse_iso("2024-03-08T09:43:03.725Z"), expected);
        assert_eq!(Timestamp::parse_iso("2024-03-08T10:43:03.725+01:00"), expected);
        assert_eq!(Timestamp::parse_iso("2024-03-08T09:43:03.725"), expected);
        assert_eq!(Timestamp::parse_iso("soon"), None);
    }

    #[test]
    fn extreme_moments_do_not_panic() {
        for micros in [i64::MIN, -1, 0, i64::MAX] {
            let _ = Timestamp::from_micros(micros).iso_micros_offset();
        }
        assert_eq!(Timestamp::from_seconds(i64::MAX), Timestamp::from_micros(i64::MAX));
    }
}
