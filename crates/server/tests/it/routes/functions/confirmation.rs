//! `POST /sync/deploy/confirmation`

use serde_json::{Value, json};

use super::{action, body, body_with, deployed, events, listed, sync, with_github};
use crate::app::{Answer, TestApp};

async fn confirm(app: &TestApp, body: Value) -> Answer {
    app.own("POST /sync/deploy/confirmation", body).await
}

fn nothing() -> Value {
    json!({
        "newSyncs": [], "updatedSyncs": [], "deletedSyncs": [], "newActions": [], "updatedActions": [],
        "deletedActions": [], "deletedModels": [], "newOnEventScripts": [], "updatedOnEventScripts": [],
        "deletedOnEventScripts": [],
    })
}

fn expected(members: Value) -> Value {
    let mut whole = nothing();
    for (name, value) in members.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

#[tokio::test]
async fn all_ten_lists_are_there_even_when_nothing_changes() {
    let app = with_github().await;
    confirm(&app, body(&[])).await.assert(200, &nothing());
    deployed(&app, body(&[sync("issues")])).await;
    confirm(&app, body(&[])).await.assert(200, &nothing());
}

#[tokio::test]
async fn what_is_new_is_told_and_nothing_is_done() {
    let app = with_github().await;
    app.connection("github", "c", json!({"type": "NONE"})).await;
    let scripts = events(&[("setup", "validate-connection")]);
    let whole = body_with(&[sync("issues"), action("mk")], json!({"onEventScriptsByProvider": scripts}));
    let new = json!({
        "newSyncs": [{"name": "issues", "providerConfigKey": "github", "connections": 1, "auto_start": true}],
        "newActions": [{"name": "mk", "providerConfigKey": "github"}],
        "newOnEventScripts": [{"providerConfigKey": "github", "name": "setup", "event": "validate-connection"}],
    });
    confirm(&app, whole).await.assert(200, &expected(new));
    assert!(listed(&app).await.is_empty());
}

#[tokio::test]
async fn updates_deletions_and_dropped_models_are_told() {
    let app = with_github().await;
    app.connection("github", "c", json!({"type": "NONE"})).await;
    let mut issues = sync("issues");
    issues["models"] = json!(["Issue", "Filter"]);
    let scripts = events(&[("setup", "validate-connection"), ("old", "pre-connection-deletion")]);
    let flows = [issues, sync("old"), action("mk"), action("old")];
    deployed(&app, body_with(&flows, json!({"onEventScriptsByProvider": scripts}))).await;

    let scripts = events(&[("setup", "validate-connection")]);
    let whole = body_with(&[sync("issues"), action("mk")], json!({"onEventScriptsByProvider": scripts}));
    let changes = json!({
        "updatedSyncs": [{"name": "issues", "providerConfigKey": "github", "connections": 1, "auto_start": true}],
        "deletedSyncs": [{"name": "old", "providerConfigKey": "github", "connections": 1, "auto_start": true}],
        "updatedActions": [{"name": "mk", "providerConfigKey": "github"}],
        "deletedActions": [{"name": "old", "providerConfigKey": "github"}],
        "deletedModels": ["Filter"],
        "updatedOnEventScripts": [{"providerConfigKey": "github", "name": "setup", "event": "validate-connection"}],
        "deletedOnEventScripts": [{"providerConfigKey": "github", "name": "old", "event": "pre-connection-deletion"}],
    });
    confirm(&app, whole).await.assert(200, &expected(changes));
}

#[tokio::test]
async fn an_unknown_integration_is_one_without_connections() {
    let app = with_github().await;
    let mut elsewhere = sync("issues");
    elsewhere["providerConfigKey"] = json!("unknown");
    let new = json!({
        "newSyncs": [{"name": "issues", "providerConfigKey": "unknown", "connections": 0, "auto_start": true}],
    });
    confirm(&app, body(&[elsewhere])).await.assert(200, &expected(new));
}
