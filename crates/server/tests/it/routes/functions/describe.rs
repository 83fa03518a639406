//! `GET` and `DELETE /integrations/{uniqueKey}/functions…`

use serde_json::{Value, json};

use super::{action, body, body_with, deployed, events, listed, sync, with_github};
use crate::app::TestApp;

const ONE: &str = "/integrations/github/functions";

/// `github` with the sync and the action `issues`, and `setup` for two events.
async fn with_functions() -> TestApp {
    let app = with_github().await;
    let scripts = events(&[("setup", "post-connection-creation"), ("setup", "pre-connection-deletion")]);
    let flows = [sync("issues"), action("issues")];
    deployed(&app, body_with(&flows, json!({"onEventScriptsByProvider": scripts}))).await;
    app
}

#[tokio::test]
async fn each_kind_is_shown_with_its_fields() {
    let app = with_functions().await;
    let shown = app.get_as_owner(&format!("{ONE}/issues?type=sync")).await.json()["data"].clone();
    assert!(shown["id"].is_i64());
    let schema = sync("issues")["models_json_schema"].clone();
    let expected = json!({
        "id": shown["id"], "name": "issues", "type": "sync", "description": "Fetches issues", "scopes": ["repo"],
        "input": "Filter", "returns": ["Issue"], "json_schema": schema, "runs": "every hour", "auto_start": true,
        "track_deletes": false, "version": "1", "enabled": true, "last_deployed": "2023-11-14T22:13:20.000Z",
        "source": "repo",
    });
    assert_eq!(shown, expected);
    let shown = app.get_as_owner(&format!("{ONE}/issues?type=action")).await.json()["data"].clone();
    assert_eq!((&shown["returns"], shown.get("runs"), shown.get("event")), (&json!(["Output"]), None, None));
    let path = format!("{ONE}/setup?type=on-event&event=pre-connection-deletion");
    let shown = app.get_as_owner(&path).await.json()["data"].clone();
    let expected = json!({
        "id": shown["id"], "name": "setup", "type": "on-event", "event": "pre-connection-deletion",
        "version": "0.0.1", "enabled": true, "last_deployed": "2023-11-14T22:13:20.000Z", "source": "repo",
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_page_is_filtered_ordered_and_counted() {
    let app = with_functions().await;
    assert_eq!(listed(&app).await, ["action issues", "on-event setup", "on-event setup", "sync issues"]);
    let page = async |query: &str| {
        let json = app.get_as_owner(&format!("{ONE}?{query}")).await.json();
        (json["data"].as_array().unwrap().len(), json["pagination"].clone())
    };
    assert_eq!(page("").await, (4, json!({"total": 4, "page": 0, "limit": 20})));
    assert_eq!(page("limit=3&page=1").await, (1, json!({"total": 4, "page": 1, "limit": 3})));
    assert_eq!(page("type=sync&search=SUE").await, (1, json!({"total": 1, "page": 0, "limit": 20})));
    for (query, code, path) in [
        ("limit=0", "too_small", "limit"),
        ("limit=101", "too_big", "limit"),
        ("type=cron", "invalid_value", "type"),
        ("x=1", "unrecognized_keys", ""),
    ] {
        let answer = app.get_as_owner(&format!("{ONE}?{query}")).await;
        answer.assert_issue("invalid_query_params", code, path);
    }
    app.get_as_owner("/integrations/unknown/functions").await.assert_code(404, "not_found");
}

#[tokio::test]
async fn a_name_that_several_have_is_ambiguous() {
    let app = with_functions().await;
    for path in [format!("{ONE}/issues"), format!("{ONE}/issues/code"), format!("{ONE}/issues/versions")] {
        let answer = app.get_as_owner(&path).await;
        answer.assert_code(409, "ambiguous_function");
        let matches = answer.json()["error"]["payload"]["matches"].clone();
        let kinds: Vec<&Value> = matches.as_array().unwrap().iter().map(|one| &one["type"]).collect();
        assert_eq!(kinds, ["action", "sync"]);
    }
    let answer = app.get_as_owner(&format!("{ONE}/setup")).await;
    answer.assert_code(409, "ambiguous_function");
    assert_eq!(answer.json()["error"]["payload"]["matches"][0]["event"], "post-connection-creation");
}

#[tokio::test]
async fn the_code_is_the_typescript() {
    let app = with_functions().await;
    let answer = app.get_as_owner(&format!("{ONE}/issues/code?type=sync")).await;
    answer.assert(200, &json!({"type": "sync", "code": "ts of issues"}));
    app.get_as_owner(&format!("{ONE}/unknown/code")).await.assert_code(404, "not_found");
    app.get_as_owner(&format!("{ONE}/issues/code?type=on-event")).await.assert_code(404, "not_found");
    let answer = app.get_as_owner(&format!("{ONE}/a%20b")).await;
    answer.assert_issue("invalid_uri_params", "invalid_format", "name");
}

#[tokio::test]
async fn what_a_repository_deployed_is_deleted_there() {
    let app = with_functions().await;
    let answer = app.own(&format!("DELETE {ONE}/issues?type=sync"), Value::Null).await;
    answer.assert_code(400, "function_managed_by_deploy");
    let alone = json!({"source": "standalone", "deployMode": "single", "onEventScriptsByProvider": null});
    deployed(&app, body_with(&[action("alone")], alone)).await;
    let answer = app.own(&format!("DELETE {ONE}/alone?type=action"), Value::Null).await;
    answer.assert(200, &json!({"data": {"success": true}}));
    app.own(&format!("DELETE {ONE}/alone?type=action"), Value::Null).await.assert_code(404, "not_found");
    let answer = app.own(&format!("DELETE {ONE}/setup?type=on-event"), Value::Null).await;
    answer.assert_issue("invalid_query_params", "invalid_value", "type");
    app.own(&format!("DELETE {ONE}/issues"), Value::Null).await.assert_code(409, "ambiguous_function");
    assert_eq!(listed(&app).await.len(), 4);
}

#[tokio::test]
async fn old_clients_find_functions_beside_their_integration() {
    let app = with_github().await;
    deployed(&app, body(&[sync("issues"), action("mk")])).await;
    app.advance(5);
    deployed(&app, body(&[sync("issues"), action("mk")])).await;
    let (made, deployed) = ("2023-11-14T22:13:20.000Z", "2023-11-14T22:13:25.000Z");
    let described = |name: &str, text: &str| json!({"name": name, "created_at": made, "updated_at": deployed, "description": text});
    for path in ["/config/github", "/config/github?include_creds=true"] {
        let config = app.get_as_owner(path).await.json()["config"].clone();
        assert_eq!(config["syncs"], json!([described("issues", "Fetches issues")]));
        assert_eq!(config["actions"], json!([described("mk", "Makes an issue\n- title: Its title")]));
    }
}
