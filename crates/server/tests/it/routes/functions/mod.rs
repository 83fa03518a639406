//! Functions: deployment, description, versions.

mod confirmation;
mod deploy;
mod describe;
mod refused;
mod scripts_config;
mod versions;

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

/// A server whose `dev` has the integration `github`.
async fn with_github() -> TestApp {
    let app = TestApp::start().await;
    app.integration("unauthenticated", "github", Value::Null).await;
    app
}

/// A sync of `github`, as the CLI sends it.
fn sync(name: &str) -> Value {
    json!({
        "syncName": name, "providerConfigKey": "github", "models": ["Issue"], "version": "", "runs": "every hour",
        "track_deletes": false, "auto_start": true, "attributes": {},
        "metadata": {"description": "Fetches issues", "scopes": ["repo"]}, "input": "Filter", "sync_type": "full",
        "type": "sync", "fileBody": {"js": format!("// js of {name}"), "ts": format!("ts of {name}")},
        "endpoints": [{"method": "GET", "path": "/issues", "group": "Issues"}], "webhookSubscriptions": [],
        "models_json_schema": {"definitions": {
            "Issue": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
            "Filter": {"type": "null"},
        }},
        "features": ["checkpoints"],
    })
}

/// An action of `github`, as the CLI sends it.
fn action(name: &str) -> Value {
    json!({
        "syncName": name, "providerConfigKey": "github", "models": ["Output"], "version": "", "runs": null,
        "metadata": {"description": "Makes an issue\n- title: Its title", "scopes": []}, "input": "Input",
        "type": "action", "fileBody": {"js": format!("// js of {name}"), "ts": format!("ts of {name}")},
        "endpoints": [{"method": "POST", "path": "/issues"}], "track_deletes": false,
        "models_json_schema": {"definitions": {
            "Input": {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]},
            "Output": {"type": "null"},
        }},
        "features": [],
    })
}

/// Functions of events of `github`.
fn events(scripts: &[(&str, &str)]) -> Value {
    let script = |(name, event): &(&str, &str)| json!({"name": name, "event": event, "fileBody": {"js": "js", "ts": format!("ts of {name}")}});
    let scripts: Vec<Value> = scripts.iter().map(script).collect();
    json!([{"providerConfigKey": "github", "scripts": scripts}])
}

/// A whole body, as the newest CLI sends it to `/sync/deploy`.
fn body(flows: &[Value]) -> Value {
    json!({
        "flowConfigs": flows, "onEventScriptsByProvider": [], "deployMode": "all", "reconcile": true,
        "debug": false, "nangoYamlBody": "", "sdkVersion": "0.71.10-zero", "source": "repo",
    })
}

/// The same with other members.
fn body_with(flows: &[Value], members: Value) -> Value {
    let mut whole = body(flows);
    for (name, value) in members.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

async fn deploy(app: &TestApp, body: Value) -> Answer {
    app.own("POST /sync/deploy", body).await
}

/// Deploys what must be accepted; `kind name@version` of each.
async fn deployed(app: &TestApp, body: Value) -> Vec<String> {
    let answer = deploy(app, body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let show = |one: &Value| {
        let text = |member: &str| one[member].as_str().unwrap().to_owned();
        format!("{} {}@{}", text("type"), text("name"), text("version"))
    };
    answer.json().as_array().unwrap().iter().map(show).collect()
}

/// `kind name` of all functions of `github`.
async fn listed(app: &TestApp) -> Vec<String> {
    let answer = app.get_as_owner("/integrations/github/functions").await;
    let show = |one: &Value| format!("{} {}", one["type"].as_str().unwrap(), one["name"].as_str().unwrap());
    answer.json()["data"].as_array().unwrap().iter().map(show).collect()
}
