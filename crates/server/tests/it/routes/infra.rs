//! Routes for operators and browsers.

use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn health_answers_at_once_and_ready_only_while_traffic_is_taken() {
    let app = TestApp::start().await;
    app.get("/health").await.assert(200, &json!({"result": "ok"}));
    app.get("/ready").await.assert(503, &json!({"result": "not ready"}));
    app.readiness.set(true);
    app.get("/ready").await.assert(200, &json!({"result": "ok"}));
    app.readiness.set(false);
    assert_eq!(app.get("/ready").await.status, 503);
}

#[tokio::test]
async fn env_js_tells_browsers_where_things_are() {
    let app = TestApp::start().await;
    let answer = app.get("/env.js").await;
    assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    let object = answer.body.strip_prefix("window._env = ").unwrap().trim_end().strip_suffix(';').unwrap();
    let env: Value = serde_json::from_str(object).unwrap();
    assert_eq!(env["apiUrl"], "http://localhost:3003");
    assert_eq!(env["connectUrl"], "http://localhost:3009");
    assert_eq!(env["isCloud"], false);
    assert_eq!(env["features"]["logs"], true);
}

#[tokio::test]
async fn the_openapi_document_lists_the_routes() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/providers/{provider}"]["get"].is_object());
    assert!(document["components"]["schemas"]["ModernError"].is_object());
}
