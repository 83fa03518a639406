//! `GET /connections/{connectionId}` and its singular form

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{NOW_OFFSET, oauth_client};

async fn with_tokens() -> TestApp {
    let app = TestApp::start().await;
    app.integration("github", "gh", oauth_client()).await;
    let credentials = json!({
        "type": "OAUTH2", "access_token": "at-secret", "refresh_token": "rt-secret",
        "expires_at": "2033-01-01T00:00:00Z",
    });
    let body = json!({
        "provider_config_key": "gh", "connection_id": "c1", "credentials": credentials,
        "connection_config": {"region": "eu", "nested": {"Refresh_Token": "rt-config"}},
    });
    assert_eq!(app.own("POST /connections", body).await.status, 201);
    app
}

#[tokio::test]
async fn a_connection_is_shown_whole_with_its_refresh_token_hidden() {
    let app = with_tokens().await;
    let answer = app.get_as_owner("/connections/c1?provider_config_key=gh").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let shown =
        json!({"type": "OAUTH2", "access_token": "at-secret", "expires_at": "2033-01-01T00:00:00.000Z"});
    let mut credentials = shown.clone();
    credentials["raw"] = shown;
    answer.assert(
        200,
        &json!({
            "id": 1, "connection_id": "c1", "provider_config_key": "gh", "provider": "github", "errors": [],
            "end_user": null, "tags": {}, "metadata": {}, "connection_config": {"region": "eu", "nested": {}},
            "webhook_url_override": null, "created_at": NOW_OFFSET, "updated_at": NOW_OFFSET,
            "last_fetched_at": NOW_OFFSET, "credentials": credentials,
        }),
    );
    let json = answer.json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    let order = [
        "id",
        "connection_id",
        "provider_config_key",
        "provider",
        "errors",
        "end_user",
        "tags",
        "metadata",
        "connection_config",
        "webhook_url_override",
        "created_at",
        "updated_at",
        "last_fetched_at",
        "credentials",
    ];
    assert_eq!(keys, order);
}

#[tokio::test]
async fn the_refresh_token_is_shown_when_it_is_asked_for() {
    let app = with_tokens().await;
    for yes in ["true", "1", "YES", "on"] {
        let path = format!("/connections/c1?provider_config_key=gh&refresh_token={yes}&force_refresh=false");
        let json = app.get_as_owner(&path).await.json();
        assert_eq!(json["credentials"]["refresh_token"], "rt-secret", "{yes}");
        assert_eq!(json["credentials"]["raw"]["refresh_token"], "rt-secret");
        assert_eq!(json["connection_config"]["nested"]["Refresh_Token"], "rt-config");
    }
}

#[tokio::test]
async fn the_singular_path_adds_the_two_numbers_that_old_clients_knew() {
    let app = with_tokens().await;
    let plural = app.get_as_owner("/connections/c1?provider_config_key=gh").await.json();
    let mut singular = app.get_as_owner("/connection/c1?provider_config_key=gh").await.json();
    let object = singular.as_object_mut().unwrap();
    assert_eq!(
        (object.shift_remove("account_id"), object.shift_remove("environment_id")),
        (Some(json!(1)), Some(json!(1)))
    );
    assert_eq!(singular, plural);
}

#[tokio::test]
async fn unknown_integrations_and_connections_are_told_apart() {
    let app = with_tokens().await;
    let get = async |path: &str| app.get_as_owner(path).await;
    get("/connections/c1?provider_config_key=nope").await.assert_code(400, "unknown_provider_config");
    get("/connections/nope?provider_config_key=gh").await.assert_code(404, "not_found");
    get("/connection/nope?provider_config_key=gh").await.assert_code(404, "not_found");
}

#[tokio::test]
async fn the_query_is_judged_before_the_path() {
    let app = TestApp::start().await;
    let get = async |path: &str| app.get_as_owner(path).await;
    get("/connections/a%3Fb").await.assert_issue(
        "invalid_query_params",
        "invalid_type",
        "provider_config_key",
    );
    get("/connections/a%3Fb?provider_config_key=x").await.assert_issue(
        "invalid_uri_params",
        "invalid_format",
        "connectionId",
    );
    get("/connections/a?provider_config_key=x&refresh_token=maybe").await.assert_issue(
        "invalid_query_params",
        "invalid_value",
        "refresh_token",
    );
    get("/connections/a?provider_config_key=x&force_refresh=").await.assert_issue(
        "invalid_query_params",
        "invalid_value",
        "force_refresh",
    );
    get("/connections/a?provider_config_key=x&y=1").await.assert_issue(
        "invalid_query_params",
        "unrecognized_keys",
        "",
    );
}

#[tokio::test]
async fn odd_ids_are_found_behind_their_escapes() {
    let app = TestApp::start().await;
    let id = "a/b c|d@${e}\"'\\~[]=+;:,.-_";
    app.free_connections(&[id]).await;
    let escaped: String = id.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let answer = app.get_as_owner(&format!("/connections/{escaped}?provider_config_key=free")).await;
    assert_eq!(answer.json()["connection_id"], id);
}

#[tokio::test]
async fn a_key_that_may_not_read_credentials_sees_everything_else() {
    let app = with_tokens().await;
    let key = app.key_with(&["environment:connections:read"]).await;
    let path = "/connections/c1?provider_config_key=gh&refresh_token=false&force_refresh=false";
    let answer = app.get_as(&key, path).await;
    let json = answer.json();
    assert_eq!((answer.status.as_u16(), &json["credentials"]), (200, &json!({})));
    assert_eq!(json["connection_config"]["region"], "eu");
    for secret in ["at-secret", "rt-secret", "rt-config"] {
        assert!(!answer.body.contains(secret), "{secret}");
    }
    for flag in ["refresh_token", "force_refresh", "refresh_github_app_jwt_token"] {
        let path = format!("/connections/c1?provider_config_key=gh&{flag}=true");
        let message = "Insufficient scope. Required: environment:connections:read_credentials";
        let error = json!({"error": {"code": "forbidden", "message": message}});
        app.get_as(&key, &path).await.assert(403, &error);
    }
    let key = app.key_with(&["environment:connections:read_credentials"]).await;
    let answer = app.get_as(&key, "/connections/c1?provider_config_key=gh").await;
    assert_eq!(answer.json()["credentials"]["access_token"], "at-secret");
}

#[tokio::test]
async fn a_credential_that_never_expires_is_not_refreshed_even_when_forced() {
    let app = TestApp::start().await;
    app.integration("private-api-basic", "basic", Value::Null).await;
    app.connection("basic", "c", json!({"type": "BASIC", "username": "u", "password": "p"})).await;
    let answer = app.get_as_owner("/connections/c?provider_config_key=basic&force_refresh=true").await;
    assert_eq!(answer.json()["credentials"], json!({"type": "BASIC", "username": "u", "password": "p"}));
}

#[tokio::test]
async fn a_read_is_noted_as_a_fetch() {
    let app = with_tokens().await;
    app.advance(90);
    let answer = app.get_as_owner("/connections/c1?provider_config_key=gh").await;
    assert_eq!(answer.json()["last_fetched_at"], "2023-11-14T22:14:50.000+00:00");
    assert_eq!(answer.json()["updated_at"], NOW_OFFSET);
}
