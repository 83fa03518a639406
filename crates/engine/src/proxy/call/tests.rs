use http::{HeaderName, HeaderValue};

use super::*;

fn parse(headers: &[(&str, &str)]) -> Result<ProxyCall, Vec<HeaderIssue>> {
    let required = [("Provider-Config-Key", "github"), ("Connection-Id", "c 1")];
    let mut map = HeaderMap::new();
    for (name, value) in required.iter().chain(headers) {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        if required.iter().any(|(required, _)| name.as_str().eq_ignore_ascii_case(required)) {
            map.insert(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        } else {
            map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
    }
    ProxyCall::parse(&map)
}

#[test]
fn the_endpoint_is_what_follows_the_mount() {
    let cases = [
        ("/proxy/user?x=1", "/user?x=1"),
        ("/proxy?x=1", "/?x=1"),
        ("/proxy", "/"),
        ("/proxy//user", "//user"),
        ("/proxy/a%2Fb?c=%2F&&", "/a%2Fb?c=%2F&&"),
    ];
    for (url, expected) in cases {
        assert_eq!(endpoint_of(url), expected);
    }
}

#[test]
fn every_header_has_its_meaning() {
    let call = parse(&[
        ("Retries", "3"),
        ("Base-Url-Override", "https://a.example"),
        ("Decompress", "true"),
        ("Retry-On", "404,409"),
        ("Forward-Headers-On-Redirect", "false"),
        ("Nango-Activity-Log-Id", "log"),
        ("Nango-Is-Sync", "true"),
        ("Nango-Is-Dry-Run", "false"),
        ("Nango-Proxy-X-Custom", "first"),
        ("nango-proxy-x-custom", "last"),
        ("Accept", "not/forwarded"),
    ])
    .unwrap();
    assert_eq!((call.provider_config_key.as_str(), call.connection_id.as_str()), ("github", "c 1"));
    assert_eq!((call.retries, call.retry_on), (3, vec![404, 409]));
    assert_eq!(call.base_url_override.as_deref(), Some("https://a.example"));
    assert_eq!((call.decompress, call.forward_headers_on_redirect), (Some(true), Some(false)));
    assert_eq!((call.activity_log_id.as_deref(), call.is_sync, call.is_dry_run), (Some("log"), true, false));
    assert_eq!(call.headers.len(), 1);
    assert_eq!(call.headers["x-custom"], "last");
}

#[test]
fn empty_values_mean_none() {
    let call = parse(&[("Base-Url-Override", ""), ("Nango-Activity-Log-Id", ""), ("Retries", "")]).unwrap();
    assert_eq!((call.base_url_override, call.activity_log_id, call.retries), (None, None, 0));
}

#[test]
fn retries_are_read_as_a_number() {
    for (text, expected) in [("2.9", 2), ("-1", 0), (" 5 ", 5), ("1e9", RETRIES_MAX)] {
        assert_eq!(parse(&[("Retries", text)]).unwrap().retries, expected, "{text}");
    }
}

#[test]
fn missing_ids_are_reported_together() {
    let issues = ProxyCall::parse(&HeaderMap::new()).unwrap_err();
    let found: Vec<_> = issues.iter().map(|issue| (issue.header, issue.code)).collect();
    assert_eq!(found, [("provider-config-key", "invalid_type"), ("connection-id", "invalid_type")]);
}

#[test]
fn bad_headers_are_reported_with_their_codes() {
    let long = "x".repeat(256);
    let cases = [
        ("retries", "many", "invalid_type"),
        ("retries", "inf", "invalid_type"),
        ("base-url-override", "not a url", "invalid_format"),
        ("decompress", "yes", "invalid_value"),
        ("forward-headers-on-redirect", "", "invalid_value"),
        ("retry-on", "4xx", "invalid_format"),
        ("retry-on", "404,", "invalid_format"),
        ("nango-activity-log-id", &long, "too_big"),
        ("nango-is-sync", "1", "invalid_value"),
        ("provider-config-key", "a/b", "invalid_format"),
        ("provider-config-key", &long, "too_big"),
        ("connection-id", "a#b", "invalid_format"),
        ("connection-id", "", "too_small"),
        ("connection-id", "é", "invalid_format"),
    ];
    for (header, value, code) in cases {
        let issues = parse(&[(header, value)]).unwrap_err();
        assert_eq!(
            issues.iter().map(|issue| (issue.header, issue.code)).collect::<Vec<_>>(),
            [(header, code)],
            "{value}"
        );
    }
}

#[test]
fn headers_of_the_connection_are_dropped() {
    let names = [
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "upgrade",
        "forwarded",
        "x-forwarded-for",
        "proxy-authorization",
        "keep-alive",
        "trailer",
        "expect",
    ];
    for name in names {
        let call = parse(&[(&format!("Nango-Proxy-{name}"), "x")]).unwrap();
        assert!(call.headers.is_empty(), "{name}");
        assert_eq!(call.dropped_headers, [name]);
    }
}
