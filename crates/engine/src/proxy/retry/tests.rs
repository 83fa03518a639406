use bowline_domain::provider::OneOrMany;
use http::{HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::json;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let parse = |(name, value): &(&str, &str)| {
        (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(parse).collect()
}

fn wait(status: u16, pairs: &[(&str, &str)], rules: Option<&RetryRules>, retry_on: &[u16]) -> Option<u64> {
    let headers = headers(pairs);
    let status = StatusCode::from_u16(status).unwrap();
    let failure = Failure::Response { status, headers: &headers, body: None };
    let input = RetryInput {
        retries_done: 0,
        waited: Duration::ZERO,
        retries: 1,
        failure,
        rules,
        retry_on,
        caller_rules: None,
        now: NOW,
    };
    decide(&input).map(|wait| wait.as_secs())
}

fn many(items: &[&str]) -> OneOrMany {
    OneOrMany::Many(items.iter().map(|item| (*item).to_owned()).collect())
}

#[test]
fn transport_errors_back_off_and_the_last_attempt_ends() {
    let input = |code, retries_done| RetryInput {
        retries_done,
        waited: Duration::ZERO,
        retries: 20,
        failure: Failure::Transport(code),
        rules: None,
        retry_on: &[],
        caller_rules: None,
        now: NOW,
    };
    for (retries_done, expected) in
        [(0, Some(3)), (1, Some(6)), (2, Some(12)), (10, Some(600)), (19, Some(600)), (20, None)]
    {
        assert_eq!(decide(&input("ECONNRESET", retries_done)).map(|wait| wait.as_secs()), expected);
    }
    assert_eq!(decide(&input("ENOTFOUND", 0)), None);
    assert_eq!(decide(&RetryInput { retries: 0, ..input("ECONNRESET", 0) }), None);
    let far = RetryInput { retries: u32::MAX, ..input("ECONNRESET", u32::MAX - 1) };
    assert_eq!(decide(&far), Some(WAIT_MAX));
}

#[test]
fn the_default_statuses_are_replaced_by_the_providers() {
    for (status, expected) in [(500, true), (599, true), (429, true), (401, true), (404, false), (304, false)]
    {
        assert_eq!(wait(status, &[], None, &[]).is_some(), expected, "{status}");
    }
    let rules = RetryRules { error_code: many(&["403", "5xx", "420-422"]), ..RetryRules::default() };
    for (status, expected) in
        [(403, true), (502, true), (421, true), (423, false), (429, false), (401, false)]
    {
        assert_eq!(wait(status, &[], Some(&rules), &[]).is_some(), expected, "{status}");
    }
    assert!(wait(404, &[], Some(&rules), &[404]).is_some());
}

#[test]
fn an_exhausted_quota_is_retried() {
    let rules = RetryRules { remaining: Some("x-left".to_owned()), ..RetryRules::default() };
    assert_eq!(wait(403, &[("x-left", "0")], Some(&rules), &[]), Some(3));
    assert_eq!(wait(403, &[("x-left", "10")], Some(&rules), &[]), None);
}

#[test]
fn waits_come_from_the_named_headers() {
    let at = RetryRules { at: many(&["x-a", "x-b"]), ..RetryRules::default() };
    let cases = [
        (&[("x-a", "1700000010"), ("x-b", "1700000020")][..], 20),
        (&[("x-a", "1700000010500")], 10),
        (&[("x-a", "Tue, 14 Nov 2023 22:13:50 GMT")], 30),
        (&[("x-a", "2023-11-14T22:13:40Z")], 20),
        (&[("x-a", "1699999999")], 3),
        (&[("x-a", "soon")], 3),
        (&[("x-a", "1700009999")], 600),
    ];
    for (pairs, expected) in cases {
        assert_eq!(wait(429, pairs, Some(&at), &[]), Some(expected), "{pairs:?}");
    }
    let after = RetryRules { after: OneOrMany::One("x-after".to_owned()), ..RetryRules::default() };
    assert_eq!(wait(500, &[("x-after", "42")], Some(&after), &[]), Some(42));
    assert_eq!(wait(500, &[("x-after", "-5")], Some(&after), &[]), Some(3));
}

#[test]
fn retry_after_counts_by_default_on_429_and_503() {
    assert_eq!(wait(429, &[("retry-after", "7")], None, &[]), Some(7));
    assert_eq!(wait(503, &[("retry-after", "Tue, 14 Nov 2023 22:13:50 GMT")], None, &[]), Some(30));
    assert_eq!(wait(500, &[("retry-after", "7")], None, &[]), Some(3));
    assert_eq!(wait(429, &[("retry-after", "86400")], None, &[]), Some(600));
}

#[test]
fn all_waits_of_a_call_together_have_an_end() {
    let headers = headers(&[("retry-after", "600")]);
    let failure = Failure::Response { status: StatusCode::TOO_MANY_REQUESTS, headers: &headers, body: None };
    for failure in [failure, Failure::Transport("ECONNRESET")] {
        let (mut waited, mut retries_done) = (Duration::ZERO, 0);
        let next = |retries_done, waited| {
            decide(&RetryInput {
                retries_done,
                waited,
                retries: u32::MAX,
                failure,
                rules: None,
                retry_on: &[],
                caller_rules: None,
                now: NOW,
            })
        };
        while let Some(wait) = next(retries_done, waited) {
            (waited, retries_done) = (waited + wait, retries_done + 1);
        }
        assert!(waited <= WAITS_MAX && waited >= WAIT_MAX, "{waited:?}");
    }
}

#[test]
fn the_callers_rules_come_first() {
    let caller = RetryRules { after: many(&["x-mine"]), ..RetryRules::default() };
    let provider = RetryRules { after: many(&["x-theirs"]), ..RetryRules::default() };
    let headers = headers(&[("x-mine", "5"), ("x-theirs", "50")]);
    let failure = Failure::Response { status: StatusCode::TOO_MANY_REQUESTS, headers: &headers, body: None };
    let input = RetryInput {
        retries_done: 0,
        waited: Duration::ZERO,
        retries: 1,
        failure,
        rules: Some(&provider),
        retry_on: &[],
        caller_rules: Some(&caller),
        now: NOW,
    };
    assert_eq!(decide(&input), Some(Duration::from_secs(5)));
}

#[test]
fn a_wait_is_found_in_a_body() {
    let in_body = RetryInBody {
        path: "error.message".to_owned(),
        value: r"/Retry after (.+)/".to_owned(),
        strategy: "at".to_owned(),
    };
    let rules = RetryRules { in_body: Some(in_body), ..RetryRules::default() };
    let (headers, body) =
        (HeaderMap::new(), json!({"error": {"message": "Retry after 2023-11-14T22:13:40.000Z"}}));
    let failure =
        Failure::Response { status: StatusCode::TOO_MANY_REQUESTS, headers: &headers, body: Some(&body) };
    let input = RetryInput {
        retries_done: 0,
        waited: Duration::ZERO,
        retries: 1,
        failure,
        rules: Some(&rules),
        retry_on: &[],
        caller_rules: None,
        now: NOW,
    };
    assert_eq!(decide(&input), Some(Duration::from_secs(20)));
}

proptest! {
    #[test]
    fn no_header_makes_a_wait_too_long(value in "[ -~]{0,40}", status in 100_u16..1000) {
        let rules = RetryRules { at: many(&["x-at"]), after: many(&["x-after"]), ..RetryRules::default() };
        let pairs = [("x-at", value.as_str()), ("x-after", value.as_str()), ("retry-after", value.as_str())];
        prop_assert!(wait(status, &pairs, Some(&rules), &[]).is_none_or(|wait| wait <= 600));
    }
}
