//! Environment variables, the webhook signing key, and the list of scripts

use bowline_domain::Secret;
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn variables_are_a_bare_list_by_name() {
    let app = TestApp::start().await;
    app.get_as_owner("/environment-variables").await.assert(200, &json!([]));
    let environment = &app.engine.list_environment_keys().await.unwrap()[0].environment;
    for (name, value) in [("B", "2"), ("A", "1"), ("B", "3")] {
        app.engine.put_variable(environment, name, &Secret::new(value.to_owned())).await.unwrap();
    }
    let answer = app.get_as_owner("/environment-variables").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.assert(200, &json!([{"name": "A", "value": "1"}, {"name": "B", "value": "3"}]));
    app.get_as(&app.prod_key, "/environment-variables").await.assert(200, &json!([]));
    let query = app.get_as_owner("/environment-variables?x=1").await;
    query.assert_issue("invalid_query_params", "unrecognized_keys", "");
    let body = app.own("GET /environment-variables", json!({"x": 1})).await;
    body.assert_issue("invalid_body", "unrecognized_keys", "");
}

#[tokio::test]
async fn each_rotation_gives_another_signing_key() {
    let app = TestApp::start().await;
    let rotate = async || {
        let answer = app.own("POST /environment/webhook-signing-key/rotate", Value::Null).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("cache-control")),
            (200, "no-store"),
            "{}",
            answer.body
        );
        let json = answer.json();
        assert_eq!(json["data"].as_object().unwrap().len(), 1);
        uuid::Uuid::parse_str(json["data"]["webhook_signing_key"].as_str().unwrap()).unwrap()
    };
    assert_ne!(rotate().await, rotate().await);
    let answer = app.own("POST /environment/webhook-signing-key/rotate?x=1", Value::Null).await;
    answer.assert_issue("invalid_query_params", "unrecognized_keys", "");
}
