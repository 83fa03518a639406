//! Calls without an async runtime.

use bowline_sdk::blocking::iterate;
use bowline_sdk::{Bowline, Error};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::stub::{KEY, Stub, told};

/// A stub on a runtime that goes on while the test itself has none.
fn outside(answers: impl FnOnce() -> Vec<ResponseTemplate>) -> (tokio::runtime::Runtime, Stub) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let stub = runtime.block_on(Stub::in_turn(answers()));
    (runtime, stub)
}

#[test]
fn calls_and_streams_are_waited_for() {
    let connection = json!({"id": 1, "connection_id": "c", "provider_config_key": "k", "provider": "p"});
    let (_runtime, stub) = outside(|| {
        vec![
            ResponseTemplate::new(200).set_body_json(json!({"data": []})),
            ResponseTemplate::new(200).set_body_json(json!({"n": 1})),
            ResponseTemplate::new(200).set_body_json(json!({"connections": [connection]})),
        ]
    });
    assert!(stub.bowline.list_integrations().send_blocking().unwrap().is_empty());
    let answer: Value = stub.bowline.get("k", "c", "/x").send_blocking().unwrap().json_blocking().unwrap();
    assert_eq!(answer, json!({"n": 1}));
    let list: Vec<_> = iterate(stub.bowline.list_connections().stream()).collect();
    assert_eq!(list.len(), 1);
}

#[test]
fn an_iterator_ends_behind_its_first_error() {
    let (_runtime, stub) = outside(|| vec![ResponseTemplate::new(500)]);
    let list: Vec<_> = iterate(stub.bowline.list_records::<Value>("k", "c", "M").stream()).collect();
    assert_eq!(list.len(), 1);
    assert!(list[0].is_err());
}

#[tokio::test]
async fn inside_of_an_async_runtime_it_is_an_error_and_not_a_panic() {
    let bowline = Bowline::builder().secret_key(KEY).build().unwrap();
    let error = told(bowline.list_integrations().send_blocking());
    assert!(matches!(error, Error::InvalidArgument { argument: "blocking", .. }), "{error}");
}
