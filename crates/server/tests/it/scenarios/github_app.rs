//! An installed GitHub App: the import fetches its token, and a read renews it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::app::TestApp;

const KEY: &str = include_str!("../../../../engine/tests/data/rsa-2048.pem");

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Gives installation 7 tokens `ghs-1`, `ghs-2`, … and refuses others.
async fn token(
    State(count): State<Arc<AtomicU64>>,
    Path(installation): Path<String>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_jwt = bearer.strip_prefix("Bearer ").is_some_and(|jwt| jwt.split('.').count() == 3);
    if installation != "7" || !is_jwt {
        return (StatusCode::NOT_FOUND, JSON, json!({"message": "Not Found"}).to_string());
    }
    let number = count.fetch_add(1, Ordering::Relaxed) + 1;
    let body = json!({"token": format!("ghs-{number}"), "expires_at": "2023-11-14T23:13:20Z"});
    (StatusCode::CREATED, JSON, body.to_string())
}

async fn start() -> TestApp {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new()
        .route("/app/installations/{id}/access_tokens", post(token))
        .with_state(Arc::new(AtomicU64::new(0)));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let definition = format!(
        "display_name: Apps\nauth:\n  mode: APP\n  authorize:\n    url: http://{address}/new\n  token:\n    url: \
         http://{address}/app/installations/${{connectionConfig.installation_id}}/access_tokens\n\
         connection_config:\n  installation_id:\n    title: Installation\n    automated: true\n"
    );
    let app = TestApp::with_providers(&[("apps", definition)], &address.to_string()).await;
    let credentials = json!({
        "type": "APP", "app_id": "42", "app_link": "https://github.com/apps/x", "private_key": KEY.trim_end(),
    });
    app.integration("apps", "app", credentials).await;
    app
}

fn import(installation: &str) -> Value {
    json!({
        "provider_config_key": "app", "connection_id": "c",
        "credentials": {"type": "APP", "app_id": "42", "installation_id": installation},
    })
}

#[tokio::test]
async fn an_import_fetches_the_token_and_keeps_what_renews_it() {
    let app = start().await;
    let answer = app.own("POST /connections", import("7")).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let json = answer.json();
    assert_eq!(
        (&json["credentials"]["type"], &json["credentials"]["access_token"]),
        (&json!("APP"), &json!("ghs-1"))
    );
    assert_eq!(json["credentials"]["expires_at"], "2023-11-14T23:13:20.000Z");
    assert_eq!(json["connection_config"]["app_id"], "42");
    assert_eq!(json["connection_config"]["installation_id"], "7");

    let token = async || {
        let answer = app.get_as_owner("/connections/c?provider_config_key=app").await;
        answer.json()["credentials"]["access_token"].clone()
    };
    assert_eq!(token().await, "ghs-1");
    app.advance(50 * 60);
    assert_eq!(token().await, "ghs-2");
}

#[tokio::test]
async fn the_flat_import_fetches_it_too() {
    let app = start().await;
    let body =
        json!({"provider_config_key": "app", "connection_id": "c", "app_id": "42", "installation_id": "7"});
    app.own("POST /connection", body.clone()).await.assert(201, &body);
    let read = app.get_as_owner("/connections/c?provider_config_key=app").await.json();
    assert_eq!(read["credentials"]["access_token"], "ghs-1");
}

#[tokio::test]
async fn an_installation_that_is_refused_is_not_imported() {
    let app = start().await;
    let answer = app.own("POST /connections", import("8")).await;
    assert!(!answer.status.is_success(), "{}", answer.body);
    assert!(!answer.body.contains("PRIVATE KEY") && !answer.body.contains("eyJ"), "{}", answer.body);
    app.get_as_owner("/connections").await.assert(200, &json!({"connections": []}));
}
