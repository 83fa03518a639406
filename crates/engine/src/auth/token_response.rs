//! Reads token responses (RFC 6749 §5.1 and its many dialects). Pure.

use std::time::Duration;

use bowline_domain::Timestamp;
use serde_json::{Map, Value};

/// A date of this many milliseconds lies in 1972; smaller numbers are seconds.
const MILLIS_FROM: i64 = 63_072_000_000;
/// Longer lifetimes are taken for this one (about a hundred years).
const LIFETIME_MAX: Duration = Duration::from_secs(100 * 366 * 86_400);

/// When a token expires by what its response says.
pub fn expires_at(response: &Map<String, Value>, in_milliseconds: bool, now: Timestamp) -> Option<Timestamp> {
    response
        .get("expires_at")
        .and_then(|value| moment(value, now))
        .or_else(|| lifetime(response.get("expires_in")?, in_milliseconds).map(|span| now.plus(span)))
}

/// A moment: a number of seconds or milliseconds since the epoch, a date, or a span `D:HH:MM` from now.
pub fn moment(value: &Value, now: Timestamp) -> Option<Timestamp> {
    if let Some(number) = integer(value) {
        return Some(if number >= MILLIS_FROM {
            Timestamp::from_millis(number)
        } else {
            Timestamp::from_seconds(number)
        });
    }
    let text = value.as_str()?;
    Timestamp::parse_iso(text).or_else(|| days_hours_minutes(text).map(|span| now.plus(span)))
}

fn lifetime(value: &Value, in_milliseconds: bool) -> Option<Duration> {
    let number = u64::try_from(integer(value)?).ok()?;
    let span = if in_milliseconds { Duration::from_millis(number) } else { Duration::from_secs(number) };
    Some(span.min(LIFETIME_MAX))
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float cast saturates, and sizes are capped later"
        )]
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn days_hours_minutes(text: &str) -> Option<Duration> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let (days, hours, minutes) = (parts.next()??, parts.next()??, parts.next()??);
    let seconds = (u64::from(days) * 24 + u64::from(hours)) * 3_600 + u64::from(minutes) * 60;
    parts.next().is_none().then(|| Duration::from_secs(seconds))
}

/// A value by dotted path; a key that holds the whole path as it is comes first.
pub fn at_path<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let (head, rest) = path.split_once('.')?;
    at_path(object.get(head)?.as_object()?, rest)
}

/// The response's values that belong into the connection config: texts and booleans, under their flat path.
pub fn metadata(response: &Map<String, Value>, paths: &[String]) -> Map<String, Value> {
    paths
        .iter()
        .filter_map(|path| Some((path.clone(), at_path(response, path)?)))
        .filter(|(_, value)| value.is_string() || value.is_boolean())
        .map(|(path, value)| (path, value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn expiry(response: Value) -> Option<i64> {
        let now = Timestamp::from_seconds(1_700_000_000);
        expires_at(response.as_object().unwrap(), false, now).map(Timestamp::as_seconds)
    }

    #[test]
    fn every_dialect_of_an_expiry_is_read() {
        assert_eq!(expiry(json!({"expires_in": 60})), Some(1_700_000_060));
        assert_eq!(expiry(json!({"expires_in": "60"})), Some(1_700_000_060));
        assert_eq!(expiry(json!({"expires_in": 60.9})), Some(1_700_000_060));
        assert_eq!(expiry(json!({"expires_at": 1_700_000_100})), Some(1_700_000_100));
        assert_eq!(expiry(json!({"expires_at": 1_700_000_100_000_i64})), Some(1_700_000_100));
        assert_eq!(expiry(json!({"expires_at": "2023-11-14T22:15:00Z"})), Some(1_700_000_100));
        assert_eq!(expiry(json!({"expires_at": "0:00:02"})), Some(1_700_000_120));
        assert_eq!(expiry(json!({"expires_at": null, "expires_in": 5})), Some(1_700_000_005));
        assert_eq!(expiry(json!({})), None);
    }

    #[test]
    fn senseless_lifetimes_neither_panic_nor_overflow() {
        for value in [json!(u64::MAX), json!(-5), json!(1e300), json!("soon"), json!([1])] {
            let _ = expiry(json!({ "expires_in": value, "expires_at": value }));
        }
    }

    #[test]
    fn metadata_keeps_the_flat_path_and_skips_objects() {
        let response = json!({"team": {"id": "T1", "x": {}}, "ok": true});
        let paths = ["team.id".to_owned(), "team.x".to_owned(), "ok".to_owned(), "none".to_owned()];
        let expected = json!({"team.id": "T1", "ok": true});
        assert_eq!(Value::from(metadata(response.as_object().unwrap(), &paths)), expected);
    }
}
