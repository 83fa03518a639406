//! When a call is made again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};

use crate::error::{Error, TransportErrorKind};

/// One retry costs this much of the budget; a call that works gives a tenth of it back.
const RETRY_COST: u32 = 10;
const SUCCESS_GAIN: u32 = 1;

/// Which failed calls are made again, how often, and after what wait.
///
/// A client has none by default: it makes every call once, as the official one does. With a policy, calls are
/// made again only where that is safe:
///
/// | what failed | GET, HEAD, PUT, DELETE, PROPFIND, REPORT | POST, PATCH |
/// |---|---|---|
/// | no connection came about | again | again |
/// | `429` | again | again |
/// | `502`, `503`, `504` | again | no |
/// | the connection broke, or the time was over | again | no |
///
/// A call whose body is a stream is never made again, for the stream is used up. Waits grow from
/// [`base_delay`](Self::base_delay), doubled each time and randomised by half; a `Retry-After` of the other side
/// is waited for in full, unless it is longer than [`max_wait`](Self::max_wait): then the error is returned at once.
///
/// All calls of a client share a budget, so that a server in trouble is not called a multiple as often: each
/// retry takes one out, ten calls that work put one back.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    retries_max: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_wait: Duration,
    budget: Arc<Budget>,
}

#[derive(Debug)]
struct Budget {
    left: AtomicU32,
    full: u32,
}

impl RetryPolicy {
    /// Up to this many retries, with waits from 250 ms to 20 s, `Retry-After` up to 60 s, and a budget of 50 retries.
    pub fn new(retries_max: u32) -> Self {
        Self {
            retries_max,
            base_delay: Duration::from_millis(250),
            max_delay: Duration::from_secs(20),
            max_wait: Duration::from_secs(60),
            budget: Arc::new(Budget::of(50)),
        }
    }

    /// The wait before the first retry.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest wait that is chosen here.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest `Retry-After` that is waited for.
    #[must_use]
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    /// How many retries all calls that share this policy have in store.
    #[must_use]
    pub fn budget(mut self, retries: u32) -> Self {
        self.budget = Arc::new(Budget::of(retries));
        self
    }

    /// The wait before retry number `retry` (from 0) of a call that failed so; `None`: it is not made again.
    pub(crate) fn wait_before(&self, retry: u32, method: &Method, error: &Error) -> Option<Duration> {
        if retry >= self.retries_max || !is_safe(method, error) {
            return None;
        }
        let wait = match error.retry_after() {
            Some(wait) if wait > self.max_wait => return None,
            Some(wait) => wait,
            None => self.delay(retry),
        };
        self.budget.take().then_some(wait)
    }

    pub(crate) fn note_success(&self) {
        self.budget.give();
    }

    fn delay(&self, retry: u32) -> Duration {
        let full = self.base_delay.saturating_mul(1 << retry.min(16)).min(self.max_delay);
        // Between half of it and all of it: many clients that failed together must not come back together.
        full.mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

impl Budget {
    fn of(retries: u32) -> Self {
        let full = retries.saturating_mul(RETRY_COST);
        Self { left: AtomicU32::new(full), full }
    }

    fn take(&self) -> bool {
        let less = |left: u32| left.checked_sub(RETRY_COST);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    fn give(&self) {
        let more = |left: u32| (left < self.full).then_some(left + SUCCESS_GAIN);
        // A full budget stays as it is.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

fn is_safe(method: &Method, error: &Error) -> bool {
    if let Error::Transport(transport) = error {
        return match transport.kind {
            TransportErrorKind::Connect => true,
            TransportErrorKind::Timeout | TransportErrorKind::Broken => is_idempotent(method),
        };
    }
    match error.status() {
        Some(StatusCode::TOO_MANY_REQUESTS) => true,
        Some(StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT) => {
            is_idempotent(method)
        }
        _ => false,
    }
}

/// RFC 9110 §9.2.2; PROPFIND and REPORT only read (RFC 4918 §9.1, RFC 3253 §3.6).
fn is_idempotent(method: &Method) -> bool {
    matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "PROPFIND" | "REPORT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::RateLimited;

    fn limited(seconds: Option<u64>) -> Error {
        Error::RateLimited(RateLimited {
            retry_after: seconds.map(Duration::from_secs),
            limit: None,
            reset_at: None,
            request_id: None,
        })
    }

    #[test]
    fn waits_double_and_stay_between_half_and_all_of_the_delay() {
        let policy =
            RetryPolicy::new(10).base_delay(Duration::from_secs(1)).max_delay(Duration::from_secs(5));
        for (retry, full) in [(0, 1.0), (1, 2.0), (2, 4.0), (3, 5.0), (9, 5.0)] {
            let wait = policy.wait_before(retry, &Method::GET, &limited(None)).unwrap().as_secs_f64();
            assert!((full / 2.0..=full).contains(&wait), "retry {retry} waits {wait}");
        }
    }

    #[test]
    fn a_retry_after_is_kept_to_the_letter_unless_it_is_too_long() {
        let policy = RetryPolicy::new(1).max_wait(Duration::from_secs(30));
        assert_eq!(policy.wait_before(0, &Method::POST, &limited(Some(30))), Some(Duration::from_secs(30)));
        assert_eq!(policy.wait_before(0, &Method::POST, &limited(Some(31))), None);
    }

    #[test]
    fn the_number_of_retries_and_the_shared_budget_are_limits() {
        let policy = RetryPolicy::new(2).budget(1);
        let other_call = policy.clone();
        assert!(policy.wait_before(2, &Method::GET, &limited(None)).is_none());
        assert!(policy.wait_before(0, &Method::GET, &limited(None)).is_some());
        assert!(other_call.wait_before(0, &Method::GET, &limited(None)).is_none());
        for _ in 0..9 {
            policy.note_success();
        }
        assert!(policy.wait_before(0, &Method::GET, &limited(None)).is_none());
        policy.note_success();
        assert!(policy.wait_before(0, &Method::GET, &limited(None)).is_some());
    }
}
