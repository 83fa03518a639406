//! Waiting for a connection or for an action.

use std::time::Duration;

use bowline_sdk::Error;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::stub::{Stub, told};

const OFTEN: Duration = Duration::from_millis(5);

fn pending() -> ResponseTemplate {
    ResponseTemplate::new(404)
        .set_body_json(json!({"error": {"code": "not_found", "message": "No action found"}}))
}

#[tokio::test]
async fn a_connection_is_found_once_it_is_there_for_the_right_integration() {
    let connection =
        |key: &str| json!({"id": 1, "connection_id": "c", "provider_config_key": key, "provider": "p"});
    let list = |list: Vec<Value>| ResponseTemplate::new(200).set_body_json(json!({"connections": list}));
    let stub = Stub::in_turn([
        list(vec![]),
        list(vec![connection("other")]),
        list(vec![connection("other"), connection("github")]),
    ])
    .await;
    let found = stub.bowline.wait_for_connection("github", "u").every(OFTEN).await.unwrap();
    assert_eq!(found.provider_config_key, "github");
    assert_eq!(stub.count().await, 3);
}

#[tokio::test]
async fn waiting_ends_when_the_time_is_over() {
    let stub = Stub::json(json!({"connections": []})).await;
    let wait = stub.bowline.wait_for_connection("github", "u").every(OFTEN).give_up_after(OFTEN * 3);
    let error = told(wait.await);
    assert!(matches!(error, Error::WaitedTooLong { what: "the connection", .. }), "{error}");
    assert_eq!(stub.count().await, 4);
}

#[tokio::test]
async fn an_action_is_waited_for_until_it_returns_or_throws() {
    let stub =
        Stub::in_turn([pending(), pending(), ResponseTemplate::new(200).set_body_json(json!({"n": 1}))])
            .await;
    let output: Value = stub.bowline.wait_for_action("a").every(OFTEN).await.unwrap();
    assert_eq!(output, json!({"n": 1}));

    let thrown = ResponseTemplate::new(500)
        .set_body_json(json!({"error": {"code": "action_script_runtime_error", "payload": {"why": "no"}}}));
    let stub = Stub::in_turn([pending(), thrown]).await;
    let error = told(stub.bowline.wait_for_action::<Value>("a").every(OFTEN).await);
    assert_eq!(error.code(), Some("action_script_runtime_error"));
    assert_eq!(stub.count().await, 2);
}

#[tokio::test]
async fn a_time_to_give_up_that_is_shorter_than_the_pause_is_waited_out() {
    let stub = Stub::answering(pending()).await;
    let short = Duration::from_millis(40);
    let error = told(stub.bowline.wait_for_action::<Value>("a").give_up_after(short).await);
    assert!(matches!(error, Error::WaitedTooLong { waited, .. } if waited == short), "{error}");
    assert_eq!(stub.count().await, 2);
}
