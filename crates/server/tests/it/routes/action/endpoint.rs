//! `ANY /v1/*`

use super::with_actions;

#[tokio::test]
async fn an_action_runs_under_the_address_it_declares() {
    let app = with_actions(&[("echo", "return { input };")]).await;
    let bearer = format!("Bearer {}", app.key);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("provider-config-key", "free"),
        ("connection-id", "c"),
    ];
    let answer = app.call("POST /v1/run/echo", &headers, r#"{"a":1}"#).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, r#"{"input":{"a":1}}"#));

    let answer = app.call("GET /v1/run/echo", &headers, "").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.body, r#"{"message":"Unknown endpoint 'GET /run/echo'"}"#);
    let answer = app.call("POST /v1/run/echo", &headers[..2], "{}").await;
    assert_eq!(answer.code(), (400, "invalid_headers".to_owned()));
}
