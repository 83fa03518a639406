//! `now`, `now:FORMAT` and `now±N:unit:FORMAT`, in UTC, with the tokens of dayjs.

use std::fmt::Write as _;

use bowline_domain::Timestamp;
use jiff::{Span, civil::DateTime, tz::TimeZone};

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Every token, the longer before its beginnings.
const TOKENS: [&str; 27] = [
    "YYYY", "YY", "MMMM", "MMM", "MM", "M", "DD", "D", "dddd", "ddd", "dd", "d", "HH", "H", "hh", "h", "mm",
    "m", "SSS", "ss", "s", "ZZ", "Z", "A", "a", "X", "x",
];

/// The text of a `now` expression; `None` when the name is not a valid one.
pub(super) fn resolve(name: &str, now: Timestamp) -> Option<String> {
    let rest = name.strip_prefix("now")?;
    if rest.is_empty() {
        return Some(now.iso_millis_z());
    }
    if let Some(pattern) = rest.strip_prefix(':') {
        return format(pattern, now);
    }
    let sign = match rest.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (amount, rest) = rest[1..].split_once(':')?;
    let (unit, pattern) = rest.split_once(':').map_or((rest, None), |(unit, pattern)| (unit, Some(pattern)));
    let moved = shift(now, sign * i64::from(amount.parse::<u32>().ok()?), unit)?;
    match pattern {
        Some(pattern) => format(pattern, moved),
        None => Some(moved.iso_millis_z()),
    }
}

fn shift(now: Timestamp, amount: i64, unit: &str) -> Option<Timestamp> {
    let span = Span::new();
    let span = match unit {
        "years" | "year" | "y" => span.try_years(amount),
        "months" | "month" | "M" => span.try_months(amount),
        "weeks" | "week" | "w" => span.try_weeks(amount),
        "days" | "day" | "d" | "D" => span.try_days(amount),
        "hours" | "hour" | "h" => span.try_hours(amount),
        "minutes" | "minute" | "m" => span.try_minutes(amount),
        "seconds" | "second" | "s" => span.try_seconds(amount),
        "milliseconds" | "millisecond" | "ms" => span.try_milliseconds(amount),
        _ => return None,
    };
    let moved = civil(now)?.checked_add(span.ok()?).ok()?;
    let stamp = moved.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp::from_micros(stamp.as_microsecond()))
}

fn civil(moment: Timestamp) -> Option<DateTime> {
    let stamp = jiff::Timestamp::from_microsecond(moment.as_micros()).ok()?;
    Some(stamp.to_zoned(TimeZone::UTC).datetime())
}

fn format(pattern: &str, moment: Timestamp) -> Option<String> {
    let time = civil(moment)?;
    let mut text = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if let Some((literal, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            text.push_str(literal);
            rest = after;
        } else if let Some(token) = TOKENS.into_iter().find(|token| rest.starts_with(token)) {
            write_token(&mut text, token, time, moment);
            rest = &rest[token.len()..];
        } else {
            text.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    Some(text)
}

fn write_token(text: &mut String, token: &str, time: DateTime, moment: Timestamp) {
    let weekday = DAYS[time.weekday().to_sunday_zero_offset().unsigned_abs() as usize % 7];
    let month = MONTHS[(time.month().unsigned_abs() as usize + 11) % 12];
    let hour12 = (time.hour() + 11) % 12 + 1;
    let is_morning = time.hour() < 12;
    let written = match token {
        "YYYY" => write!(text, "{:04}", time.year()),
        "YY" => write!(text, "{:02}", time.year().rem_euclid(100)),
        "MMMM" => write!(text, "{month}"),
        "MMM" => write!(text, "{}", &month[..3]),
        "MM" => write!(text, "{:02}", time.month()),
        "M" => write!(text, "{}", time.month()),
        "DD" => write!(text, "{:02}", time.day()),
        "D" => write!(text, "{}", time.day()),
        "dddd" => write!(text, "{weekday}"),
        "ddd" => write!(text, "{}", &weekday[..3]),
        "dd" => write!(text, "{}", &weekday[..2]),
        "d" => write!(text, "{}", time.weekday().to_sunday_zero_offset()),
        "HH" => write!(text, "{:02}", time.hour()),
        "H" => write!(text, "{}", time.hour()),
        "hh" => write!(text, "{hour12:02}"),
        "h" => write!(text, "{hour12}"),
        "mm" => write!(text, "{:02}", time.minute()),
        "m" => write!(text, "{}", time.minute()),
        "SSS" => write!(text, "{:03}", time.millisecond()),
        "ss" => write!(text, "{:02}", time.second()),
        "s" => write!(text, "{}", time.second()),
        "ZZ" => write!(text, "+0000"),
        "Z" => write!(text, "+00:00"),
        "A" => write!(text, "{}", if is_morning { "AM" } else { "PM" }),
        "a" => write!(text, "{}", if is_morning { "am" } else { "pm" }),
        "X" => write!(text, "{}", moment.as_seconds()),
        "x" => write!(text, "{}", moment.as_millis()),
        _ => Ok(()),
    };
    // Writing to a `String` cannot fail.
    debug_assert!(written.is_ok());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-03-08T09:43:03.725Z, a Friday.
    const NOW: Timestamp = Timestamp::from_millis(1_709_890_983_725);

    #[test]
    fn formats_of_the_catalogue_read_like_those_of_dayjs() {
        let cases = [
            ("now", "2024-03-08T09:43:03.725Z"),
            ("now:YYYY-MM-DDTHH:mm:ss", "2024-03-08T09:43:03"),
            ("now:YYYYMMDDTHHmmss[Z]", "20240308T094303Z"),
            ("now:ddd, DD MMM YYYY HH:mm:ss ZZ", "Fri, 08 Mar 2024 09:43:03 +0000"),
            ("now:X", "1709890983"),
            ("now:x", "1709890983725"),
            ("now+1:minutes:X", "1709891043"),
            ("now+7:days:YYYY-MM-DD", "2024-03-15"),
            ("now-1:month", "2024-02-08T09:43:03.725Z"),
            ("now:h:mm A, dddd D MMMM YY SSS", "9:43 AM, Friday 8 March 24 725"),
        ];
        for (name, expected) in cases {
            assert_eq!(resolve(name, NOW).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_broken_now_is_no_value() {
        let broken =
            ["nowhere", "now+:days:X", "now+1:fortnights:X", "now+4294967295:years:X", "now+1", "now-x:days"];
        for name in broken {
            assert_eq!(resolve(name, NOW), None, "{name}");
        }
    }
}
