//! `/connect/connections`: what an end user may do with their own connections.

use serde_json::{Value, json};

use super::token;
use crate::app::TestApp;

/// Connections `a` and `b` of the end user `u`, `c` of another one, `d` of nobody.
async fn start() -> TestApp {
    let app = TestApp::start().await;
    app.free_connections(&["d"]).await;
    for (id, user) in [("a", "u"), ("b", "u"), ("c", "v")] {
        let body = json!({
            "provider_config_key": "free", "connection_id": id, "credentials": {"type": "NONE"},
            "end_user": {"id": user, "email": format!("{user}@example.com")},
        });
        assert_eq!(app.own("POST /connections", body).await.status, 201);
    }
    app
}

async fn shown(app: &TestApp, token: &str) -> Vec<String> {
    let list = app.get_as(token, "/connect/connections").await.json();
    let ids = list["data"].as_array().unwrap().iter();
    ids.map(|connection| connection["connection_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_end_user_sees_authorizes_again_and_ends_their_own_connections() {
    let app = start().await;
    let token = token(&app, json!({"manage_connections": true})).await;
    assert_eq!(app.get_as(&token, "/connect/session").await.json()["data"]["managesConnections"], true);
    assert_eq!(shown(&app, &token).await, ["b", "a"]);
    let first = app.get_as(&token, "/connect/connections").await.json()["data"][0].clone();
    assert_eq!((&first["provider_config_key"], &first["needs_reconnect"]), (&json!("free"), &json!(false)));

    let line = "POST /connect/connections/a/reconnect?provider_config_key=free";
    let opened = app.call_as(&token, line, Value::Null).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    let again = opened.json()["data"]["token"].as_str().unwrap().to_owned();
    let session = app.get_as(&again, "/connect/session").await.json()["data"].clone();
    assert_eq!(
        (&session["isReconnecting"], &session["allowed_integrations"]),
        (&json!(true), &json!(["free"]))
    );
    assert_eq!(session["endUser"]["email"], "u@example.com");

    let line = "DELETE /connect/connections/a?provider_config_key=free";
    app.call_as(&token, line, Value::Null).await.assert(200, &json!({"success": true}));
    assert_eq!(shown(&app, &token).await, ["b"]);
    app.call_as(&token, line, Value::Null).await.assert_code(404, "not_found");
}

#[tokio::test]
async fn nobody_elses_connection_can_be_touched_and_none_without_the_right() {
    let app = start().await;
    let own = token(&app, json!({"manage_connections": true})).await;
    let plain = token(&app, json!({})).await;
    let narrow = json!({"manage_connections": true, "allowed_integrations": ["other"]});
    app.integration("unauthenticated", "other", Value::Null).await;
    let narrow = token(&app, narrow).await;
    assert!(shown(&app, &narrow).await.is_empty());
    app.get_as(&plain, "/connect/connections").await.assert_code(403, "forbidden");
    for (line, suffix) in [("DELETE", ""), ("POST", "/reconnect")] {
        let call = async |token: &str, id: &str| {
            let line = format!("{line} /connect/connections/{id}{suffix}?provider_config_key=free");
            app.call_as(token, &line, Value::Null).await
        };
        for foreign in ["c", "d", "nope"] {
            call(&own, foreign).await.assert_code(404, "not_found");
        }
        call(&narrow, "a").await.assert_code(404, "not_found");
        call(&plain, "a").await.assert_code(403, "forbidden");
    }
    let body = json!({"connection_id": "a", "integration_id": "free", "end_user": {"id": "u"}});
    let opened = app.own("POST /connect/sessions/reconnect", body).await.json();
    let again = opened["data"]["token"].as_str().unwrap().to_owned();
    app.get_as(&again, "/connect/connections").await.assert_code(403, "forbidden");
    assert_eq!(app.get_as_owner("/connections").await.json()["connections"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn only_an_end_user_has_connections_to_manage() {
    let app = TestApp::start().await;
    let body = json!({"tags": {}, "manage_connections": true});
    app.own("POST /connect/sessions", body).await.assert_issue(
        "invalid_body",
        "custom",
        "manage_connections",
    );
}
