//! `POST /integrations` and `POST /integrations/quickstart`

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{PRIVATE_KEY, oauth_client};

#[tokio::test]
async fn a_created_integration_is_answered_with_200_and_without_its_credentials() {
    let app = TestApp::start().await;
    let body = json!({
        "provider": "github",
        "unique_key": "github-1",
        "display_name": "Our GitHub",
        "forward_webhooks": false,
        "credentials": {"type": "OAUTH2", "client_id": "id", "client_secret": "hush", "scopes": "repo,user:email"},
    });
    app.own("POST /integrations", body).await.assert(
        200,
        &json!({"data": {
            "unique_key": "github-1",
            "provider": "github",
            "display_name": "Our GitHub",
            "logo": "http://localhost:3003/images/template-logos/github.svg",
            "forward_webhooks": false,
            "created_at": "2023-11-14T22:13:20.000Z",
            "updated_at": "2023-11-14T22:13:20.000Z",
        }}),
    );
}

#[tokio::test]
async fn the_providers_name_and_forwarding_are_the_defaults() {
    let app = TestApp::start().await;
    let answer =
        app.own("POST /integrations", json!({"provider": "unauthenticated", "unique_key": "free"})).await;
    let data = &answer.json()["data"];
    assert_eq!((&data["display_name"], &data["forward_webhooks"]), (&json!("Unauthenticated"), &json!(true)));
}

#[tokio::test]
async fn answers_keep_the_protocols_key_order() {
    let app = TestApp::start().await;
    let answer =
        app.own("POST /integrations", json!({"provider": "unauthenticated", "unique_key": "free"})).await;
    let json = answer.json();
    let keys: Vec<&String> = json["data"].as_object().unwrap().keys().collect();
    let order =
        ["unique_key", "provider", "display_name", "logo", "forward_webhooks", "created_at", "updated_at"];
    assert_eq!(keys, order);
}

#[tokio::test]
async fn an_unknown_provider_and_a_taken_key_are_issues() {
    let app = TestApp::start().await;
    let unknown = json!({"provider": "nobody", "unique_key": "x"});
    app.own("POST /integrations", unknown).await.assert(
        400,
        &json!({"error": {
            "code": "invalid_body",
            "errors": [{"code": "invalid_string", "message": "Invalid provider", "path": ["provider"]}],
        }}),
    );
    let free = json!({"provider": "unauthenticated", "unique_key": "x"});
    assert_eq!(app.own("POST /integrations", free.clone()).await.status, 200);
    let again = app.own("POST /integrations", free).await;
    again.assert_issue("invalid_body", "invalid_string", "uniqueKey");
}

#[tokio::test]
async fn the_key_of_a_deleted_integration_is_free_again() {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "free", Value::Null).await;
    assert_eq!(app.own("DELETE /integrations/free", Value::Null).await.status, 200);
    app.integration("unauthenticated", "free", Value::Null).await;
}

#[tokio::test]
async fn fields_are_checked_one_by_one_and_all_problems_listed() {
    let app = TestApp::start().await;
    let body = json!({
        "provider": "a b", "unique_key": "", "display_name": 5, "forward_webhooks": "yes",
        "integration_config": {"a": 1}, "custom": "x", "surplus": true,
    });
    let answer = app.own("POST /integrations", body).await;
    answer.assert_code(400, "invalid_body");
    let expected = [
        ("invalid_format", "provider"),
        ("too_small", "unique_key"),
        ("invalid_type", "display_name"),
        ("invalid_type", "forward_webhooks"),
        ("invalid_type", "integration_config.a"),
        ("invalid_type", "custom"),
        ("unrecognized_keys", ""),
    ];
    assert_eq!(answer.issues(), expected.map(|(code, path)| (code.to_owned(), path.to_owned())));
}

#[tokio::test]
async fn names_have_limits() {
    let app = TestApp::start().await;
    let long = "x".repeat(256);
    for (field, path) in
        [("unique_key", "unique_key"), ("display_name", "display_name"), ("provider", "provider")]
    {
        let mut body = json!({"provider": "unauthenticated", "unique_key": "k"});
        body[field] = json!(long);
        app.own("POST /integrations", body).await.assert_issue("invalid_body", "too_big", path);
    }
    let mut body = json!({"provider": "private-api-generic", "unique_key": "k"});
    body["integration_config"] = json!({"keyName": "x".repeat(8_193)});
    app.own("POST /integrations", body).await.assert_issue(
        "invalid_body",
        "too_big",
        "integration_config.keyName",
    );
}

#[tokio::test]
async fn the_query_is_judged_before_the_body() {
    let app = TestApp::start().await;
    app.own("POST /integrations?x=1", json!({"surplus": 1})).await.assert_issue(
        "invalid_query_params",
        "unrecognized_keys",
        "",
    );
}

#[tokio::test]
async fn credentials_of_an_unknown_type_are_one_issue_at_their_type() {
    let app = TestApp::start().await;
    for credentials in
        [json!({}), json!({"type": "NOPE", "x": 1}), json!({"type": "API_KEY"}), json!({"type": 7})]
    {
        let body = json!({"provider": "github", "unique_key": "g", "credentials": credentials});
        app.own("POST /integrations", body).await.assert(
            400,
            &json!({"error": {"code": "invalid_body", "errors": [{
                "code": "invalid_union",
                "message": "invalid credentials object",
                "path": ["credentials", "type"],
            }]}}),
        );
    }
}

#[tokio::test]
async fn credentials_of_a_known_type_have_issues_of_their_own() {
    let app = TestApp::start().await;
    let credentials =
        json!({"type": "OAUTH2", "client_id": "", "scopes": "a b", "webhook_secret": 1, "more": 1});
    let body = json!({"provider": "github", "unique_key": "g", "credentials": credentials});
    let answer = app.own("POST /integrations", body).await;
    let expected = [
        ("too_small", "credentials.client_id"),
        ("invalid_type", "credentials.client_secret"),
        ("invalid_format", "credentials.scopes"),
        ("invalid_type", "credentials.webhook_secret"),
        ("unrecognized_keys", "credentials"),
    ];
    assert_eq!(answer.issues(), expected.map(|(code, path)| (code.to_owned(), path.to_owned())));
}

#[tokio::test]
async fn an_apps_private_key_must_be_a_bare_pem() {
    let app = TestApp::start().await;
    let create = async |key: &str, private_key: &str| {
        let credentials = json!({
            "type": "APP", "app_id": "1", "app_link": "https://github.com/apps/x", "private_key": private_key,
        });
        let body = json!({"provider": "github-app", "unique_key": key, "credentials": credentials});
        app.own("POST /integrations", body).await
    };
    for bad in ["", "nonsense", &format!("{PRIVATE_KEY}\n"), &format!(" {PRIVATE_KEY}")] {
        create("a", bad).await.assert_issue("invalid_body", "invalid_format", "credentials.private_key");
    }
    assert_eq!(create("a", PRIVATE_KEY).await.status, 200);
}

#[tokio::test]
async fn credentials_must_be_of_the_providers_mode() {
    let app = TestApp::start().await;
    let mut client = oauth_client();
    for (provider, kind) in
        [("private-api-generic", "OAUTH2"), ("unauthenticated", "OAUTH2"), ("github", "OAUTH1")]
    {
        client["type"] = json!(kind);
        let body = json!({"provider": provider, "unique_key": "x", "credentials": client});
        let answer = app.own("POST /integrations", body).await;
        answer.assert_code(400, "invalid_body");
        assert!(
            answer.issues().is_empty() && answer.json()["error"]["message"].is_string(),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn providers_that_need_an_application_refuse_to_go_without() {
    let app = TestApp::start().await;
    for provider in ["github", "trello", "github-app", "github-app-oauth"] {
        let answer =
            app.own("POST /integrations", json!({"provider": provider, "unique_key": provider})).await;
        answer.assert_code(400, "invalid_body");
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("missing credentials"));
    }
    for provider in ["netsuite-tba", "unauthenticated", "private-api-basic"] {
        app.integration(provider, provider, Value::Null).await;
    }
}

#[tokio::test]
async fn absent_scopes_are_the_providers_defaults() {
    let definition = "display_name: S\nauth:\n  mode: OAUTH2\n  authorize: {url: 'https://s.example/a'}\n  \
                      token: {url: 'https://s.example/t'}\n  scopes: {default: [one, two]}\n";
    let app = TestApp::with_providers(&[("scoped", definition.to_owned())], "").await;
    app.integration("scoped", "a", oauth_client()).await;
    let mut client = oauth_client();
    client["scopes"] = json!("three");
    app.integration("scoped", "b", client).await;
    for (key, scopes) in [("a", "one,two"), ("b", "three")] {
        let answer = app.get_as_owner(&format!("/integrations/{key}?include=credentials")).await;
        assert_eq!(answer.json()["data"]["credentials"]["scopes"], scopes);
    }
}

#[tokio::test]
async fn custom_values_are_refused_beside_a_schema_of_fields() {
    let app = TestApp::start().await;
    let mut body = json!({"provider": "private-api-generic", "unique_key": "x", "custom": {"a": "b"}});
    app.own("POST /integrations", body.clone()).await.assert_code(400, "invalid_body");
    body["provider"] = json!("unauthenticated");
    assert_eq!(app.own("POST /integrations", body).await.status, 200);
}

#[tokio::test]
async fn an_mcp_server_that_registers_no_clients_takes_one_made_by_hand() {
    let app = TestApp::start().await;
    let client = json!({"type": "OAUTH2", "client_id": "c", "client_secret": "s"});
    app.integration("slack-mcp", "x", client.clone()).await;
    let shown = app.get_as_owner("/integrations/x?include=credentials").await.json();
    assert_eq!(shown["data"]["credentials"]["client_secret"], "s", "{shown}");
    let body = json!({"provider": "notion-mcp", "unique_key": "y", "credentials": client});
    app.own("POST /integrations", body).await.assert_code(400, "invalid_body");
}

#[tokio::test]
async fn quickstart_finds_no_shared_app_on_this_server() {
    let app = TestApp::start().await;
    let ask = async |body: Value| app.own("POST /integrations/quickstart", body).await;
    ask(json!({"provider": "nobody", "unique_key": "x"})).await.assert_issue(
        "invalid_body",
        "invalid_string",
        "provider",
    );
    for provider in ["github", "unauthenticated"] {
        let answer = ask(json!({"provider": provider, "unique_key": "x", "display_name": "X"})).await;
        answer.assert_code(400, "invalid_body");
        assert!(answer.issues().is_empty());
    }
    let surplus = ask(json!({"provider": "github", "unique_key": "x", "credentials": {}})).await;
    surplus.assert_issue("invalid_body", "unrecognized_keys", "");
}
