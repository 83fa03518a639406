//! `GET /connections` and its singular form

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::NOW_MICROS;

/// Connections `c1`, `c2`, … one second apart, each with these further fields.
async fn connections(fields: &[Value]) -> TestApp {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    app.integration("unauthenticated", "other", Value::Null).await;
    for (at, fields) in fields.iter().enumerate() {
        let mut body = json!({
            "provider_config_key": "free", "connection_id": format!("c{}", at + 1), "credentials": {"type": "NONE"},
        });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let answer = app.own("POST /connections", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        app.advance(1);
    }
    app
}

/// The ids a query finds, in order.
async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let answer = app.get_as_owner(&format!("/connections?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    let json = answer.json();
    let list = json["connections"].as_array().unwrap();
    list.iter().map(|item| item["connection_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_line_has_no_credentials_and_its_moment_in_microseconds() {
    let app =
        connections(&[json!({"metadata": {"a": 1}, "tags": {"Team": "x"}, "end_user": {"id": "u"}})]).await;
    let list = json!({"connections": [{
        "id": 1, "connection_id": "c1", "provider_config_key": "free", "provider": "unauthenticated", "errors": [],
        "end_user": {"id": "u", "display_name": null, "email": null, "tags": null, "organization": null},
        "tags": {"end_user_id": "u", "team": "x"}, "metadata": {"a": 1}, "created": NOW_MICROS,
    }]});
    app.get_as_owner("/connections").await.assert(200, &list);
    app.get_as_owner("/connection?").await.assert(200, &list);
}

#[tokio::test]
async fn the_newest_come_first_in_pages() {
    let app = connections(&vec![json!({}); 5]).await;
    assert_eq!(found(&app, "").await, ["c5", "c4", "c3", "c2", "c1"]);
    assert_eq!(found(&app, "limit=2").await, ["c5", "c4"]);
    assert_eq!(found(&app, "limit=2&page=1").await, ["c3", "c2"]);
    assert_eq!(found(&app, "limit=2&page=2").await, ["c1"]);
    assert!(found(&app, "limit=2&page=3").await.is_empty());
    assert!(found(&app, "page=1").await.is_empty());
}

#[tokio::test]
async fn connections_of_one_moment_are_by_number() {
    let app = TestApp::start().await;
    app.free_connections(&["a", "c", "b"]).await;
    assert_eq!(found(&app, "").await, ["b", "c", "a"]);
}

#[tokio::test]
async fn filters_find_what_they_name_and_all_must_match() {
    let app = connections(&[
        json!({"end_user": {"id": "u1", "email": "ann@example.com", "display_name": "Ann Smith"}}),
        json!({"end_user": {"id": "u2", "email": "bob@example.com", "tags": {"Plan": "pro"}}}),
        json!({"tags": {"plan": "pro", "team": "a"}}),
        json!({"provider_config_key": "other"}),
    ])
    .await;
    for (query, ids) in [
        ("connectionId=c2", vec!["c2"]),
        ("connectionId=C2", vec![]),
        ("search=SMITH", vec!["c1"]),
        ("search=example.com", vec!["c2", "c1"]),
        ("search=C3", vec!["c3"]),
        ("search=%25", vec![]),
        ("search=_", vec![]),
        ("endUserId=u2", vec!["c2"]),
        ("endUserOrganizationId=o", vec![]),
        ("integrationId=other", vec!["c4"]),
        ("integrationId=other,%20free&limit=1", vec!["c4"]),
        ("integrationId=nope", vec![]),
        ("integrationId=,", vec![]),
        ("tags[plan]=pro", vec!["c3", "c2"]),
        ("tags[PLAN]=pro", vec!["c3", "c2"]),
        ("tags[plan]=pro&tags[team]=a", vec!["c3"]),
        ("tags[plan]=Pro", vec![]),
        ("tags[end_user_email]=ann@example.com", vec!["c1"]),
        ("email=bob@example.com", vec!["c2"]),
        ("tags[plan]=pro&endUserId=u2", vec!["c2"]),
        ("endUserId=u1&connectionId=c2", vec![]),
    ] {
        assert_eq!(found(&app, query).await, ids, "{query}");
    }
}

#[tokio::test]
async fn texts_that_old_clients_send_empty_count_as_absent() {
    let app = connections(&[json!({})]).await;
    let query = "connectionId=&search=&endUserId=&endUserOrganizationId=";
    assert_eq!(found(&app, query).await, ["c1"]);
}

#[tokio::test]
async fn parameters_have_limits() {
    let app = TestApp::start().await;
    let long = "x".repeat(256);
    for (query, code, path) in [
        ("limit=0", "too_small", "limit"),
        ("limit=2001", "too_big", "limit"),
        ("limit=x", "invalid_type", "limit"),
        ("limit=1.5", "invalid_type", "limit"),
        ("page=-1", "too_small", "page"),
        ("integrationId=", "too_small", "integrationId"),
        (&*format!("connectionId={long}"), "too_big", "connectionId"),
        (&*format!("search={long}"), "too_big", "search"),
        ("tags[1]=x", "invalid_type", "tags"),
        ("tags[a-b%20c]=x", "invalid_key", "tags.a-b c"),
        ("tags=x", "invalid_type", "tags"),
        ("nonsense=1", "unrecognized_keys", ""),
        ("search=a&search=b", "invalid_type", "search"),
    ] {
        let answer = app.get_as_owner(&format!("/connections?{query}")).await;
        answer.assert_issue("invalid_query_params", code, path);
    }
    assert_eq!(app.get_as_owner("/connections?limit=2000&page=0").await.status, 200);
}

#[tokio::test]
async fn deleted_connections_are_gone_from_the_list() {
    let app = connections(&[json!({}), json!({})]).await;
    app.own("DELETE /connections/c1?provider_config_key=free", Value::Null).await;
    assert_eq!(found(&app, "").await, ["c2"]);
}
