//! `POST /connection`: the flat import

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::fixtures::oauth_client;

async fn post(app: &TestApp, body: Value) -> Answer {
    app.own("POST /connection", body).await
}

/// One integration per auth mode that can be imported, keyed by the mode.
async fn integrations() -> TestApp {
    let app = TestApp::start().await;
    let mut client = oauth_client();
    app.integration("github", "OAUTH2", client.clone()).await;
    client["type"] = json!("OAUTH1");
    app.integration("trello", "OAUTH1", client).await;
    for (provider, key) in [
        ("8x8", "OAUTH2_CC"),
        ("private-api-basic", "BASIC"),
        ("private-api-bearer", "API_KEY"),
        ("netsuite-tba", "TBA"),
        ("unauthenticated", "NONE"),
    ] {
        app.integration(provider, key, Value::Null).await;
    }
    app
}

async fn credentials_of(app: &TestApp, integration: &str) -> Value {
    let path = format!("/connections/c?provider_config_key={integration}&refresh_token=true");
    let mut credentials = app.get_as_owner(&path).await.json()["credentials"].clone();
    if let Some(fields) = credentials.as_object_mut() {
        fields.shift_remove("raw");
    }
    credentials
}

#[tokio::test]
async fn each_mode_takes_its_own_fields_and_the_answer_is_the_request() {
    let app = integrations().await;
    for (mode, fields, stored) in [
        (
            "OAUTH2",
            json!({"access_token": "a", "refresh_token": "r", "expires_at": "2033-01-01T00:00:00Z",
                   "oauth_client_id_override": "i", "oauth_client_secret_override": "s"}),
            json!({"type": "OAUTH2", "access_token": "a", "refresh_token": "r",
                   "expires_at": "2033-01-01T00:00:00.000Z",
                   "config_override": {"client_id": "i", "client_secret": "s"}}),
        ),
        (
            "OAUTH2_CC",
            json!({"access_token": "a", "oauth_client_id_override": "i", "oauth_client_secret_override": "s"}),
            json!({"type": "OAUTH2_CC", "token": "a", "client_id": "i", "client_secret": "s"}),
        ),
        (
            "OAUTH1",
            json!({"oauth_token": "t", "oauth_token_secret": "s"}),
            json!({"type": "OAUTH1", "oauth_token": "t", "oauth_token_secret": "s"}),
        ),
        ("BASIC", json!({"username": "u"}), json!({"type": "BASIC", "username": "u", "password": ""})),
        ("API_KEY", json!({"api_key": "k"}), json!({"type": "API_KEY", "apiKey": "k"})),
        (
            "TBA",
            json!({"token_id": "i", "token_secret": "s", "connection_config": {"accountId": "1"}}),
            json!({"type": "TBA", "token_id": "i", "token_secret": "s"}),
        ),
        ("NONE", json!({"anything": ["loose", 1]}), json!({})),
    ] {
        let mut body = json!({"provider_config_key": mode, "connection_id": "c"});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let answer = post(&app, body.clone()).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.assert(201, &body);
        assert_eq!(credentials_of(&app, mode).await, stored, "{mode}");
    }
}

#[tokio::test]
async fn what_a_mode_lacks_has_a_code_of_its_own() {
    let app = integrations().await;
    for (mode, fields, code) in [
        ("OAUTH2", json!({}), "missing_access_token"),
        ("OAUTH2", json!({"access_token": "a"}), "missing_expires_at"),
        ("OAUTH2", json!({"access_token": "a", "expires_at": "soon"}), "missing_expires_at"),
        ("OAUTH2", json!({"access_token": "a", "expires_at": {}}), "invalid_expires_at"),
        ("OAUTH2", json!({"access_token": "a", "expires_in": "x"}), "missing_expires_at"),
        ("OAUTH2_CC", json!({}), "missing_access_token"),
        ("OAUTH1", json!({}), "missing_oauth_token"),
        ("OAUTH1", json!({"oauth_token": "t"}), "missing_oauth_token_secret"),
        ("BASIC", json!({"password": "p"}), "missing_basic_username"),
        ("API_KEY", json!({"apiKey": "k"}), "missing_api_key"),
        ("TBA", json!({"token_id": "i", "token_secret": "s"}), "missing_account_id"),
        ("TBA", json!({"token_id": "i", "token_secret": "s", "connection_config": {}}), "missing_account_id"),
    ] {
        let mut body = json!({"provider_config_key": mode});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let answer = post(&app, body).await;
        answer.assert_code(400, code);
        assert_eq!(answer.json()["error"]["payload"], json!({}), "{mode}");
    }
    app.get_as_owner("/connections").await.assert(200, &json!({"connections": []}));
}

#[tokio::test]
async fn an_app_needs_its_installation() {
    let app = TestApp::start().await;
    let credentials = json!({
        "type": "APP", "app_id": "7", "private_key": crate::fixtures::PRIVATE_KEY, "app_link": "https://x.example",
    });
    app.integration("github-app", "app", credentials).await;
    let import = async |fields: Value| {
        let mut body = json!({"provider_config_key": "app"});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        post(&app, body).await
    };
    import(json!({})).await.assert_code(400, "missing_app_id");
    import(json!({"app_id": "7"})).await.assert_code(400, "missing_installation_id");
}

#[tokio::test]
async fn expiries_come_as_text_seconds_milliseconds_from_now_or_not_at_all() {
    let app = integrations().await;
    for (fields, expires_at) in [
        (json!({"expires_at": "2033-05-18T03:33:20Z"}), json!("2033-05-18T03:33:20.000Z")),
        (json!({"expires_at": 2_000_000_000}), json!("2033-05-18T03:33:20.000Z")),
        (json!({"expires_at": 2_000_000_000_000_i64}), json!("2033-05-18T03:33:20.000Z")),
        (json!({"expires_at": "2000000000"}), json!("2033-05-18T03:33:20.000Z")),
        (json!({"expires_in": 3600}), json!("2023-11-14T23:13:20.000Z")),
        (json!({"expires_in": "3600"}), json!("2023-11-14T23:13:20.000Z")),
        (json!({"no_expiration": true, "expires_in": 5}), Value::Null),
    ] {
        let mut body = json!({"provider_config_key": "OAUTH2", "connection_id": "c", "access_token": "a"});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(post(&app, body).await.status, 201);
        assert_eq!(credentials_of(&app, "OAUTH2").await["expires_at"], expires_at, "{fields}");
    }
}

#[tokio::test]
async fn common_fields_are_judged_in_order_and_before_the_modes() {
    let app = integrations().await;
    post(&app, Value::Null).await.assert_code(400, "missing_body");
    post(&app, json!([])).await.assert_code(400, "missing_body");
    post(&app, json!({})).await.assert_code(400, "missing_provider_config");
    post(&app, json!({"provider_config_key": 5})).await.assert_code(400, "missing_provider_config");
    for address in [json!("http://127.0.0.1/"), json!("nope"), json!(5)] {
        let body = json!({"provider_config_key": "nope", "webhook_url_override": address});
        post(&app, body).await.assert_code(400, "invalid_body");
    }
    post(&app, json!({"provider_config_key": "nope"})).await.assert_code(400, "unknown_provider_config");
    post(&app, json!({"provider_config_key": "a/b"})).await.assert_code(400, "unknown_provider_config");
    let bad_id = json!({"provider_config_key": "NONE", "connection_id": "a?b"});
    post(&app, bad_id).await.assert_code(400, "invalid_body");
}

#[tokio::test]
async fn modes_that_fetch_their_own_credentials_cannot_be_imported() {
    let app = TestApp::start().await;
    let body = json!({"provider": "aws-sigv4", "unique_key": "aws", "integration_config": {"service": "s3"}});
    assert_eq!(app.own("POST /integrations", body).await.status, 200);
    post(&app, json!({"provider_config_key": "aws", "role_arn": "x"}))
        .await
        .assert_code(400, "invalid_auth_mode");
}

#[tokio::test]
async fn omitted_metadata_is_null_and_scopes_may_be_a_comma_list() {
    let app = integrations().await;
    let body = json!({
        "provider_config_key": "NONE", "connection_config": {"oauth_scopes_override": "a, b,,"},
        "webhook_url_override": "https://example.com/hook",
    });
    let answer = post(&app, body).await;
    let id = answer.json()["connection_id"].as_str().unwrap().to_owned();
    assert!(uuid::Uuid::parse_str(&id).is_ok());
    let shown = app.get_as_owner(&format!("/connection/{id}?provider_config_key=NONE")).await.json();
    assert_eq!(shown["metadata"], Value::Null);
    assert_eq!(shown["connection_config"], json!({"oauth_scopes_override": ["a", "b"]}));
    assert_eq!(shown["webhook_url_override"], "https://example.com/hook");
    let again = json!({"provider_config_key": "NONE", "connection_id": id, "metadata": {"a": 1}});
    assert_eq!(post(&app, again).await.status, 201);
    let shown = app.get_as_owner(&format!("/connection/{id}?provider_config_key=NONE")).await.json();
    assert_eq!((&shown["metadata"], &shown["webhook_url_override"]), (&json!({"a": 1}), &Value::Null));
}

#[tokio::test]
async fn texts_are_as_long_as_the_modern_import_takes_them() {
    let app = integrations().await;
    let of_length = |length: usize| "x".repeat(length);
    let address = |length: usize| {
        let around = "https://example.com/".len();
        format!("https://example.com/{}", of_length(length - around))
    };
    for (mode, fields, name, chars_max) in [
        ("OAUTH2", json!({"no_expiration": true}), "access_token", 16_384),
        ("OAUTH2", json!({"no_expiration": true, "access_token": "a"}), "refresh_token", 16_384),
        ("OAUTH1", json!({"oauth_token": "t"}), "oauth_token_secret", 2_048),
        ("BASIC", json!({"username": "u"}), "password", 1_024),
        ("API_KEY", json!({}), "api_key", 1_024),
        ("NONE", json!({}), "webhook_url_override", 2_048),
    ] {
        let send = async |length: usize| {
            let text = if name == "webhook_url_override" { address(length) } else { of_length(length) };
            let mut body = fields.clone();
            body["provider_config_key"] = json!(mode);
            body[name] = json!(text);
            post(&app, body).await
        };
        assert_eq!(send(chars_max).await.status, 201, "{name}");
        let answer = send(chars_max + 1).await;
        answer.assert_code(400, "invalid_body");
        assert!(answer.json()["error"]["message"].as_str().unwrap().starts_with(name), "{}", answer.body);
    }
}
