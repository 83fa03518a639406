//! Actions: what they get, what they answer, how they fail; and what runs at a connection's events.

mod asynchronous;
mod endpoint;
mod events;
mod trigger;

use serde_json::{Value, json};

use crate::app::{Answer, TestApp};

/// A server with the integration `free`, its connection `c`, and these actions: name and body of `exec`.
async fn with_actions(actions: &[(&str, &str)]) -> TestApp {
    let app = TestApp::start().await;
    app.free_connections(&["c"]).await;
    deploy(&app, actions, &[]).await;
    app
}

/// Deploys actions and, by event, functions of events.
async fn deploy(app: &TestApp, actions: &[(&str, &str)], events: &[(&str, &str)]) {
    let flows: Vec<Value> = actions
        .iter()
        .map(|(name, body)| {
            json!({
                "syncName": name, "providerConfigKey": "free", "type": "action", "models": [], "runs": null,
                "fileBody": {"js": script("action", body), "ts": body},
                "endpoints": [{"method": "POST", "path": format!("/run/{name}")}],
            })
        })
        .collect();
    let scripts: Vec<Value> = events
        .iter()
        .map(|(event, body)| {
            json!({"name": format!("on-{event}"), "event": event, "fileBody": {"js": script("onEvent", body), "ts": body}})
        })
        .collect();
    let body = json!({
        "flowConfigs": flows, "reconcile": true, "debug": false, "nangoYamlBody": "", "deployMode": "all",
        "sdkVersion": "0.71.10-zero", "onEventScriptsByProvider": [{"providerConfigKey": "free", "scripts": scripts}],
    });
    let answer = app.own("POST /sync/deploy", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn script(kind: &str, body: &str) -> String {
    format!("module.exports.default = {{ type: '{kind}', exec: async (nango, input) => {{ {body} }} }};")
}

/// Triggers an action for the connection `c`.
async fn trigger(app: &TestApp, name: &str, input: Value) -> Answer {
    trigger_with(app, &[], json!({"action_name": name, "input": input})).await
}

async fn trigger_with(app: &TestApp, headers: &[(&str, &str)], body: Value) -> Answer {
    let bearer = format!("Bearer {}", app.key);
    let mut all = vec![
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("provider-config-key", "free"),
        ("connection-id", "c"),
    ];
    all.extend(headers);
    app.call("POST /action/trigger", &all, body.to_string()).await
}
