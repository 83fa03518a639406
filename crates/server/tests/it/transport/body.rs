//! Content types and bodies, all judged before anyone is authenticated.

use bowline_server::ServerSettings;
use serde_json::json;

use crate::app::TestApp;

const TELEMETRY: &str = r#"{"deviceId":"5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52","event":"cli:deploy"}"#;

#[tokio::test]
async fn another_content_type_than_json_is_refused_below_guarded_paths() {
    let app = TestApp::start().await;
    let error = json!({"error": {
        "code": "invalid_content_type",
        "message": "Content-Type header must be application/json",
    }});
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for line in ["POST /cli/telemetry", "GET /Providers/", "POST /connections/x", "POST /v1/anything"] {
        app.call(line, &form, "").await.assert(415, &error);
    }
    for line in ["GET /health", "GET /providers.json"] {
        assert_eq!(app.call(line, &form, "").await.status, 200, "{line}");
    }
}

#[tokio::test]
async fn json_may_carry_parameters_and_any_case() {
    let app = TestApp::start().await;
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        let answer = app.call("POST /cli/telemetry", &[("content-type", content_type)], TELEMETRY).await;
        assert_eq!(answer.status, 204, "{content_type}");
    }
}

#[tokio::test]
async fn malformed_json_is_refused_even_without_a_key() {
    let app = TestApp::start().await;
    let deep = "[".repeat(10_000);
    for body in ["{", "1", "\"x\"", "{}{}", r#"{"a":1,"a":2}"#, &deep] {
        let answer = app.post("/providers", body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["error"]["code"], "invalid_json");
        assert!(answer.json()["error"]["message"].is_string());
    }
    let headers = [("content-type", "application/json")];
    let answer = app.call("POST /cli/telemetry", &headers, &b"{\"event\":\"\xff\"}"[..]).await;
    assert_eq!(answer.json()["error"]["code"], "invalid_json");
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused() {
    let settings = ServerSettings { body_bytes_max: 100, ..ServerSettings::default() };
    let app = TestApp::with(0, settings).await;
    let error = json!({"error": {
        "code": "request_too_large",
        "message": "The body is larger than 100 bytes",
    }});
    let text = format!("{{\"a\":\"{}\"}}", "x".repeat(100));
    app.post("/cli/telemetry", &text).await.assert(413, &error);

    let chunks = vec![Ok::<_, std::io::Error>(text[..60].to_owned()), Ok(text[60..].to_owned())];
    let unsized_body = axum::body::Body::from_stream(futures_util::stream::iter(chunks));
    app.call("POST /cli/telemetry", &[("content-type", "application/json")], unsized_body)
        .await
        .assert(413, &error);
}

#[tokio::test]
async fn a_large_body_is_read_only_for_whoever_shows_a_key() {
    let app = TestApp::start().await;
    let text = format!("[{}1]", "1,".repeat(600_000));
    let json = ("content-type", "application/json");
    app.call("POST /integrations", &[json], text.clone()).await.assert_code(401, "missing_auth_header");
    let unknown = ("authorization", "Bearer 5a3ad9f1-8ac0-4c2b-9f47-2d6f0c7d1e52");
    app.call("POST /integrations", &[json, unknown], text.clone()).await.assert_code(401, "unknown_account");

    let whole = vec![Ok::<_, std::io::Error>(text.clone())];
    let unsized_body = axum::body::Body::from_stream(futures_util::stream::iter(whole));
    app.call("POST /integrations", &[json], unsized_body).await.assert_code(401, "missing_auth_header");

    let bearer = format!("Bearer {}", app.key);
    let known = ("authorization", bearer.as_str());
    app.call("POST /integrations", &[json, known], text).await.assert_code(400, "invalid_body");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let app = TestApp::start().await;
    let chunks = vec![Ok("{".to_owned()), Err(std::io::Error::other("gone"))];
    let body = axum::body::Body::from_stream(futures_util::stream::iter(chunks));
    let answer = app.call("POST /cli/telemetry", &[("content-type", "application/json")], body).await;
    answer.assert(
        400,
        &json!({"error": {
            "code": "invalid_body",
            "message": "The body did not arrive whole",
        }}),
    );
}

#[tokio::test]
async fn an_empty_body_of_json_is_an_empty_object() {
    let app = TestApp::start().await;
    let missing = |path: &str| {
        json!({
            "code": "invalid_type",
            "message": "Invalid input: expected string, received undefined",
            "path": [path],
        })
    };
    let headers = [("content-type", "application/json"), ("content-length", "0")];
    app.call("POST /cli/telemetry", &headers, "").await.assert(
        400,
        &json!({"error": {
            "code": "invalid_body",
            "errors": [missing("deviceId"), missing("event")],
        }}),
    );
}

#[tokio::test]
async fn no_body_where_one_is_needed_is_an_issue_at_the_root() {
    let app = TestApp::start().await;
    app.call("POST /cli/telemetry", &[], "").await.assert(
        400,
        &json!({"error": {
            "code": "invalid_body",
            "errors": [{
                "code": "invalid_type",
                "message": "Invalid input: expected object, received undefined",
                "path": [],
            }],
        }}),
    );
}

#[tokio::test]
async fn a_get_may_say_json_and_bring_no_body() {
    let app = TestApp::start().await;
    let bearer = format!("Bearer {}", app.key);
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    assert_eq!(app.call("GET /providers/github", &headers, "").await.status, 200);
}
