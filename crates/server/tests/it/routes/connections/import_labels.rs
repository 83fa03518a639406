//! `POST /connections`: end users and tags.

use serde_json::{Map, Value, json};

use crate::app::{Answer, TestApp};

async fn import(app: &TestApp, fields: Value) -> Answer {
    let mut body =
        json!({"provider_config_key": "free", "connection_id": "c", "credentials": {"type": "NONE"}});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    app.own("POST /connections", body).await
}

async fn start() -> TestApp {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    app
}

fn numbered(count: usize) -> Value {
    (0..count).map(|n| (format!("k{n}"), json!("v"))).collect::<Map<_, _>>().into()
}

#[tokio::test]
async fn tags_are_the_end_users_overlaid_by_explicit_ones() {
    let app = start().await;
    let end_user = json!({"id": "u1", "email": "a@example.com", "display_name": "Ann", "tags": {"Plan": "pro", "x": ""}});
    let json =
        import(&app, json!({"end_user": end_user, "tags": {"PLAN": "free", "Team": "a/b"}})).await.json();
    assert_eq!(
        json["tags"],
        json!({
            "end_user_id": "u1", "end_user_email": "a@example.com", "end_user_display_name": "Ann",
            "plan": "free", "team": "a/b",
        })
    );
    assert_eq!(
        json["end_user"],
        json!({
            "id": "u1", "display_name": "Ann", "email": "a@example.com", "tags": {"Plan": "pro", "x": ""},
            "organization": null,
        })
    );
}

#[tokio::test]
async fn importing_again_replaces_all_tags() {
    let app = start().await;
    import(&app, json!({"tags": {"a": "1", "b": "2"}})).await;
    assert_eq!(import(&app, json!({"tags": {"c": "3"}})).await.json()["tags"], json!({"c": "3"}));
    assert_eq!(import(&app, json!({})).await.json()["tags"], json!({}));
}

#[tokio::test]
async fn tags_have_rules_for_keys_values_and_number() {
    let app = start().await;
    let long = "x".repeat(256);
    let long_key = format!("k{}", "x".repeat(64));
    for (tags, code, path) in [
        (json!({"1a": "x"}), "invalid_key", "tags.1a"),
        (json!({"a b": "x"}), "invalid_key", "tags.a b"),
        (json!({(long_key.as_str()): "x"}), "invalid_key", &*format!("tags.{long_key}")),
        (json!({"a": ""}), "custom", "tags.a"),
        (json!({"a": long}), "custom", "tags.a"),
        (json!({"a": 1}), "invalid_type", "tags.a"),
        (json!({"end_user_email": "nobody"}), "custom", "tags.end_user_email"),
        (json!({"A": "x", "a": "y"}), "custom", "tags.a"),
        (numbered(11), "custom", "tags"),
        (json!([]), "invalid_type", "tags"),
    ] {
        import(&app, json!({"tags": tags})).await.assert_issue("invalid_body", code, path);
    }
    assert_eq!(import(&app, json!({"tags": numbered(10)})).await.status, 201);
}

#[tokio::test]
async fn end_users_have_rules_of_their_own() {
    let app = start().await;
    let long = "x".repeat(256);
    for (end_user, code, path) in [
        (json!({}), "invalid_type", "end_user.id"),
        (json!({"id": long}), "too_big", "end_user.id"),
        (json!({"id": "u", "email": "a@b"}), "invalid_format", "end_user.email"),
        (json!({"id": "u", "display_name": long}), "too_big", "end_user.display_name"),
        (json!({"id": "u", "tags": {"1": "x"}}), "invalid_key", "end_user.tags.1"),
        (json!({"id": "u", "tags": {"a": long}}), "too_big", "end_user.tags.a"),
        (json!({"id": "u", "tags": numbered(11)}), "custom", "end_user.tags"),
        (json!({"id": "u", "organization": {"id": "o"}}), "unrecognized_keys", "end_user"),
        (json!("u"), "invalid_type", "end_user"),
    ] {
        import(&app, json!({"end_user": end_user})).await.assert_issue("invalid_body", code, path);
    }
}

#[tokio::test]
async fn an_end_users_own_tags_are_dropped_as_a_whole_when_they_are_too_many() {
    let app = start().await;
    let end_user = json!({"id": "u", "tags": numbered(10)});
    assert_eq!(import(&app, json!({"end_user": end_user})).await.json()["tags"], json!({"end_user_id": "u"}));
}

#[tokio::test]
async fn addresses_of_people_and_hooks_have_limits_on_import_and_on_update() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    let email = |length: usize| {
        let around = "@example.com".len();
        json!({"end_user": {"id": "u", "email": format!("{}@example.com", "x".repeat(length - around))}})
    };
    let hook = |length: usize| {
        let start = "https://example.com/";
        json!({"webhook_url_override": format!("{start}{}", "x".repeat(length - start.len()))})
    };
    for line in ["POST /connections", "PATCH /connections/c?provider_config_key=free"] {
        let send = async |mut body: Value| {
            if line.starts_with("POST") {
                body["provider_config_key"] = json!("free");
                body["credentials"] = json!({"type": "NONE"});
            }
            app.own(line, body).await
        };
        assert!(send(email(255)).await.status.is_success(), "{line}");
        send(email(256)).await.assert_issue("invalid_body", "too_big", "end_user.email");
        assert!(send(hook(2_048)).await.status.is_success(), "{line}");
        send(hook(2_049)).await.assert_issue("invalid_body", "too_big", "webhook_url_override");
    }
}
