//! Deployments that are refused, as a whole.

use serde_json::{Value, json};

use super::{action, body, body_with, deploy, listed, sync, with_github};
use crate::app::TestApp;

/// A flow with one member changed.
fn with(mut flow: Value, member: &str, value: Value) -> Value {
    flow[member] = value;
    flow
}

#[tokio::test]
async fn fields_that_do_not_fit_are_issues_with_their_path() {
    let app = with_github().await;
    for (member, value, code, path) in [
        ("type", json!("cron"), "invalid_value", "flowConfigs.1.type"),
        ("syncName", json!("a b"), "invalid_format", "flowConfigs.1.syncName"),
        ("providerConfigKey", json!(7), "invalid_type", "flowConfigs.1.providerConfigKey"),
        ("models", json!([""]), "too_small", "flowConfigs.1.models.0"),
        ("runs", json!("now and then"), "invalid_format", "flowConfigs.1.runs"),
        ("sync_type", json!("partial"), "invalid_value", "flowConfigs.1.sync_type"),
        ("fileBody", json!({"js": "x"}), "invalid_type", "flowConfigs.1.fileBody.ts"),
        ("fileBody", json!("x"), "invalid_type", "flowConfigs.1.fileBody"),
        (
            "metadata",
            json!({"description": "x".repeat(2_001)}),
            "too_big",
            "flowConfigs.1.metadata.description",
        ),
        (
            "endpoints",
            json!([{"method": "HEAD", "path": "/"}]),
            "invalid_value",
            "flowConfigs.1.endpoints.0.method",
        ),
        ("endpoints", json!([{"method": "GET"}]), "invalid_type", "flowConfigs.1.endpoints.0.path"),
        (
            "models_json_schema",
            json!({"definitions": {"Issue": {}}}),
            "custom",
            "flowConfigs.1.models_json_schema.definitions",
        ),
    ] {
        let answer = deploy(&app, body(&[action("fine"), with(sync("issues"), member, value)])).await;
        answer.assert_issue("invalid_body", code, path);
    }
    let incremental =
        with(with(sync("issues"), "sync_type", json!("incremental")), "track_deletes", json!(true));
    let answer = deploy(&app, body(&[incremental])).await;
    answer.assert_issue("invalid_body", "custom", "flowConfigs.0.track_deletes");
    let answer = deploy(&app, body(&[sync("issues"), sync("issues")])).await;
    answer.assert_issue("invalid_body", "custom", "flowConfigs");
    let answer = deploy(&app, json!({})).await;
    answer.assert_issue("invalid_body", "invalid_type", "flowConfigs");
    for (member, value) in
        [("sdkVersion", json!("7")), ("deployMode", json!("some")), ("source", json!("catalog"))]
    {
        let answer = deploy(&app, body_with(&[sync("issues")], json!({member: value}))).await;
        assert_eq!((answer.code().1.as_str(), answer.issues()[0].1.as_str()), ("invalid_body", member));
    }
    assert!(listed(&app).await.is_empty());
}

#[tokio::test]
async fn what_a_newer_client_adds_passes() {
    let app = with_github().await;
    let newer = with(sync("issues"), "novelty", json!({"a": 1}));
    assert_eq!(deploy(&app, body_with(&[newer], json!({"novelty": true}))).await.status, 200);
    let answer = app.own("POST /sync/deploy?x=1", body(&[sync("issues")])).await;
    answer.assert_issue("invalid_query_params", "unrecognized_keys", "");
}

#[tokio::test]
async fn frequencies_that_only_look_like_one_have_codes_of_their_own() {
    let app = with_github().await;
    let answer = deploy(&app, body(&[with(sync("issues"), "runs", json!("every 10 seconds"))])).await;
    answer.assert_code(400, "sync_interval_too_short");
    let answer = deploy(&app, body(&[with(sync("issues"), "runs", json!("every minute"))])).await;
    answer.assert_code(400, "sync_interval_invalid");
    assert_eq!(deploy(&app, body(&[with(action("mk"), "runs", json!(""))])).await.status, 200);
}

#[tokio::test]
async fn an_unknown_integration_refuses_the_whole_deployment() {
    let app = with_github().await;
    let elsewhere = with(sync("issues"), "providerConfigKey", json!("unknown"));
    let answer = deploy(&app, body(&[sync("fine"), elsewhere])).await;
    answer.assert_code(400, "unknown_provider_config");
    assert!(listed(&app).await.is_empty());
}

#[tokio::test]
async fn code_that_makes_code_is_rejected() {
    let app = with_github().await;
    let hidden = json!({"js": "module.exports = { exec: (n) => n.constructor('return 1')() }", "ts": ""});
    let answer = deploy(&app, body(&[sync("fine"), with(action("mk"), "fileBody", hidden.clone())])).await;
    answer.assert_code(400, "deploy_script_security_rejected");
    assert!(answer.body.contains("mk"), "{}", answer.body);
    let scripts = json!([{"name": "setup", "event": "validate-connection", "fileBody": hidden}]);
    let events = json!([{"providerConfigKey": "github", "scripts": scripts}]);
    let whole = body_with(&[sync("fine")], json!({"onEventScriptsByProvider": events}));
    deploy(&app, whole).await.assert_code(400, "deploy_script_security_rejected");
    assert!(listed(&app).await.is_empty());
}

#[tokio::test]
async fn a_version_that_none_can_follow_asks_for_one() {
    let app = with_github().await;
    let odd = with(sync("issues"), "version", json!("next"));
    assert_eq!(deploy(&app, body(&[odd])).await.status, 200);
    let changed = with(sync("issues"), "fileBody", json!({"js": "// new", "ts": ""}));
    let answer = deploy(&app, body(&[changed])).await;
    answer.assert_code(400, "invalid_body");
    assert!(answer.body.contains("next"), "{}", answer.body);
}

#[tokio::test]
async fn a_cli_from_before_the_protocol_is_refused_by_both_routes() {
    let app: TestApp = with_github().await;
    let bearer = format!("Bearer {}", app.key);
    for path in ["/sync/deploy", "/sync/deploy/confirmation"] {
        let call = async |agent: &str| {
            let json = ("content-type", "application/json");
            let headers = [("authorization", bearer.as_str()), ("user-agent", agent), json];
            app.call(&format!("POST {path}"), &headers, body(&[sync("issues")]).to_string()).await
        };
        call("nango-cli/0.39.24 (linux/6.1; node.js/v20)").await.assert_code(400, "invalid_cli_version");
        assert_eq!(call("nango-cli/0.39.25 (linux/6.1; node.js/v20)").await.status, 200);
    }
}
