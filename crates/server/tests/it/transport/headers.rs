//! Headers on every answer.

use crate::app::TestApp;

const ALLOWED: &str = "Authorization, Content-Type, Accept, Origin, X-Requested-With, Nango-Activity-Log-Id, \
                       Nango-Is-Dry-Run, Nango-Is-Sync, Provider-Config-Key, Connection-Id, Sentry-Trace, Baggage";
const EXPOSED: &str = "Authorization, Etag, Content-Type, Content-Length, X-Nango-Signature, X-RateLimit-Limit, \
                       X-RateLimit-Remaining, X-RateLimit-Reset";

#[tokio::test]
async fn a_preflight_is_answered_on_any_path() {
    let app = TestApp::start().await;
    for path in ["/connections", "/proxy/x", "/nowhere"] {
        let answer = app.call(&format!("OPTIONS {path}"), &[], "").await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-methods"), "GET,HEAD,PUT,PATCH,POST,DELETE");
        assert_eq!(answer.header("access-control-allow-headers"), ALLOWED);
        assert_eq!(answer.header("access-control-max-age"), "600");
    }
}

#[tokio::test]
async fn the_connect_uis_telemetry_has_cors_rules_of_its_own() {
    let app = TestApp::start().await;
    let answer = app.call("OPTIONS /connect/telemetry", &[], "").await;
    assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:3009");
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert_eq!(answer.header("access-control-max-age"), "36000");
}

#[tokio::test]
async fn every_answer_carries_cors_and_security_headers() {
    let app = TestApp::start().await;
    for path in ["/health", "/providers", "/nowhere"] {
        let answer = app.get(path).await;
        for (name, value) in [
            ("access-control-allow-origin", "*"),
            ("access-control-expose-headers", EXPOSED),
            ("x-xss-protection", "0"),
            ("x-content-type-options", "nosniff"),
            ("x-download-options", "noopen"),
            ("x-frame-options", "SAMEORIGIN"),
            ("x-dns-prefetch-control", "off"),
            ("referrer-policy", "strict-origin"),
            ("strict-transport-security", "max-age=5184000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
        assert!(answer.headers.contains_key("content-security-policy-report-only"));
        assert!(!answer.headers.contains_key("x-powered-by"));
    }
}

#[tokio::test]
async fn request_ids_differ() {
    let app = TestApp::start().await;
    let (one, two) = (app.get("/health").await, app.get("/health").await);
    assert!(!one.header("x-request-id").is_empty());
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
}

#[tokio::test]
async fn a_known_etag_saves_the_body() {
    let app = TestApp::start().await;
    let first = app.get("/health").await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\""), "{etag}");
    let strong = etag.trim_start_matches("W/").to_owned();
    for known in [etag.as_str(), strong.as_str(), "*", &format!("\"other\", {etag}")] {
        let answer = app.call("GET /health", &[("if-none-match", known)], "").await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (304, ""), "{known}");
        assert_eq!(answer.header("etag"), etag);
        assert_eq!(answer.header("content-type"), "");
    }
    let answer = app.call("GET /health", &[("if-none-match", "\"other\"")], "").await;
    assert_eq!(answer.status, 200);
    let reload = [("if-none-match", etag.as_str()), ("cache-control", "no-cache")];
    assert_eq!(app.call("GET /health", &reload, "").await.status, 200);
}

#[tokio::test]
async fn errors_have_no_etag() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/nowhere").await.header("etag"), "");
}
