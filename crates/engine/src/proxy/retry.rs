//! Whether a failed attempt is followed by another one, and after how long.

use std::time::Duration;

use bowline_domain::{
    Timestamp,
    provider::{RetryInBody, RetryRules},
};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// No wait is longer.
pub const WAIT_MAX: Duration = Duration::from_secs(600);
/// All waits of one call together are no longer.
pub const WAITS_MAX: Duration = Duration::from_secs(900);
const FIRST_BACKOFF: Duration = Duration::from_secs(3);
/// A number of milliseconds since 1970 that is later than 1971.
const MILLIS_OF_1971: f64 = 31_536_000_000.0;
/// Longer texts in error bodies are not searched: the engine backtracks.
const SEARCHED_CHARS_MAX: usize = 2_048;

/// Transport failures that often pass.
const RETRYABLE_CODES: [&str; 7] = [
    "ECONNRESET",
    "ETIMEDOUT",
    "ECONNABORTED",
    "ECONNREFUSED",
    "EHOSTUNREACH",
    "EAI_AGAIN",
    "UND_ERR_SOCKET",
];

/// How an attempt failed.
#[derive(Clone, Copy)]
pub enum Failure<'a> {
    /// No answer; the code of the transport error.
    Transport(&'a str),
    /// An answer outside 2xx.
    Response {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: &'a HeaderMap,
        /// Its body, where it was read into memory and is JSON.
        body: Option<&'a Value>,
    },
}

/// What the decision depends on.
#[derive(Clone, Copy)]
pub struct RetryInput<'a> {
    /// Attempts made after the first one so far.
    pub retries_done: u32,
    /// The waits before those attempts, together.
    pub waited: Duration,
    /// Attempts after the first one that the caller allows.
    pub retries: u32,
    /// How the last attempt failed.
    pub failure: Failure<'a>,
    /// The provider's rules.
    pub rules: Option<&'a RetryRules>,
    /// Statuses the caller wants retried.
    pub retry_on: &'a [u16],
    /// The caller's own header rules (functions can give them); they come before the provider's.
    pub caller_rules: Option<&'a RetryRules>,
    /// The present moment.
    pub now: Timestamp,
}

/// The wait before the next attempt; `None` if this was the last one. A wait that goes over what a call may wait
/// in all is not shortened: an attempt before the provider's word is of no use.
pub fn decide(input: &RetryInput<'_>) -> Option<Duration> {
    if input.retries_done >= input.retries {
        return None;
    }
    let backoff = backoff(input.retries_done);
    let (status, headers, body) = match input.failure {
        Failure::Transport(code) => {
            return RETRYABLE_CODES
                .contains(&code)
                .then_some(backoff)
                .and_then(|wait| within_all_waits(wait, input));
        }
        Failure::Response { status, headers, body } => (status, headers, body),
    };
    if !is_retryable(status, headers, input) {
        return None;
    }
    let from_rules = |rules: Option<&RetryRules>| wait_from_headers(rules?, headers, input.now);
    let wait = from_rules(input.caller_rules)
        .or_else(|| from_rules(input.rules))
        .or_else(|| wait_from_body(input.rules?.in_body.as_ref()?, body?, input.now))
        .or_else(|| wait_by_default(status, headers, input.now))
        .unwrap_or(backoff);
    within_all_waits(wait.min(WAIT_MAX), input)
}

fn within_all_waits(wait: Duration, input: &RetryInput<'_>) -> Option<Duration> {
    (input.waited.saturating_add(wait) <= WAITS_MAX).then_some(wait)
}

fn backoff(retries_done: u32) -> Duration {
    FIRST_BACKOFF.saturating_mul(1_u32.checked_shl(retries_done).unwrap_or(u32::MAX)).min(WAIT_MAX)
}

fn is_retryable(status: StatusCode, headers: &HeaderMap, input: &RetryInput<'_>) -> bool {
    let codes = input.rules.map(|rules| rules.error_code.as_slice()).unwrap_or_default();
    let by_status = match codes {
        [] => status.is_server_error() || matches!(status.as_u16(), 401 | 429 | 600..),
        codes => codes.iter().any(|code| matches_code(code, status.as_u16())),
    };
    by_status || input.retry_on.contains(&status.as_u16()) || is_exhausted(headers, input.rules)
}

/// `403`, `5xx` or `500-502`.
fn matches_code(rule: &str, status: u16) -> bool {
    if let Some((first, last)) = rule.split_once('-') {
        let parse = |text: &str| text.trim().parse::<u16>().ok();
        return parse(first).is_some_and(|first| first <= status)
            && parse(last).is_some_and(|last| status <= last);
    }
    if let Some(class) = rule.strip_suffix("xx") {
        return class.parse::<u16>().is_ok_and(|class| class == status / 100);
    }
    rule.trim().parse::<u16>().is_ok_and(|code| code == status)
}

/// Whether the quota header reads zero.
fn is_exhausted(headers: &HeaderMap, rules: Option<&RetryRules>) -> bool {
    let remaining = rules.and_then(|rules| header(headers, rules.remaining.as_deref()?));
    remaining == Some("0")
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The longest wait the named headers ask for.
fn wait_from_headers(rules: &RetryRules, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let longest = |names: &[String], read: fn(&str, Timestamp) -> Option<Duration>| {
        names.iter().filter_map(|name| read(header(headers, name)?, now)).max()
    };
    longest(rules.at.as_slice(), wait_until).or_else(|| longest(rules.after.as_slice(), wait_for))
}

/// `Retry-After` on the statuses it is defined for (RFC 9110 section 10.2.3, RFC 6585 section 4).
fn wait_by_default(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let is_defined = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    wait_for(header(headers, "retry-after").filter(|_| is_defined)?, now)
}

fn wait_from_body(rule: &RetryInBody, body: &Value, now: Timestamp) -> Option<Duration> {
    let text = rule.path.split('.').try_fold(body, |value, part| match value {
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        value => value.get(part),
    });
    let text = text?.as_str().filter(|text| text.len() <= SEARCHED_CHARS_MAX)?;
    // Definitions exist that write the pattern between slashes.
    let inner = rule.value.strip_prefix('/').and_then(|inner| inner.strip_suffix('/'));
    let regex = regress::Regex::new(inner.unwrap_or(&rule.value)).ok()?;
    let found = regex.find(text)?.group(1)?;
    let value = text.get(found)?;
    match rule.strategy.as_str() {
        "at" => wait_until(value, now),
        _ => wait_for(value, now),
    }
}

/// Until a moment: seconds or milliseconds since 1970, or a date. A moment in the past says nothing.
fn wait_until(text: &str, now: Timestamp) -> Option<Duration> {
    let moment = match number(text) {
        Some(number) => {
            let millis = if number > MILLIS_OF_1971 { number } else { number * 1_000.0 };
            #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
            Timestamp::from_millis(millis as i64)
        }
        None => parse_date(text)?,
    };
    Some(moment.since(now)).filter(|wait| !wait.is_zero())
}

/// For a number of seconds, or until a date.
fn wait_for(text: &str, now: Timestamp) -> Option<Duration> {
    match number(text) {
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        None => wait_until(text, now),
    }
}

fn number(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse::<f64>().ok().filter(|number| is_plain && number.is_finite())
}

/// An HTTP date or an ISO 8601 one.
fn parse_date(text: &str) -> Option<Timestamp> {
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()));
    }
    Timestamp::parse_iso(text)
}

#[cfg(test)]
mod tests;
