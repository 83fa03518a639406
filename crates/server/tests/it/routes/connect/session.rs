//! `GET` and `DELETE /connect/session`, and what else a session's token opens.

use serde_json::{Value, json};

use super::token;
use crate::app::TestApp;

#[tokio::test]
async fn a_page_sees_what_its_session_allows_and_presets() {
    let app = TestApp::start().await;
    app.free_connections(&[]).await;
    let more = json!({
        "end_user": {"id": "u", "email": "u@example.com", "display_name": "U", "tags": {"plan": "pro"}},
        "organization": {"id": "o"},
        "allowed_integrations": ["free"],
        "integrations_config_defaults": {"free": {
            "user_scopes": "hidden", "authorization_params": {"a": "1"}, "connection_config": {"host": "h"},
        }},
        "overrides": {"free": {"docs_connect": "https://example.com", "other": 1}},
    });
    let token = token(&app, more).await;
    let colour = json!({"primary": "#00B2E3"});
    let expected = json!({"data": {
        "endUser": {
            "id": "u", "display_name": "U", "email": "u@example.com", "tags": {"plan": "pro"},
            "organization": {"id": "o", "display_name": null},
        },
        "connectUISettings": {
            "showWatermark": true, "defaultTheme": "system", "theme": {"light": colour, "dark": colour},
        },
        "allowed_integrations": ["free"],
        "integrations_config_defaults": {"free": {
            "connection_config": {"host": "h"}, "authorization_params": {"a": "1"},
        }},
        "overrides": {"free": {"docs_connect": "https://example.com"}},
        "websocketsPath": "/",
    }});
    app.get_as(&token, "/connect/session").await.assert(200, &expected);
}

#[tokio::test]
async fn a_session_of_tags_alone_has_no_end_user_and_no_empty_fields() {
    let app = TestApp::start().await;
    let answer = app.own("POST /connect/sessions", json!({"tags": {}, "allowed_integrations": []})).await;
    let token = answer.json()["data"]["token"].as_str().unwrap().to_owned();
    let data = app.get_as(&token, "/connect/session").await.json()["data"].clone();
    let mut keys: Vec<&String> = data.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["connectUISettings", "endUser", "websocketsPath"]);
    assert_eq!(data["endUser"], Value::Null);
}

#[tokio::test]
async fn neither_query_nor_body_is_accepted() {
    let app = TestApp::start().await;
    let token = token(&app, json!({})).await;
    for method in ["GET", "DELETE"] {
        let answer = app.call_as(&token, &format!("{method} /connect/session?a=1"), Value::Null).await;
        answer.assert_code(400, "invalid_query_params");
        let answer = app.call_as(&token, &format!("{method} /connect/session"), json!({"a": 1})).await;
        answer.assert_code(400, "invalid_body");
    }
}

#[tokio::test]
async fn a_deleted_session_is_unknown_everywhere() {
    let app = TestApp::start().await;
    let token = token(&app, json!({})).await;
    assert_eq!(app.call_as(&token, "DELETE /connect/session", Value::Null).await.status, 204);
    for path in ["/connect/session", "/integrations", "/providers", "/providers/github"] {
        app.get_as(&token, path).await.assert_code(401, "unknown_connect_session_token");
    }
}

#[tokio::test]
async fn a_session_ends_after_thirty_minutes_however_much_it_is_used() {
    let app = TestApp::start().await;
    let token = token(&app, json!({})).await;
    app.advance(29 * 60 + 59);
    assert_eq!(app.get_as(&token, "/connect/session").await.status, 200);
    app.advance(1);
    app.get_as(&token, "/connect/session").await.assert_code(401, "unknown_connect_session_token");
}

#[tokio::test]
async fn a_session_sees_the_integrations_it_allows_and_no_others() {
    let app = TestApp::start().await;
    app.free_connections(&[]).await;
    app.integration("unauthenticated", "other", Value::Null).await;
    let keys = async |token: &str| {
        let json = app.get_as(token, "/integrations").await.json();
        let list = json["data"].as_array().unwrap().clone();
        list.iter().map(|one| one["unique_key"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&token(&app, json!({})).await).await, ["free", "other"]);
    assert_eq!(keys(&token(&app, json!({"allowed_integrations": ["other"]})).await).await, ["other"]);
}

#[tokio::test]
async fn a_session_token_opens_nothing_of_the_backends_api() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    let token = token(&app, json!({})).await;
    assert_eq!(app.get_as(&token, "/providers/github").await.status, 200);
    for line in [
        "GET /connections",
        "GET /connections/c?provider_config_key=free",
        "DELETE /connections/c?provider_config_key=free",
        "GET /integrations/free",
        "POST /integrations",
        "POST /connect/sessions",
        "GET /environment-variables",
        "GET /proxy/anything",
    ] {
        let answer = app.call_as(&token, line, Value::Null).await;
        answer.assert_code(401, "invalid_secret_key_format");
    }
    assert_eq!(app.get_as_owner("/connections/c?provider_config_key=free").await.status, 200);
}

#[tokio::test]
async fn an_api_key_is_no_session() {
    let app = TestApp::start().await;
    for method in ["GET", "DELETE"] {
        let line = format!("{method} /connect/session");
        app.call(&line, &[], "").await.assert_code(401, "missing_auth_header");
        let answer = app.call_as(&app.key, &line, Value::Null).await;
        answer.assert_code(401, "invalid_connect_session_token_format");
    }
}

#[tokio::test]
async fn a_session_goes_with_its_environment() {
    let app = TestApp::start().await;
    let token = token(&app, json!({})).await;
    let account = app.engine.default_account().await.unwrap().id;
    let environment = app.engine.list_environments(account).await.unwrap()[0].clone();
    app.engine.delete_environment(account, environment.id).await.unwrap();
    app.get_as(&token, "/connect/session").await.assert_code(401, "unknown_connect_session_token");
}
