//! `GET …/versions` and `POST …/rollback`

use serde_json::{Value, json};

use super::{action, body, deployed, sync, with_github};
use crate::app::{Answer, TestApp};

const ONE: &str = "/integrations/github/functions/issues";

/// `github` with the sync `issues` in the versions 1 to 3, five seconds apart.
async fn with_versions() -> TestApp {
    let app = with_github().await;
    for js in ["first", "second", "third"] {
        deployed(&app, body(&[with_js(js)])).await;
        app.advance(5);
    }
    app
}

fn with_js(js: &str) -> Value {
    let mut flow = sync("issues");
    flow["fileBody"] = json!({"js": js, "ts": format!("ts of {js}")});
    flow
}

async fn versions(app: &TestApp) -> Vec<String> {
    let answer = app.get_as_owner(&format!("{ONE}/versions")).await.json();
    let mark = |one: &Value| if one["active"] == true { "!" } else { "" };
    let show = |one: &Value| format!("{}{}", one["version"].as_str().unwrap(), mark(one));
    answer["data"].as_array().unwrap().iter().map(show).collect()
}

async fn roll_back(app: &TestApp, body: Value) -> Answer {
    app.own(&format!("POST {ONE}/rollback"), body).await
}

#[tokio::test]
async fn versions_are_listed_with_the_newest_first() {
    let app = with_versions().await;
    let answer = app.get_as_owner(&format!("{ONE}/versions?type=sync")).await.json();
    let first = &answer["data"][0];
    let expected = json!({
        "id": first["id"], "version": "3", "active": true, "source": "repo", "sdk_version": "0.71.10-zero",
        "created_at": "2023-11-14T22:13:30.000Z", "last_deployed": "2023-11-14T22:13:30.000Z",
    });
    assert_eq!(first, &expected);
    assert_eq!(versions(&app).await, ["3!", "2", "1"]);
}

#[tokio::test]
async fn going_back_brings_back_code_and_description() {
    let app = with_versions().await;
    let answer = roll_back(&app, json!({"type": "sync", "version": "1"})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let now = &answer.json()["data"];
    assert_eq!((&now["version"], &now["last_deployed"]), (&json!("1"), &json!("2023-11-14T22:13:35.000Z")));
    assert_eq!(versions(&app).await, ["3", "2", "1!"]);
    let code = app.get_as_owner(&format!("{ONE}/code")).await;
    code.assert(200, &json!({"type": "sync", "code": "ts of first"}));
    // And the next deployment goes on from the newest.
    assert_eq!(deployed(&app, body(&[with_js("first")])).await, ["sync issues@1"]);
    assert_eq!(deployed(&app, body(&[with_js("fourth")])).await, ["sync issues@4"]);
    assert_eq!(versions(&app).await, ["4!", "3", "2", "1"]);
}

#[tokio::test]
async fn a_version_that_was_deployed_twice_is_told_by_its_number() {
    let app = with_github().await;
    for js in ["first", "second", "third"] {
        let mut flow = with_js(js);
        flow["version"] = json!("1.0.0");
        deployed(&app, body(&[flow])).await;
    }
    let listed = app.get_as_owner(&format!("{ONE}/versions")).await.json();
    let first = listed["data"][2]["id"].clone();
    let shown = async |answer: Answer| {
        assert_eq!(answer.status, 200, "{}", answer.body);
        app.get_as_owner(&format!("{ONE}/code")).await.json()["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(shown(roll_back(&app, json!({"id": first})).await).await, "ts of first");
    assert_eq!(shown(roll_back(&app, json!({"version": "1.0.0"})).await).await, "ts of third");
}

#[tokio::test]
async fn what_is_not_kept_cannot_be_gone_back_to() {
    let app = with_versions().await;
    roll_back(&app, json!({"version": "7"})).await.assert_code(404, "not_found");
    roll_back(&app, json!({"version": "3"})).await.assert_code(404, "not_found");
    roll_back(&app, json!({"id": 4711})).await.assert_code(404, "not_found");
    roll_back(&app, json!({"type": "action", "version": "1"})).await.assert_code(404, "not_found");
    for body in [json!({}), json!({"version": "1", "id": 1})] {
        roll_back(&app, body).await.assert_issue("invalid_body", "custom", "");
    }
    let answer = roll_back(&app, json!({"version": "1", "x": 1})).await;
    answer.assert_issue("invalid_body", "unrecognized_keys", "");
    deployed(&app, body(&[with_js("third"), action("issues")])).await;
    roll_back(&app, json!({"version": "1"})).await.assert_code(409, "ambiguous_function");
    assert_eq!(
        app.own(&format!("POST {ONE}/rollback"), json!({"type": "sync", "version": "1"})).await.status,
        200
    );
}
