//! `POST /action/trigger`

use serde_json::{Value, json};

use super::{deploy, trigger, trigger_with, with_actions};

#[tokio::test]
async fn an_action_gets_its_input_and_answers_with_what_it_returns() {
    let app = with_actions(&[("echo", "return { input, connection: nango.connectionId };")]).await;
    let answer = trigger(&app, "echo", json!({"a": [1, "ä"]})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body, r#"{"input":{"a":[1,"ä"]},"connection":"c"}"#);
    assert!(answer.header("content-type").starts_with("application/json"));
}

#[tokio::test]
async fn what_javascript_takes_for_false_is_no_input_and_no_output() {
    let app =
        with_actions(&[("echo", "return input;"), ("falsy", "return [0, '', false, null][input.at];")]).await;
    for input in [Value::Null, json!(0), json!(""), json!(false)] {
        assert_eq!(trigger(&app, "echo", input).await.body, "{}");
    }
    for at in 0..5 {
        assert_eq!(trigger(&app, "falsy", json!({"at": at})).await.body, "null");
    }
}

#[tokio::test]
async fn failures_have_the_status_and_the_shape_of_the_protocol() {
    let app = with_actions(&[
        ("refuse", "throw new nango.ActionError({ reason: 'full', left: 0 });"),
        ("refuse-text", "throw new nango.ActionError('full');"),
        ("crash", "const user = undefined; return user.name;"),
        ("no-json", "const a = {}; a.a = a; return a;"),
        ("no-module", "return require('fs');"),
    ])
    .await;

    let answer = trigger(&app, "refuse", json!({})).await;
    assert_eq!(answer.code(), (500, "action_script_runtime_error".to_owned()));
    assert_eq!(answer.json()["error"]["payload"], json!({"reason": "full", "left": 0}));

    let answer = trigger(&app, "refuse-text", json!({})).await;
    assert_eq!(answer.json()["error"]["payload"], json!({"message": "full"}));

    let answer = trigger(&app, "crash", json!({})).await;
    assert_eq!(answer.code(), (500, "script_internal_error".to_owned()));
    let payload = &answer.json()["error"]["payload"];
    assert_eq!(payload["name"], "TypeError");
    assert!(payload["stacktrace"][0].as_str().unwrap().contains("crash-free.cjs:1:"), "{payload}");

    assert_eq!(trigger(&app, "no-json", json!({})).await.code(), (500, "script_internal_error".to_owned()));
    let answer = trigger(&app, "no-module", json!({})).await;
    assert_eq!(answer.json()["error"]["payload"]["message"], "Module 'fs' is not allowed");
}

#[tokio::test]
async fn what_cannot_run_is_refused_before_anything_runs() {
    let app = with_actions(&[("echo", "return input;")]).await;
    assert_eq!(trigger(&app, "other", json!({})).await.code(), (404, "not_found".to_owned()));

    let elsewhere = [("connection-id", "nobody")];
    let answer = trigger_with(&app, &elsewhere, json!({"action_name": "echo"})).await;
    // Of two headers of one name the first counts.
    assert_eq!(answer.status, 200, "{}", answer.body);
    let bearer = format!("Bearer {}", app.key);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("provider-config-key", "free"),
        ("connection-id", "nobody"),
    ];
    let answer = app.call("POST /action/trigger", &headers, r#"{"action_name":"echo"}"#).await;
    assert_eq!(answer.code(), (400, "unknown_connection".to_owned()));
    assert_eq!(answer.json()["error"]["message"], "Failed to find connection");

    let answer = app.call("POST /action/trigger", &headers[..2], r#"{"action_name":"echo"}"#).await;
    assert_eq!(answer.code(), (400, "invalid_headers".to_owned()));
    let answer = trigger_with(&app, &[], json!({"input": {}})).await;
    assert_eq!(answer.code(), (400, "invalid_body".to_owned()));
    let answer =
        trigger_with(&app, &[("x-max-retries", "6"), ("x-async", "true")], json!({"action_name": "echo"}))
            .await;
    assert_eq!(answer.code(), (400, "invalid_headers".to_owned()));
}

#[tokio::test]
async fn a_new_version_is_what_the_next_call_runs() {
    let app = with_actions(&[("version", "return 'one';")]).await;
    assert_eq!(trigger(&app, "version", json!({})).await.body, r#""one""#);
    deploy(&app, &[("version", "return 'two';")], &[]).await;
    assert_eq!(trigger(&app, "version", json!({})).await.body, r#""two""#);
}

#[tokio::test]
async fn code_that_is_no_javascript_is_not_deployed() {
    let app = with_actions(&[("fine", "return 1;")]).await;
    let body = json!({
        "flowConfigs": [{
            "syncName": "broken", "providerConfigKey": "free", "type": "action", "models": [], "runs": null,
            "fileBody": {"js": "module.exports.default = {\n  exec: () => {\n    const = 1;\n  },\n};", "ts": ""},
        }],
        "reconcile": true, "debug": false, "nangoYamlBody": "",
    });
    let answer = app.own("POST /sync/deploy", body).await;
    assert_eq!(answer.code(), (400, "invalid_body".to_owned()));
    let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("broken") && message.contains("broken-free.cjs:3:"), "{message}");
    assert_eq!(trigger(&app, "fine", json!({})).await.body, "1");
}

#[tokio::test]
async fn what_a_function_asks_of_the_platform_is_answered_for_its_connection() {
    let app = with_actions(&[
        ("metadata", "await nango.setMetadata({ a: 1 }); await nango.updateMetadata({ b: 2 }); return nango.getMetadata();"),
        ("connection", "const c = await nango.getConnection(); return [c.connection_id, c.provider_config_key, c.credentials];"),
        ("integration", "const i = await nango.getIntegration(); return [i.unique_key, i.provider];"),
        ("checkpoint", "const before = await nango.getCheckpoint(); await nango.saveCheckpoint({ at: (before?.at ?? 0) + 1 }); return before;"),
        ("lock", "return [await nango.tryAcquireLock({ key: 'k', ttlMs: 60000 }), await nango.tryAcquireLock({ key: 'k', ttlMs: 60000 }), await nango.releaseLock({ key: 'other' })];"),
        ("nested", "return nango.triggerAction('free', 'c', 'integration', {});"),
        ("missing", "await nango.triggerAction('free', 'c', 'nope', {});"),
    ])
    .await;
    let run = async |name: &str| {
        let answer = trigger(&app, name, json!({})).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        answer.json()
    };
    assert_eq!(run("metadata").await, json!({"a": 1, "b": 2}));
    assert_eq!(run("connection").await, json!(["c", "free", {}]));
    assert_eq!(run("integration").await, json!(["free", "unauthenticated"]));
    assert_eq!(run("checkpoint").await, Value::Null);
    assert_eq!(run("checkpoint").await, json!({"at": 1}));
    assert_eq!(run("checkpoint").await, json!({"at": 2}));
    // The lock of a run that ended is free again.
    assert_eq!(run("lock").await, json!([true, true, false]));
    assert_eq!(run("lock").await, json!([true, true, false]));
    assert_eq!(run("nested").await, json!(["free", "unauthenticated"]));
    assert_eq!(trigger(&app, "missing", json!({})).await.status, 500);
}

#[tokio::test]
async fn a_function_cannot_reach_what_the_outbound_policy_closes() {
    let app = with_actions(&[
        ("override", "return nango.get({ endpoint: '/', baseUrlOverride: 'http://127.0.0.1:1' });"),
        ("metadata-host", "return nango.get({ endpoint: '/', baseUrlOverride: 'http://169.254.169.254' });"),
        ("fetch", "return (await nango.uncontrolledFetch({ url: new URL('http://127.0.0.1:1/') })).status;"),
    ])
    .await;
    for name in ["override", "metadata-host", "fetch"] {
        let answer = trigger(&app, name, json!({})).await;
        assert_eq!(answer.status, 500, "{name}: {}", answer.body);
        assert!(answer.body.contains("not_allowed"), "{name}: {}", answer.body);
    }
}
