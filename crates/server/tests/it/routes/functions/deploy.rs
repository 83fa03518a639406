//! `POST /sync/deploy`

use std::future::poll_fn;
use std::task::Poll;

use serde_json::{Value, json};

use super::{action, body, body_with, deploy, deployed, events, listed, sync, with_github};
use crate::app::TestApp;

#[tokio::test]
async fn what_was_deployed_is_answered_in_the_order_of_the_request() {
    let app = with_github().await;
    let scripts = events(&[("setup", "post-connection-creation")]);
    let whole = body_with(&[sync("issues"), action("mk")], json!({"onEventScriptsByProvider": scripts}));
    deploy(&app, whole).await.assert(
        200,
        &json!([
            {"name": "issues", "models": ["Issue"], "version": "1", "providerConfigKey": "github", "type": "sync"},
            {"name": "mk", "models": ["Output"], "version": "1", "providerConfigKey": "github", "type": "action"},
            {"name": "setup", "models": [], "version": "0.0.1", "providerConfigKey": "github", "type": "on-event"},
        ]),
    );
}

#[tokio::test]
async fn changed_code_gets_the_next_version_and_the_same_code_keeps_its_own() {
    let app = with_github().await;
    let mut issues = sync("issues");
    assert_eq!(deployed(&app, body(&[issues.clone(), action("mk")])).await, ["sync issues@1", "action mk@1"]);
    issues["fileBody"]["js"] = json!("// new js");
    assert_eq!(deployed(&app, body(&[issues.clone(), action("mk")])).await, ["sync issues@2", "action mk@1"]);
    issues["runs"] = json!("every day");
    assert_eq!(deployed(&app, body(std::slice::from_ref(&issues))).await, ["sync issues@2"]);
    let shown = app.get_as_owner("/integrations/github/functions/issues").await.json();
    assert_eq!(shown["data"]["runs"], "every day");
    issues["version"] = json!("1.0.0");
    assert_eq!(deployed(&app, body(std::slice::from_ref(&issues))).await, ["sync issues@1.0.0"]);
    issues["fileBody"]["ts"] = json!("new ts");
    issues["version"] = json!("");
    assert_eq!(deployed(&app, body(&[issues])).await, ["sync issues@1.0.1"]);
}

#[tokio::test]
async fn what_is_missing_is_deleted_within_the_scope_and_only_with_reconcile() {
    let app = with_github().await;
    app.integration("unauthenticated", "other", Value::Null).await;
    let mut far = sync("far");
    far["providerConfigKey"] = json!("other");
    deployed(&app, body(&[sync("a"), sync("b"), far.clone()])).await;
    let is_far_there = async || app.get_as_owner("/integrations/other/functions/far").await.status == 200;

    deployed(&app, body_with(&[sync("a")], json!({"reconcile": false}))).await;
    deployed(&app, body_with(&[sync("a")], json!({"deployMode": "single"}))).await;
    deployed(&app, body_with(&[sync("a")], json!({"deployMode": null, "singleDeployMode": true}))).await;
    assert_eq!(listed(&app).await, ["sync a", "sync b"]);
    deployed(&app, body_with(&[sync("a")], json!({"deployMode": "integration"}))).await;
    assert_eq!((listed(&app).await, is_far_there().await), (vec!["sync a".to_owned()], true));
    assert_eq!(deployed(&app, body(&[])).await, Vec::<String>::new());
    assert!(is_far_there().await, "a request without functions changes nothing");
    deployed(&app, body(&[sync("a")])).await;
    assert_eq!((listed(&app).await, is_far_there().await), (vec!["sync a".to_owned()], false));
}

#[tokio::test]
async fn functions_of_events_are_replaced_unless_nothing_is_said_of_them() {
    let app = with_github().await;
    let with = |scripts: Value| body_with(&[action("mk")], json!({"onEventScriptsByProvider": scripts}));
    let (made, going) = ("post-connection-creation", "pre-connection-deletion");
    let both = [("setup", made), ("setup", going)];
    assert_eq!(
        deployed(&app, with(events(&both))).await[1..],
        ["on-event setup@0.0.1", "on-event setup@0.0.1"]
    );
    assert_eq!(listed(&app).await, ["action mk", "on-event setup", "on-event setup"]);
    deployed(&app, body_with(&[action("mk")], json!({"onEventScriptsByProvider": null}))).await;
    assert_eq!(listed(&app).await.len(), 3);
    deployed(&app, with(events(&both[1..]))).await;
    assert_eq!(listed(&app).await, ["action mk", "on-event setup"]);
    let elsewhere = json!([{"providerConfigKey": "unknown", "scripts": events(&both)[0]["scripts"]}]);
    assert_eq!(deployed(&app, with(elsewhere)).await, ["action mk@1"]);
    assert_eq!(listed(&app).await, ["action mk"]);
}

#[tokio::test]
async fn what_was_deployed_alone_survives_the_deployment_of_a_repository() {
    let app = with_github().await;
    let alone = json!({"source": "standalone", "deployMode": "single"});
    deployed(&app, body_with(&[action("alone")], alone)).await;
    deployed(&app, body(&[sync("issues")])).await;
    assert_eq!(listed(&app).await, ["action alone", "sync issues"]);
}

#[tokio::test]
async fn bodies_of_the_yaml_cli_are_understood() {
    let app = with_github().await;
    let flow = json!({
        "syncName": "issues", "providerConfigKey": "github", "models": ["Issue"], "version": "",
        "runs": "every half hour", "track_deletes": false, "auto_start": true, "attributes": {}, "metadata": {},
        "input": {}, "sync_type": "FULL", "type": "sync", "fileBody": {"js": "js", "ts": "ts"},
        "endpoints": [{"GET": "/issues"}], "webhookSubscriptions": null,
        "model_schema": [{"name": "Issue", "fields": [{"name": "id", "value": "string", "tsType": true}]}],
    });
    let old_action = json!({
        "syncName": "mk", "providerConfigKey": "github", "models": ["Made"], "version": "", "runs": "",
        "metadata": {"description": ""}, "input": "Make", "type": "action", "fileBody": {"js": "js", "ts": "ts"},
        "endpoints": [], "model_schema": "[]",
    });
    let whole = json!({
        "flowConfigs": [flow, old_action], "reconcile": true, "debug": false, "singleDeployMode": false,
        "nangoYamlBody": "integrations: {}",
        "postConnectionScriptsByProvider": [
            {"providerConfigKey": "github", "scripts": [{"name": "setup", "fileBody": {"js": "js", "ts": "ts"}}]},
        ],
        "jsonSchema": {
            "$schema": "http://json-schema.org/draft-07/schema#", "$comment": "by the CLI", "definitions": {
                "Issue": {"type": "object", "properties": {"user": {"$ref": "#/definitions/User"}}},
                "User": {"type": "object"}, "Make": {"type": "object"}, "Made": {"type": "object"},
                "Unused": {"type": "object"},
            },
        },
    });
    assert_eq!(deployed(&app, whole.clone()).await, ["sync issues@1", "action mk@1", "on-event setup@0.0.1"]);
    let shown = app.get_as_owner("/scripts/config").await.json();
    let issues = &shown[0]["syncs"][0];
    let names = |schema: &Value| -> Vec<String> {
        schema["definitions"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(names(&issues["json_schema"]), ["Issue", "User"]);
    assert_eq!((&issues["sync_type"], &issues["sdk_version"]), (&json!("full"), &Value::Null));
    assert_eq!(issues["endpoints"], json!([{"method": "GET", "path": "/issues"}]));
    assert_eq!(issues.get("input"), None);
    assert_eq!(names(&shown[0]["actions"][0]["json_schema"]), ["Make", "Made"]);

    let mut lacking = whole;
    lacking["jsonSchema"]["definitions"].as_object_mut().unwrap().shift_remove("Make");
    deploy(&app, lacking).await.assert_code(400, "deploy_missing_json_schema_model");
}

#[tokio::test]
async fn of_concurrent_deployments_of_an_environment_each_is_whole_or_refused() {
    let app = std::sync::Arc::new(with_github().await);
    let mut callers = tokio::task::JoinSet::new();
    for n in 0..8 {
        let app = std::sync::Arc::clone(&app);
        callers.spawn(async move {
            let flows = [sync(&format!("a{n}")), sync(&format!("b{n}"))];
            let answer = deploy(&app, body(&flows)).await;
            let is_refused = answer.code() == (409, "concurrent_deployment".to_owned());
            assert!(answer.status == 200 || is_refused, "{}", answer.body);
            answer.status == 200
        });
    }
    let deployed = callers.join_all().await.into_iter().filter(|is_deployed| *is_deployed).count();
    assert!(deployed >= 1);
    let left = listed(&app).await;
    let [a, b] = &left[..] else { panic!("those of one deployment: {left:?}") };
    assert_eq!(a.replace("sync a", ""), b.replace("sync b", ""));
    assert_eq!(deploy(&app, body(&[sync("last")])).await.status, 200);
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_no_lock_behind() {
    let app = with_github().await;
    // From the first moment to long after the last, through all that lies between.
    for polls in (0..16).map(|exponent| 1 << exponent) {
        let mut call = Box::pin(deploy(&app, body(&[sync(&format!("s{polls}"))])));
        for _ in 0..polls {
            let is_ready = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
            if is_ready {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        app.engine.finish().await;
        assert_eq!(deploy(&app, body(&[sync("next")])).await.status, 200, "after {polls} polls");
        assert_eq!(listed(&app).await, ["sync next"]);
    }
}

#[tokio::test]
async fn functions_go_with_their_integration() {
    let app: TestApp = with_github().await;
    deployed(&app, body(&[sync("issues")])).await;
    assert_eq!(app.own("DELETE /integrations/github", Value::Null).await.status, 200);
    app.get_as_owner("/scripts/config").await.assert(200, &json!([]));
    app.integration("unauthenticated", "github", Value::Null).await;
    assert!(listed(&app).await.is_empty());
}
