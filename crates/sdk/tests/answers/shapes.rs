//! The documented answers of methods whose server side is still being built, each as the reference shows it.

use bowline_sdk::Error;
use bowline_sdk::functions::FunctionKind;
use bowline_sdk::integrations::IntegrationCredentials;
use serde_json::{Value, json};

use super::stub::Stub;

#[tokio::test]
async fn the_status_of_syncs_is_read_with_every_field() {
    let stub = Stub::json(json!({"syncs": [{
        "id": "s-1", "connection_id": "user-1", "name": "issues", "variant": "base", "status": "SUCCESS",
        "type": "INCREMENTAL", "finishedAt": "2026-08-01T10:00:05.123Z",
        "nextScheduledSyncAt": "2026-08-01T11:00:00.000Z", "frequency": "every hour",
        "latestResult": {"Issue": {"added": 3, "updated": 1, "deleted": 0}},
        "latestExecutionStatus": "SUCCESS", "recordCount": {"Issue": 120}, "checkpoint": null,
    }, {
        // The reference of 2024.
        "id": "s-2", "name": "old", "status": "RUNNING", "type": "INITIAL", "finishedAt": null,
        "nextScheduledSyncAt": null, "frequency": null, "latestResult": {},
    }]}))
    .await;
    let syncs = stub.bowline.sync_status("github", ["issues"]).connection("user-1").await.unwrap();
    let sync = &syncs[0];
    assert_eq!(
        (sync.name.as_str(), sync.status.as_str(), sync.kind.as_deref()),
        ("issues", "SUCCESS", Some("INCREMENTAL"))
    );
    assert_eq!(sync.finished_at.as_deref(), Some("2026-08-01T10:00:05.123Z"));
    assert_eq!(sync.next_scheduled_sync_at.as_deref(), Some("2026-08-01T11:00:00.000Z"));
    assert_eq!(sync.frequency.as_deref(), Some("every hour"));
    let result = sync.latest_result.as_ref().unwrap()["Issue"];
    assert_eq!((result.added, result.updated, result.deleted), (3, 1, 0));
    assert_eq!(sync.record_count.as_ref().unwrap()["Issue"], 120);
    assert_eq!(sync.more["latestExecutionStatus"], "SUCCESS");
    assert_eq!((syncs[1].name.as_str(), syncs[1].finished_at.as_deref()), ("old", None));
}

#[tokio::test]
async fn commands_of_syncs_take_every_generations_answer() {
    let stub = Stub::json(json!({"success": true})).await;
    stub.bowline.trigger_sync("github", ["issues"]).await.unwrap();
    stub.bowline.start_sync("github", ["issues"]).await.unwrap();
    stub.bowline.pause_sync("github", ["issues"]).await.unwrap();
    stub.bowline.delete_sync_variant("github", "user-1", "issues", "v1").await.unwrap();

    let stub = Stub::json(json!({"frequency": "5 minutes"})).await;
    let frequency =
        stub.bowline.update_sync_connection_frequency("github", "issues", "user-1", Some("every 5 minutes"));
    assert_eq!(frequency.await.unwrap(), "5 minutes");

    let stub = Stub::json(json!({"id": "s-1", "name": "issues", "variant": "v1"})).await;
    let variant = stub.bowline.create_sync_variant("github", "user-1", "issues", "v1").await.unwrap();
    assert_eq!((variant.name.as_str(), variant.variant.as_str()), ("issues", "v1"));

    let stub = Stub::json(json!({"count": 12, "has_more": true})).await;
    let pruned = stub.bowline.prune_records("github", "user-1", "Issue", "c").await.unwrap();
    assert_eq!((pruned.count, pruned.has_more), (12, true));
}

#[tokio::test]
async fn actions_give_what_they_return() {
    let stub = Stub::json(json!({"id": "x", "url": null})).await;
    let output: Value = stub.bowline.trigger_action("github", "user-1", "create").await.unwrap();
    assert_eq!(output, json!({"id": "x", "url": null}));
    let stub = Stub::json(Value::Null).await;
    let output: Option<u32> = stub.bowline.trigger_action("github", "user-1", "nothing").await.unwrap();
    assert_eq!(output, None);
    let stub = Stub::json(json!({"id": "a-1", "statusUrl": "/action/a-1"})).await;
    let action =
        stub.bowline.trigger_action_async("github", "user-1", "create").max_retries(5).await.unwrap();
    assert_eq!((action.id.as_str(), action.status_url.as_str()), ("a-1", "/action/a-1"));
    assert_eq!(stub.requests().await[0].headers["x-max-retries"], "5");
}

#[tokio::test]
async fn functions_are_listed_read_and_deleted() {
    let sync = json!({"id": 1, "type": "sync", "name": "issues", "enabled": true, "returns": ["Issue"], "runs": "1h"});
    let list = json!({"data": [sync], "pagination": {"total": 21, "page": 1, "limit": 20}});
    let page = Stub::json(list).await.bowline.list_functions("github").await.unwrap();
    assert_eq!((page.data[0].name.as_str(), page.data[0].kind.as_str()), ("issues", "sync"));
    assert_eq!((page.pagination.total, page.pagination.page, page.pagination.limit), (21, 1, 20));
    let one = Stub::json(json!({"data": sync})).await.bowline.get_function("github", "issues").await.unwrap();
    assert_eq!((one.enabled, &one.more["runs"]), (Some(true), &json!("1h")));
    let code = Stub::json(json!({"type": "sync", "code": "export default 1"})).await;
    let code = code.bowline.get_function_code("github", "issues").await.unwrap();
    assert_eq!((code.kind.as_str(), code.code.as_str()), ("sync", "export default 1"));
    let deleted = Stub::json(json!({"data": {"success": true}})).await;
    assert!(deleted.bowline.delete_function("github", "issues", FunctionKind::Sync).await.unwrap());
}

#[tokio::test]
async fn the_scripts_config_of_every_generation_is_read() {
    let stub = Stub::json(json!([{
        "providerConfigKey": "github", "provider": "github", "postConnectionScripts": [], "on-events": [],
        "syncs": [{
            "name": "issues", "type": "sync", "models": [{"name": "Issue", "fields": [{"name": "id", "type": "string"}]}],
            "sync_type": "FULL", "runs": "every hour", "track_deletes": false, "auto_start": true,
            "last_deployed": "2024-02-28T20:16:38.052Z", "is_public": false, "pre_built": false, "version": "4",
            "attributes": {}, "input": {}, "returns": ["Issue"], "description": "", "scopes": [],
            "endpoints": [{"GET": "/github/issues"}], "nango_yaml_version": "v2", "webhookSubscriptions": [],
        }],
        "actions": [{"name": "create", "type": "action", "runs": "", "version": "1", "input": "NewIssue"}],
    }]))
    .await;
    let config = stub.bowline.get_scripts_config().await.unwrap();
    assert_eq!(config[0].provider_config_key, "github");
    let sync = &config[0].syncs[0];
    assert_eq!(
        (sync.name.as_str(), sync.runs.as_deref(), sync.auto_start),
        ("issues", Some("every hour"), Some(true))
    );
    assert_eq!(
        (sync.returns.join(","), &sync.more["endpoints"][0]["GET"]),
        ("Issue".into(), &json!("/github/issues"))
    );
    assert_eq!(config[0].actions[0].name, "create");
    assert!(config[0].more.contains_key("postConnectionScripts"));

    let tool = json!({"name": "create", "description": "Creates", "parameters": {"type": "object"}});
    let tools = Stub::json(json!({"data": [tool]})).await.bowline.get_function_tools().await.unwrap();
    assert_eq!((tools[0].name.as_str(), &tools[0].parameters["type"]), ("create", &json!("object")));
}

#[tokio::test]
async fn variables_templates_and_sessions_are_read_and_hide_their_secrets() {
    let stub = Stub::json(json!([{"name": "MY_KEY", "value": "hush"}])).await;
    let variables = stub.bowline.get_environment_variables().await.unwrap();
    assert_eq!((variables[0].name.as_str(), variables[0].value.expose()), ("MY_KEY", "hush"));
    assert!(!format!("{variables:?}").contains("hush"));
    assert!(Stub::json(Value::Null).await.bowline.get_environment_variables().await.unwrap().is_empty());

    let template =
        json!({"name": "issues", "type": "sync", "returns": ["Issue"], "json_schema": null, "runs": "1h"});
    let templates = Stub::json(json!({"data": [template]})).await;
    let templates = templates.bowline.get_provider_templates("github").await.unwrap();
    assert_eq!((templates[0].kind.as_str(), templates[0].returns.join(",")), ("sync", "Issue".into()));

    let session = json!({"token": "hush", "connect_link": "https://c/?session_token=hush", "expires_at": "2026-01-01T00:00:00.000Z"});
    let stub = Stub::json(json!({"data": session})).await;
    for session in [
        stub.bowline.create_connect_session().await.unwrap(),
        stub.bowline.create_reconnect_session("github", "user-1").await.unwrap(),
    ] {
        assert_eq!(
            (session.token.expose(), session.expires_at.as_str()),
            ("hush", "2026-01-01T00:00:00.000Z")
        );
        assert!(!format!("{session:?}").contains("hush"));
    }
}

#[tokio::test]
async fn environments_and_keys_are_made_listed_and_deleted() {
    let environment = json!({"id": 3, "uuid": "e-1", "name": "staging", "is_production": false});
    let stub = Stub::json(json!({"data": environment})).await;
    let made = stub.bowline.create_environment("staging").production(false).await.unwrap();
    assert_eq!((made.id, made.uuid.unwrap().as_str(), made.name.as_str()), (3, "e-1", "staging"));
    let stub = Stub::json(json!({"data": [environment]})).await;
    assert_eq!(stub.bowline.list_environments().await.unwrap().len(), 1);

    let key = json!({
        "id": 1, "uuid": "k/1", "display_name": "ci", "scopes": ["environment:*"], "secret": "hush",
        "last_used_at": null, "created_at": "2026-01-01T00:00:00.000Z",
    });
    let stub = Stub::json(json!({"data": key})).await;
    let made = stub.bowline.create_api_key("e-1", "ci").await.unwrap();
    assert_eq!(
        (made.secret.as_ref().unwrap().expose(), made.scopes.join(",")),
        ("hush", "environment:*".into())
    );
    assert!(!format!("{made:?}").contains("hush"));
    stub.bowline.get_api_key("e-1", "k/1").await.unwrap();
    stub.bowline.delete_api_key("e-1", "k/1").await.unwrap();
    stub.bowline.delete_environment("e-1").await.unwrap();
    let asked: Vec<String> = stub
        .requests()
        .await
        .iter()
        .map(|request| format!("{} {}", request.method, request.url.path()))
        .collect();
    assert_eq!(
        asked,
        [
            "POST /environments/e-1/api-keys",
            "GET /environments/e-1/api-keys/k%2F1",
            "DELETE /environments/e-1/api-keys/k%2F1",
            "DELETE /environments/e-1",
        ]
    );
    let stub = Stub::json(json!({"data": [key]})).await;
    assert_eq!(stub.bowline.list_api_keys("e-1").await.unwrap()[0].display_name, "ci");
}

#[tokio::test]
async fn credentials_of_a_mode_that_is_not_known_yet_do_not_hide_the_integration() {
    let credentials = json!({"type": "TOMORROW", "client_secret": "hush"});
    let integration = json!({"unique_key": "k", "provider": "p", "credentials": credentials});
    let stub = Stub::json(json!({"data": integration})).await;
    let integration = stub.bowline.get_integration("k").include_credentials().await.unwrap();
    assert!(matches!(integration.credentials, Some(IntegrationCredentials::Other)));
    let sent = stub.bowline.update_integration("k").credentials(&IntegrationCredentials::Other).await;
    assert!(matches!(sent.unwrap_err(), Error::InvalidArgument { .. }));
}
