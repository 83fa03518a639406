//! `POST /cli/telemetry`

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_report_is_taken_without_a_key() {
    let app = TestApp::start().await;
    let body = r#"{"deviceId":"5A3AD9F1-8ac0-4c2b-9f47-2d6f0c7d1e52","event":"cli:init","ephemeral":true}"#;
    let answer = app.post("/cli/telemetry", body).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
}

#[tokio::test]
async fn all_issues_of_the_body_are_told_at_once() {
    let app = TestApp::start().await;
    let body = r#"{"deviceId":"x","event":7,"ephemeral":"yes","a":1,"b":2}"#;
    app.post("/cli/telemetry", body).await.assert(
        400,
        &json!({"error": {
            "code": "invalid_body",
            "errors": [
                {"code": "invalid_format", "message": "Invalid UUID", "path": ["deviceId"]},
                {
                    "code": "invalid_type",
                    "message": "Invalid input: expected string, received number",
                    "path": ["event"],
                },
                {
                    "code": "invalid_type",
                    "message": "Invalid input: expected boolean, received string",
                    "path": ["ephemeral"],
                },
                {"code": "unrecognized_keys", "message": "Unrecognized keys: \"a\", \"b\"", "path": []},
            ],
        }}),
    );
}

#[tokio::test]
async fn the_query_is_judged_before_the_body() {
    let app = TestApp::start().await;
    app.post("/cli/telemetry?x=1", "{}").await.assert(
        400,
        &json!({"error": {
            "code": "invalid_query_params",
            "errors": [{"code": "unrecognized_keys", "message": "Unrecognized key: \"x\"", "path": []}],
        }}),
    );
}
