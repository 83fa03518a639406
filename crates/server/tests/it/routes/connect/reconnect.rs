//! `POST /connect/sessions/reconnect`

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_reconnect_session_is_bound_to_its_integration_and_shows_the_connections_end_user() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    let owner = json!({"end_user": {"id": "owner", "email": "owner@example.com"}});
    app.own("PATCH /connections/c?provider_config_key=free", owner).await;
    let body = json!({"connection_id": "c", "integration_id": "free", "end_user": {"id": "u"}});
    let answer = app.own("POST /connect/sessions/reconnect", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let token = answer.json()["data"]["token"].as_str().unwrap().to_owned();
    let data = app.get_as(&token, "/connect/session").await.json()["data"].clone();
    assert_eq!(data["isReconnecting"], true);
    assert_eq!(data["allowed_integrations"], json!(["free"]));
    assert_eq!(data["endUser"]["email"], "owner@example.com");
    app.own("DELETE /connections/c?provider_config_key=free", json!(null)).await;
    app.get_as(&token, "/connect/session").await.assert_code(404, "not_found");
}

#[tokio::test]
async fn an_unknown_connection_is_refused_without_a_list_of_issues() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    for (connection, integration) in [("c", "nope"), ("nope", "free")] {
        let body = json!({"connection_id": connection, "integration_id": integration});
        let answer = app.own("POST /connect/sessions/reconnect", body).await;
        answer.assert_code(400, "invalid_body");
        assert!(answer.json()["error"].get("errors").is_none());
    }
}

#[tokio::test]
async fn both_ids_are_required() {
    let app = TestApp::start().await;
    let answer = app.own("POST /connect/sessions/reconnect", json!({"integration_id": "free"})).await;
    answer.assert_issue("invalid_body", "invalid_type", "connection_id");
    let answer = app.own("POST /connect/sessions/reconnect", json!({"connection_id": "c"})).await;
    answer.assert_issue("invalid_body", "invalid_type", "integration_id");
}
