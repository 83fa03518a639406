//! `POST /connect/telemetry`

use serde_json::{Value, json};

use super::token;
use crate::app::{Answer, TestApp};

async fn report(app: &TestApp, body: Value) -> Answer {
    app.post("/connect/telemetry", &body.to_string()).await
}

#[tokio::test]
async fn what_a_page_reports_of_its_session_is_taken() {
    let app = TestApp::start().await;
    let token = token(&app, json!({})).await;
    let now = "2023-11-14T22:13:20.000Z";
    let body = json!({"token": token, "event": "open", "timestamp": now});
    assert_eq!(report(&app, body).await.status, 204);
    let body = json!({
        "token": token, "event": "view:success", "timestamp": now, "dimensions": {"integration": "github"},
    });
    assert_eq!(report(&app, body).await.status, 204);
}

#[tokio::test]
async fn reports_without_a_live_session_or_from_far_off_clocks_are_refused() {
    let app = TestApp::start().await;
    let token = token(&app, json!({})).await;
    let body = |token: &str, event: &str, at: &str| json!({"token": token, "event": event, "timestamp": at});
    let now = "2023-11-14T22:13:20.000Z";
    let stranger = format!("nango_connect_session_{}", "a1".repeat(32));
    report(&app, body(&stranger, "open", now)).await.assert_code(401, "unknown_connect_session_token");
    report(&app, body("x", "open", now)).await.assert_code(401, "invalid_connect_session_token_format");
    report(&app, body(&token, "nope", now)).await.assert_issue("invalid_body", "invalid_value", "event");
    for at in ["2023-11-14T19:13:20.000Z", "2023-11-15T02:13:20.000Z"] {
        report(&app, body(&token, "open", at)).await.assert_issue("invalid_body", "custom", "timestamp");
    }
    let answer = report(&app, json!({"token": token, "event": "open"})).await;
    answer.assert_issue("invalid_body", "invalid_type", "timestamp");
}
