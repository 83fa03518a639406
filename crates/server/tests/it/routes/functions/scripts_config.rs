//! `GET /scripts/config`

use serde_json::{Value, json};

use super::{action, body, body_with, deployed, events, sync, with_github};
use crate::app::TestApp;

#[tokio::test]
async fn without_functions_the_list_is_empty_in_every_format() {
    let app = TestApp::start().await;
    for path in
        ["/scripts/config", "/scripts/config?format=nango", "/scripts/config?format=x&y=1", "/flow/configs"]
    {
        app.get_as_owner(path).await.assert(200, &json!([]));
    }
    app.get_as_owner("/scripts/config?format=openai").await.assert(200, &json!({"data": []}));
}

#[tokio::test]
async fn items_have_what_the_newest_and_the_first_clients_read() {
    let app = with_github().await;
    let scripts = events(&[("setup", "validate-connection")]);
    deployed(&app, body_with(&[sync("issues"), action("mk")], json!({"onEventScriptsByProvider": scripts})))
        .await;
    let shown = app.get_as_owner("/scripts/config").await.json();
    let (issues, mk) = (&shown[0]["syncs"][0], &shown[0]["actions"][0]);
    assert!(issues["id"].is_i64() && mk["id"].is_i64());
    let common = |item: &Value| {
        json!({
            "id": item["id"], "version": "1", "source": "repo", "sdk_version": "0.71.10-zero", "enabled": true,
            "last_deployed": "2023-11-14T22:13:20.000Z", "is_public": false, "pre_built": false,
            "nango_yaml_version": "v2", "attributes": {}, "webhookSubscriptions": [],
        })
    };
    let item = |item: &Value, own: Value| {
        let mut whole = common(item);
        whole.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        whole
    };
    let expected_sync = item(
        issues,
        json!({
            "name": "issues", "type": "sync", "description": "Fetches issues", "returns": ["Issue"], "input": "Filter",
            "models": [{"name": "Issue", "fields": [{"name": "id", "type": "string"}]}],
            "json_schema": sync("issues")["models_json_schema"], "scopes": ["repo"],
            "endpoints": [{"method": "GET", "path": "/issues", "group": "Issues"}], "features": ["checkpoints"],
            "sync_type": "full", "runs": "every hour", "auto_start": true, "track_deletes": false,
        }),
    );
    let expected_action = item(
        mk,
        json!({
            "name": "mk", "type": "action", "description": "Makes an issue\n- title: Its title", "returns": ["Output"],
            "input": "Input", "models": [{"name": "Output", "fields": []}],
            "json_schema": action("mk")["models_json_schema"], "scopes": [],
            "endpoints": [{"method": "POST", "path": "/issues"}], "features": [], "runs": "",
        }),
    );
    let expected = json!([{
        "providerConfigKey": "github", "provider": "unauthenticated", "syncs": [expected_sync],
        "actions": [expected_action], "on-events": [], "postConnectionScripts": [],
    }]);
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn integrations_of_one_provider_are_one_group_under_the_first_key() {
    let app = with_github().await;
    app.advance(1);
    app.integration("unauthenticated", "a-later-one", Value::Null).await;
    app.integration("private-api-basic", "basic", Value::Null).await;
    let of = |mut flow: Value, key: &str| {
        flow["providerConfigKey"] = json!(key);
        flow
    };
    let flows =
        [of(sync("a"), "a-later-one"), sync("b"), of(action("z"), "basic"), of(sync("c"), "a-later-one")];
    deployed(&app, body(&flows)).await;
    let shown = app.get_as_owner("/scripts/config").await.json();
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    let groups: Vec<_> = shown
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            (group["providerConfigKey"].as_str().unwrap(), names(&group["syncs"]), names(&group["actions"]))
        })
        .collect();
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        groups,
        [("basic", texts(&[]), texts(&["z"])), ("github", texts(&["a", "b", "c"]), texts(&[]))]
    );
}

#[tokio::test]
async fn actions_are_tools_whose_properties_are_described_by_lines() {
    let app = with_github().await;
    deployed(&app, body(&[sync("issues"), action("mk")])).await;
    app.get_as_owner("/scripts/config?format=openai").await.assert(
        200,
        &json!({"data": [{
            "name": "mk",
            "description": "Makes an issue\n- title: Its title",
            "parameters": {
                "type": "object",
                "properties": {"title": {"type": "string", "description": "Its title"}},
                "required": ["title"],
            },
        }]}),
    );
}

#[tokio::test]
async fn other_environments_functions_are_not_listed() {
    let app = with_github().await;
    deployed(&app, body(&[sync("issues")])).await;
    app.get_as(&app.prod_key, "/scripts/config").await.assert(200, &json!([]));
}
