//! `POST` and `PATCH /connection/{connectionId}/metadata`

use serde_json::{Value, json};

use crate::app::TestApp;

async fn metadata(app: &TestApp) -> Value {
    app.get_as_owner("/connection/c?provider_config_key=free").await.json()["metadata"].clone()
}

#[tokio::test]
async fn the_body_is_the_metadata_and_is_echoed() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    let path = "/connection/c/metadata?provider_config_key=free";
    app.own(&format!("POST {path}"), json!({"a": 1, "b": 1})).await.assert(201, &json!({"a": 1, "b": 1}));
    app.own(&format!("PATCH {path}"), json!({"a": 2})).await.assert(200, &json!({"a": 2}));
    assert_eq!(metadata(&app).await, json!({"a": 2, "b": 1}));
}

#[tokio::test]
async fn metadata_that_adds_up_to_too_much_is_refused_and_not_written() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    let path = "/connection/c/metadata?provider_config_key=free";
    assert_eq!(app.own(&format!("PATCH {path}"), json!({"a": "x".repeat(700_000)})).await.status, 200);
    let answer = app.own(&format!("PATCH {path}"), json!({"b": "x".repeat(700_000)})).await;
    answer.assert_code(413, "request_too_large");
    assert_eq!(answer.json()["error"]["payload"], json!({}));
    assert_eq!(metadata(&app).await, json!({"a": "x".repeat(700_000)}));
}

#[tokio::test]
async fn the_integration_comes_from_the_query_or_else_the_header() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    let bearer = format!("Bearer {}", app.key);
    let send = async |path: &str, key: &str| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("provider-config-key", key),
        ];
        app.call(&format!("POST {path}"), &headers, "{\"a\":1}").await
    };
    assert_eq!(send("/connection/c/metadata", "free").await.status, 201);
    assert_eq!(send("/connection/c/metadata?provider_config_key=free", "nope").await.status, 201);
    send("/connection/c/metadata?provider_config_key=nope", "free")
        .await
        .assert_code(404, "unknown_connection");
    let answer = app.own("POST /connection/c/metadata", json!({})).await;
    answer.assert_code(400, "missing_provider_config");
}

#[tokio::test]
async fn an_unknown_connection_is_a_classic_error_that_names_both_ids() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    for (id, key) in [("nope", "free"), ("c", "nope"), ("a%3Fb", "free")] {
        for method in ["POST", "PATCH"] {
            let line = format!("{method} /connection/{id}/metadata?provider_config_key={key}");
            let answer = app.own(&line, json!({"a": 1})).await;
            answer.assert_code(404, "unknown_connection");
            let id = id.replace("%3F", "?");
            assert_eq!(
                answer.json()["error"]["payload"],
                json!({"connectionId": id, "providerConfigKey": key})
            );
        }
    }
    let nobody = app.own("POST /connection/c/metadata?provider_config_key=free", Value::Null).await;
    nobody.assert_code(400, "missing_body");
    assert_eq!(metadata(&app).await, json!({}));
}
