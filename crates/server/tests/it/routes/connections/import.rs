//! `POST /connections`: fields, credentials of each type, replacing.

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::fixtures::{NOW_Z, oauth_client};

async fn import(app: &TestApp, body: Value) -> Answer {
    app.own("POST /connections", body).await
}

#[tokio::test]
async fn an_imported_connection_is_answered_whole_with_its_credentials() {
    let app = TestApp::start().await;
    app.integration("github", "gh", oauth_client()).await;
    let credentials = json!({
        "type": "OAUTH2", "access_token": "at", "refresh_token": "rt", "expires_at": "2024-01-01T00:00:00Z",
        "config_override": {"client_id": "own"},
    });
    let body = json!({
        "provider_config_key": "gh", "connection_id": "c1", "credentials": credentials,
        "metadata": {"a": 1}, "connection_config": {"x": "y", "oauth_scopes_override": ["a"]},
    });
    let answer = import(&app, body).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let stored = json!({
        "type": "OAUTH2", "access_token": "at", "refresh_token": "rt", "expires_at": "2024-01-01T00:00:00.000Z",
        "config_override": {"client_id": "own"},
    });
    let mut shown = stored.clone();
    shown["raw"] = stored;
    answer.assert(
        201,
        &json!({
            "id": 1, "connection_id": "c1", "provider_config_key": "gh", "provider": "github", "errors": [],
            "end_user": null, "tags": {}, "metadata": {"a": 1},
            "connection_config": {"x": "y", "oauth_scopes_override": ["a"]}, "webhook_url_override": null,
            "created_at": NOW_Z, "updated_at": NOW_Z, "last_fetched_at": NOW_Z, "credentials": shown,
        }),
    );
}

#[tokio::test]
async fn a_connection_without_an_id_gets_a_uuid_and_metadata_is_empty() {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    let answer = import(&app, json!({"provider_config_key": "free", "credentials": {"type": "NONE"}})).await;
    let connection = answer.json();
    let id = uuid::Uuid::parse_str(connection["connection_id"].as_str().unwrap()).unwrap();
    assert_eq!(id.get_version_num(), 4);
    assert_eq!((&connection["metadata"], &connection["credentials"]), (&json!({}), &json!({})));
    assert_eq!(connection["last_fetched_at"], Value::Null, "there is nothing to fetch");
}

#[tokio::test]
async fn every_type_that_can_be_imported_keeps_its_fields() {
    let app = TestApp::start().await;
    let mut client = oauth_client();
    app.integration("github", "OAUTH2", client.clone()).await;
    client["type"] = json!("OAUTH1");
    app.integration("trello", "OAUTH1", client).await;
    for (provider, key) in [("8x8", "OAUTH2_CC"), ("private-api-basic", "BASIC"), ("netsuite-tba", "TBA")] {
        app.integration(provider, key, Value::Null).await;
    }
    app.integration("private-api-bearer", "API_KEY", Value::Null).await;
    for (credentials, has_raw) in [
        (json!({"type": "OAUTH2", "access_token": "a"}), true),
        (json!({"type": "OAUTH1", "oauth_token": "t", "oauth_token_secret": "s"}), true),
        (json!({"type": "OAUTH2_CC", "token": "t", "client_id": "i", "client_secret": "s"}), true),
        (json!({"type": "BASIC", "username": "", "password": ""}), false),
        (json!({"type": "API_KEY", "apiKey": "k"}), false),
        (json!({"type": "TBA", "token_id": "i", "token_secret": "s", "config_override": {}}), false),
    ] {
        let kind = credentials["type"].as_str().unwrap();
        let body = json!({
            "provider_config_key": kind, "connection_id": "c", "credentials": credentials,
            "connection_config": {"accountId": "123"},
        });
        let answer = import(&app, body).await;
        assert_eq!(answer.status, 201, "{kind}: {}", answer.body);
        let mut shown = credentials.clone();
        if has_raw {
            shown["raw"] = credentials.clone();
        }
        assert_eq!(answer.json()["credentials"], shown);
        let read = app.get_as_owner(&format!("/connections/c?provider_config_key={kind}")).await;
        assert_eq!(read.json()["credentials"], shown, "{kind}");
    }
}

#[tokio::test]
async fn netsuite_tokens_need_an_account() {
    let app = TestApp::start().await;
    app.integration("netsuite-tba", "ns", Value::Null).await;
    let credentials = json!({"type": "TBA", "token_id": "i", "token_secret": "s"});
    let body = json!({"provider_config_key": "ns", "credentials": credentials});
    let answer = import(&app, body).await;
    answer.assert_code(400, "invalid_body");
    assert!(answer.json()["error"]["message"].as_str().unwrap().contains("accountId"));
}

#[tokio::test]
async fn credentials_are_strict_and_bounded() {
    let app = TestApp::start().await;
    let long = |chars: usize| "x".repeat(chars);
    for (credentials, code, path) in [
        (json!({"type": "OAUTH2"}), "invalid_type", "access_token"),
        (json!({"type": "OAUTH2", "access_token": ""}), "too_small", "access_token"),
        (json!({"type": "OAUTH2", "access_token": long(16_385)}), "too_big", "access_token"),
        (json!({"type": "OAUTH2", "access_token": "a", "refresh_token": ""}), "too_small", "refresh_token"),
        (json!({"type": "OAUTH2", "access_token": "a", "expires_at": "soon"}), "invalid_type", "expires_at"),
        (
            json!({"type": "OAUTH2", "access_token": "a", "config_override": {"client_secret": long(2_049)}}),
            "too_big",
            "config_override.client_secret",
        ),
        (
            json!({"type": "OAUTH2", "access_token": "a", "config_override": {"x": 1}}),
            "unrecognized_keys",
            "config_override",
        ),
        (json!({"type": "API_KEY", "apiKey": ""}), "too_small", "apiKey"),
        (json!({"type": "API_KEY", "apiKey": long(1_025)}), "too_big", "apiKey"),
        (json!({"type": "BASIC", "username": "u", "password": long(1_025)}), "too_big", "password"),
        (json!({"type": "APP", "app_id": "1", "installation_id": long(256)}), "too_big", "installation_id"),
        (
            json!({"type": "OAUTH1", "oauth_token": 1, "oauth_token_secret": "s"}),
            "invalid_type",
            "oauth_token",
        ),
    ] {
        let answer = import(&app, json!({"provider_config_key": "x", "credentials": credentials})).await;
        answer.assert_issue("invalid_body", code, &format!("credentials.{path}"));
    }
    let surplus = json!({"provider_config_key": "x", "credentials": {"type": "NONE", "token": "t"}});
    import(&app, surplus).await.assert_issue("invalid_body", "unrecognized_keys", "credentials");
}

#[tokio::test]
async fn absent_and_unknown_types_are_one_issue_at_the_type() {
    let app = TestApp::start().await;
    for body in [
        json!({"provider_config_key": "x"}),
        json!({"provider_config_key": "x", "credentials": {}}),
        json!({"provider_config_key": "x", "credentials": {"type": "NOPE"}}),
        json!({"provider_config_key": "x", "credentials": {"type": "TWO_STEP", "token": "t"}}),
        json!({"provider_config_key": "x", "credentials": {"type": "JWT"}}),
        json!({"provider_config_key": "x", "credentials": {"type": "AWS_SIGV4"}}),
    ] {
        let answer = import(&app, body).await;
        answer.assert_issue("invalid_body", "invalid_union", "credentials.type");
        assert_eq!(answer.json()["error"]["errors"][0]["message"], "invalid credentials object");
    }
}

#[tokio::test]
async fn the_other_fields_are_checked_with_all_their_problems() {
    let app = TestApp::start().await;
    let body = json!({
        "connection_id": "a?b", "metadata": [], "connection_config": {"oauth_scopes_override": "a,b"},
        "webhook_url_override": "nope", "end_user": {"id": ""}, "tags": {"1a": "x"},
        "credentials": {"type": "NONE"}, "surplus": 1,
    });
    let answer = import(&app, body).await;
    let expected = [
        ("invalid_type", "provider_config_key"),
        ("invalid_format", "connection_id"),
        ("invalid_type", "metadata"),
        ("custom", "connection_config.oauth_scopes_override"),
        ("invalid_format", "webhook_url_override"),
        ("too_small", "end_user.id"),
        ("invalid_key", "tags.1a"),
        ("unrecognized_keys", ""),
    ];
    assert_eq!(answer.issues(), expected.map(|(code, path)| (code.to_owned(), path.to_owned())));
    let answer = app.own("POST /connections?dry=1", json!({})).await;
    answer.assert_issue("invalid_query_params", "unrecognized_keys", "");
}

#[tokio::test]
async fn the_integration_comes_before_the_type_of_the_credentials() {
    let app = TestApp::start().await;
    app.integration("github", "gh", oauth_client()).await;
    let with =
        |integration: &str| json!({"provider_config_key": integration, "credentials": {"type": "NONE"}});
    import(&app, with("nope")).await.assert_code(404, "not_found");
    let answer = import(&app, with("gh")).await;
    answer.assert_code(400, "invalid_body");
    assert!(answer.issues().is_empty(), "{}", answer.body);
    app.get_as_owner("/connections").await.assert(200, &json!({"connections": []}));
}

#[tokio::test]
async fn values_for_the_providers_urls_must_fit_its_rules() {
    let app = TestApp::start().await;
    app.integration("netsuite-tba", "ns", Value::Null).await;
    for bad in ["evil.com#", "a@b", "../x", "a\r\nb", "a.b"] {
        let body = json!({
            "provider_config_key": "ns", "connection_config": {"accountId": bad},
            "credentials": {"type": "TBA", "token_id": "i", "token_secret": "s"},
        });
        let answer = import(&app, body).await;
        answer.assert_code(400, "invalid_body");
        assert!(
            answer.json()["error"]["message"].as_str().unwrap().starts_with("connection_config.accountId")
        );
        assert!(!answer.body.contains("evil.com"), "the value is not repeated");
    }
}

#[tokio::test]
async fn importing_again_replaces_credentials_and_config_and_keeps_metadata_that_is_left_out() {
    let app = TestApp::start().await;
    app.integration("private-api-basic", "basic", Value::Null).await;
    let first = json!({
        "provider_config_key": "basic", "connection_id": "c", "metadata": {"kept": true},
        "connection_config": {"old": "1"}, "webhook_url_override": "https://example.com/hook",
        "credentials": {"type": "BASIC", "username": "u1", "password": "p1"},
    });
    let created = import(&app, first).await.json();
    assert_eq!(created["webhook_url_override"], "https://example.com/hook");
    app.advance(60);
    let second = json!({
        "provider_config_key": "basic", "connection_id": "c", "connection_config": {"new": "2"},
        "credentials": {"type": "BASIC", "username": "u2", "password": "p2"},
    });
    let replaced = import(&app, second.clone()).await;
    let json = replaced.json();
    assert_eq!((replaced.status.as_u16(), &json["id"]), (201, &created["id"]));
    assert_eq!(json["metadata"], json!({"kept": true}));
    assert_eq!(json["connection_config"], json!({"new": "2"}));
    assert_eq!(json["credentials"]["username"], "u2");
    assert_eq!(json["webhook_url_override"], Value::Null, "left out means none");
    assert_eq!(
        (&json["created_at"], &json["updated_at"]),
        (&json!(NOW_Z), &json!("2023-11-14T22:14:20.000Z"))
    );

    let mut third = second;
    third["metadata"] = json!({});
    third["webhook_url_override"] = json!("");
    let json = import(&app, third).await.json();
    assert_eq!((&json["metadata"], &json["webhook_url_override"]), (&json!({}), &json!("")));
}

#[tokio::test]
async fn a_deleted_id_can_be_used_again_and_is_a_new_connection() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    app.own(
        "POST /connections/metadata",
        json!({
            "connection_id": "c", "provider_config_key": "free", "metadata": {"old": 1},
        }),
    )
    .await;
    app.own("DELETE /connections/c?provider_config_key=free", Value::Null).await;
    let again = app.connection("free", "c", json!({"type": "NONE"})).await;
    assert_eq!((&again["id"], &again["metadata"]), (&json!(2), &json!({})));
}

#[tokio::test]
async fn one_id_may_belong_to_several_integrations() {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    app.integration("unauthenticated", "more", Value::Null).await;
    let other = app.connection("more", "c", json!({"type": "NONE"})).await;
    assert_eq!(other["id"], 2);
    let list = app.get_as_owner("/connections?connectionId=c").await.json();
    assert_eq!(list["connections"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn events_are_never_sent_to_addresses_the_outbound_policy_refuses() {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    for address in
        ["http://127.0.0.1/x", "http://169.254.169.254/", "ftp://example.com/", "http://u:p@example.com/"]
    {
        let body = json!({
            "provider_config_key": "free", "credentials": {"type": "NONE"}, "webhook_url_override": address,
        });
        import(&app, body).await.assert_code(400, "invalid_body");
    }
    app.get_as_owner("/connections").await.assert(200, &json!({"connections": []}));
}
