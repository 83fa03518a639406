//! `POST` and `PATCH /connections/metadata`, and their singular forms

use serde_json::{Value, json};

use crate::app::TestApp;

fn body(ids: Value, metadata: Value) -> Value {
    json!({"connection_id": ids, "provider_config_key": "free", "metadata": metadata})
}

async fn metadata_of(app: &TestApp, id: &str) -> Value {
    app.get_as_owner(&format!("/connections/{id}?provider_config_key=free")).await.json()["metadata"].clone()
}

#[tokio::test]
async fn post_replaces_with_201_and_patch_merges_with_200_and_both_echo() {
    let app = TestApp::start().await;
    app.free_connections(&["c1"]).await;
    for path in ["/connections/metadata", "/connection/metadata"] {
        let set = body(json!("c1"), json!({"a": {"x": 1, "y": 2}, "b": 1}));
        app.own(&format!("POST {path}"), set.clone()).await.assert(201, &set);
        assert_eq!(metadata_of(&app, "c1").await, json!({"a": {"x": 1, "y": 2}, "b": 1}));
        let merge = body(json!("c1"), json!({"a": {"z": 3}, "c": null}));
        app.own(&format!("PATCH {path}"), merge.clone()).await.assert(200, &merge);
        assert_eq!(metadata_of(&app, "c1").await, json!({"a": {"z": 3}, "b": 1, "c": null}));
    }
    let empty = body(json!("c1"), json!({}));
    app.own("POST /connections/metadata", empty.clone()).await.assert(201, &empty);
    assert_eq!(metadata_of(&app, "c1").await, json!({}));
}

#[tokio::test]
async fn many_connections_are_written_together_or_not_at_all() {
    let app = TestApp::start().await;
    app.free_connections(&["c1", "c2"]).await;
    let both = body(json!(["c1", "c2"]), json!({"n": 1}));
    app.own("POST /connections/metadata", both.clone()).await.assert(201, &both);
    for method in ["POST", "PATCH"] {
        let line = format!("{method} /connections/metadata");
        let answer = app.own(&line, body(json!(["c1", "nope", "c2"]), json!({"n": 2}))).await;
        answer.assert_code(404, "unknown_connection");
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("nope"));
    }
    for id in ["c1", "c2"] {
        assert_eq!(metadata_of(&app, id).await, json!({"n": 1}));
    }
}

#[tokio::test]
async fn fields_are_checked() {
    let app = TestApp::start().await;
    let ask = async |body: Value| app.own("POST /connections/metadata", body).await;
    for (body, code, path) in [
        (json!({"provider_config_key": "x", "metadata": {}}), "invalid_union", "connection_id"),
        (body(json!([]), json!({})), "invalid_union", "connection_id"),
        (body(json!(5), json!({})), "invalid_union", "connection_id"),
        (body(json!("a?b"), json!({})), "invalid_format", "connection_id"),
        (body(json!(["c", 5]), json!({})), "invalid_union", "connection_id"),
        (body(json!(vec!["c"; 1_001]), json!({})), "invalid_union", "connection_id"),
        (body(json!("c"), json!([])), "invalid_type", "metadata"),
        (body(json!("c"), Value::Null), "invalid_type", "metadata"),
        (json!({"connection_id": "c", "metadata": {}}), "invalid_type", "provider_config_key"),
    ] {
        ask(body).await.assert_issue("invalid_body", code, path);
    }
    let mut surplus = body(json!("c"), json!({}));
    surplus["frequency"] = json!(1);
    ask(surplus).await.assert_issue("invalid_body", "unrecognized_keys", "");
    let answer = app.own("PATCH /connections/metadata?x=1", json!({})).await;
    answer.assert_issue("invalid_query_params", "unrecognized_keys", "");
}

#[tokio::test]
async fn an_unknown_integration_has_no_connections() {
    let app = TestApp::start().await;
    let answer = app.own("POST /connections/metadata", body(json!("c"), json!({}))).await;
    answer.assert_code(404, "unknown_connection");
}

#[tokio::test]
async fn one_request_writes_no_more_than_the_largest_body_could_hold() {
    let settings = bowline_server::ServerSettings { body_bytes_max: 1_000, ..Default::default() };
    let app = TestApp::with(0, settings).await;
    let ids = ["a", "b", "c"];
    app.free_connections(&ids).await;
    let write = |ids: &[&str], length: usize| json!({"connection_id": ids, "provider_config_key": "free", "metadata": {"x": "y".repeat(length)}});
    for line in ["POST /connections/metadata", "PATCH /connections/metadata"] {
        app.own(line, write(&ids, 400)).await.assert_code(413, "request_too_large");
        assert!(app.own(line, write(&ids, 100)).await.status.is_success());
        assert!(app.own(line, write(&ids[..2], 400)).await.status.is_success());
    }
}

#[tokio::test]
async fn metadata_that_adds_up_to_too_much_is_refused_and_not_written() {
    let app = TestApp::start().await;
    app.free_connections(&["c1"]).await;
    let half = |name: &str| body(json!("c1"), json!({name: "x".repeat(700_000)}));
    assert_eq!(app.own("PATCH /connections/metadata", half("a")).await.status, 200);
    let answer = app.own("PATCH /connections/metadata", half("b")).await;
    answer.assert_code(413, "request_too_large");
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains("c1"));
    assert_eq!(metadata_of(&app, "c1").await, half("a")["metadata"]);
}

#[tokio::test]
async fn an_import_brings_no_more_metadata_than_a_connection_may_hold() {
    let app = TestApp::start().await;
    app.free_connections(&["c1"]).await;
    let import = |length: usize| {
        json!({
            "provider_config_key": "free", "connection_id": "c2", "credentials": {"type": "NONE"},
            "metadata": {"a": "x".repeat(length)},
        })
    };
    for line in ["POST /connections", "POST /connection"] {
        app.own(line, import(1_100_000)).await.assert_code(413, "request_too_large");
        assert_eq!(app.own(line, import(900_000)).await.status, 201, "{line}");
    }
}
