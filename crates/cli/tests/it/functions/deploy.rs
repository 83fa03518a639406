use serde_json::{Value, json};

use super::fake::FakeServer;
use super::project;
use crate::support::Place;

const PREVIEW: &str = "/sync/deploy/confirmation";
const DEPLOY: &str = "/sync/deploy";

fn preview(changes: Value) -> Value {
    let mut preview = json!({
        "newSyncs": [], "updatedSyncs": [], "deletedSyncs": [], "newActions": [], "updatedActions": [],
        "deletedActions": [], "deletedModels": [], "newOnEventScripts": [], "updatedOnEventScripts": [],
        "deletedOnEventScripts": [],
    });
    preview.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    preview
}

fn server(changes: Value) -> FakeServer {
    let deployed = json!([
        { "name": "issues", "models": ["Issue"], "version": "1", "providerConfigKey": "github", "type": "sync" },
        { "name": "setup", "models": [], "version": "0.0.1", "providerConfigKey": "github", "type": "on-event" },
    ]);
    FakeServer::start(vec![(PREVIEW, 200, preview(changes)), (DEPLOY, 200, deployed)])
}

/// The good project with the key and the address of a server.
fn project_of(server: &FakeServer) -> Place {
    project("good").with("NANGO_HOSTPORT", &server.url).with("NANGO_SECRET_KEY_DEV", "key-of-dev")
}

#[test]
fn a_deployment_shows_what_changes_and_sends_what_the_protocol_asks_for() {
    let server = server(json!({
        "newSyncs": [{ "name": "issues", "providerConfigKey": "github", "connections": 2, "auto_start": false }],
        "updatedActions": [{ "name": "create-issue", "providerConfigKey": "github" }],
    }));
    let ended = project_of(&server).run(&["deploy", "--yes"]).succeeded();
    for line in [
        "+ sync github/issues (2 connections)\n",
        "~ action github/create-issue\n",
        "Deployed 2 functions\n  github/issues@1\n  github/setup@0.0.1\n",
    ] {
        assert!(ended.stdout.contains(line), "`{line}` is not in {}", ended.stdout);
    }

    let asked = server.asked();
    assert_eq!(asked.iter().map(|asked| asked.path.as_str()).collect::<Vec<_>>(), [PREVIEW, DEPLOY]);
    assert!(asked.iter().all(|asked| asked.key == "Bearer key-of-dev"));
    let mut body = asked[1].body.clone();
    for flow in body["flowConfigs"].as_array_mut().unwrap() {
        assert!(flow["fileBody"]["js"].as_str().unwrap().contains("exports"));
        assert!(flow["fileBody"]["ts"].as_str().unwrap().starts_with("import { create"));
        flow["fileBody"] = json!("shown above");
    }
    let script = &mut body["onEventScriptsByProvider"][0]["scripts"][0];
    assert!(script["fileBody"].take()["js"].as_str().unwrap().contains("connected"));
    let text = json!({ "type": "string" });
    let issue = json!({ "type": "object", "properties": { "id": text, "title": text },
                        "required": ["id", "title"], "additionalProperties": false });
    let input = json!({ "type": "object", "required": ["title"], "additionalProperties": false,
                        "properties": { "title": text, "due": { "type": "string", "format": "date-time" } } });
    assert_eq!(
        body,
        json!({
            "flowConfigs": [{
                "syncName": "issues", "providerConfigKey": "github", "type": "sync", "models": ["Issue"],
                "version": "", "metadata": { "description": "Copies all issues", "scopes": [] },
                "fileBody": "shown above", "models_json_schema": { "definitions": { "Issue": issue } },
                "features": ["checkpoints"], "runs": "every hour", "track_deletes": false, "auto_start": false,
                "sync_type": "full", "endpoints": [], "attributes": {}, "webhookSubscriptions": [],
            }, {
                "syncName": "create-issue", "providerConfigKey": "github", "type": "action",
                "models": ["ActionOutput_github_createissue"], "input": "ActionInput_github_createissue",
                "version": "1.2.0", "metadata": { "description": "Opens an issue", "scopes": ["repo"] },
                "fileBody": "shown above", "models_json_schema": { "definitions": {
                    "ActionInput_github_createissue": input, "ActionOutput_github_createissue": issue,
                } },
                "features": [], "runs": null, "track_deletes": false,
                "endpoints": [{ "method": "POST", "path": "/issues", "group": "Issues" }],
            }],
            "onEventScriptsByProvider": [{ "providerConfigKey": "github", "scripts": [
                { "name": "setup", "fileBody": null, "event": "post-connection-creation" },
            ] }],
            "deployMode": "all", "debug": false, "sdkVersion": "0.71.10-zero", "reconcile": true,
            "nangoYamlBody": "", "source": "repo",
        })
    );
    let confirmation = &asked[0].body;
    assert_eq!(confirmation["reconcile"], false);
    assert!(confirmation.get("nangoYamlBody").is_none() && confirmation.get("source").is_none());
}

#[test]
fn one_function_or_one_integration_can_be_deployed_alone_and_with_another_version() {
    let server = server(json!({}));
    let place = project_of(&server);
    place.run(&["deploy", "dev", "--action", "create-issue", "--version", "3.0.0", "--yes"]).succeeded();
    place.run(&["deploy", "dev", "--integration", "github", "--yes"]).succeeded();
    place
        .run(&["deploy", "--sync", "create-issue", "--yes"])
        .failed(11)
        .says("the sync `create-issue` holds no");
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    let single = &asked[1].body;
    assert_eq!([&single["deployMode"], &single["flowConfigs"][0]["version"]], ["single", "3.0.0"]);
    assert_eq!(single["flowConfigs"].as_array().unwrap().len(), 1);
    assert!(single.get("onEventScriptsByProvider").is_none());
    assert_eq!(asked[3].body["deployMode"], "integration");
}

#[test]
fn a_preview_changes_nothing_and_without_a_terminal_nothing_is_deployed_unasked() {
    let server = server(json!({}));
    let place = project_of(&server);
    let shown = place.json(&["deploy", "--dry-run", "--json"]);
    assert_eq!(shown["deployed"], Value::Null);
    assert_eq!(shown["preview"]["newSyncs"], json!([]));
    place.run(&["deploy", "--preview"]).succeeded();
    place.run(&["deploy"]).failed(11).says("there is no terminal").says("hint: --yes");
    assert!(server.asked().iter().all(|asked| asked.path == PREVIEW));
}

#[test]
fn records_are_only_lost_when_that_is_allowed() {
    let server = server(json!({
        "deletedSyncs": [{ "name": "old", "providerConfigKey": "github", "connections": 1, "auto_start": false }],
        "deletedModels": ["Label"],
    }));
    let place = project_of(&server);
    let refused = place.run(&["deploy", "--yes"]);
    assert_eq!(refused.code, 11);
    refused
        .says("would delete the records of github/old in 1 connection, the records of the model Label")
        .says("--allow-destructive");
    assert!(server.asked().iter().all(|asked| asked.path == PREVIEW));
    place.run(&["deploy", "--yes", "--allow-destructive"]).succeeded();
}

#[test]
fn what_the_server_refuses_is_shown_with_its_code_and_every_issue() {
    let error = json!({ "error": { "code": "invalid_body", "message": "Invalid request",
                        "errors": [{ "code": "x", "message": "is too long", "path": ["flowConfigs", 0] }] } });
    let server = FakeServer::start(vec![(PREVIEW, 400, error)]);
    let ended = project_of(&server).run(&["deploy", "--yes"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (11, ""));
    ended.says("error: Invalid request (invalid_body)\n  flowConfigs.0: is too long\n");
}

#[test]
fn the_server_and_its_key_come_from_the_environment_or_from_the_projects_file() {
    let server = server(json!({}));
    let place = project("good");
    place
        .run(&["deploy", "prod"])
        .failed(11)
        .says("no key for the environment `prod`")
        .says("NANGO_SECRET_KEY_PROD");
    place.write(".env", &format!("# mine\nBOWLINE_URL={}/\nNANGO_SECRET_KEY_PROD='of-prod'\n", server.url));
    place.run(&["deploy", "prod", "--preview"]).succeeded();
    let place = place.with("BOWLINE_SECRET_KEY", "of-any").with("NANGO_SECRET_KEY_PROD", "of-shell");
    place.run(&["deploy", "prod", "--preview"]).succeeded();
    place.run(&["deploy", "dev", "--preview"]).succeeded();
    let keys: Vec<String> = server.asked().into_iter().map(|asked| asked.key).collect();
    assert_eq!(keys, ["Bearer of-prod", "Bearer of-shell", "Bearer of-any"]);
    place.run(&["test", "create-issue"]).succeeded();
    place.run(&["deploy", "--preview", "--url", "http://127.0.0.1:9"]).failed(11).says("http://127.0.0.1:9");
}

#[test]
fn what_does_not_compile_is_not_deployed() {
    let server = server(json!({}));
    let place = project("broken").with("NANGO_HOSTPORT", &server.url).with("NANGO_SECRET_KEY", "key");
    place.run(&["deploy", "--yes", "--no-types"]).failed(10).says("nothing was deployed");
    assert!(server.asked().is_empty());
}

/// The same against a server of ours instead of prepared answers.
#[test]
fn a_server_takes_what_is_deployed_and_knows_what_is_gone() {
    const KEY: &str = "6ef53c3c-6a5d-4b0e-9e0f-0d7c2f3f0a11";
    let home = Place::new().with("NANGO_SECRET_KEY_DEV", KEY);
    let server = home.serve(&[]);
    let place = project("good").with("BOWLINE_URL", &server.url).with("NANGO_SECRET_KEY_DEV", KEY);
    place.run(&["deploy", "--yes"]).failed(11).says("(unknown_provider_config)");
    let client = r#"{"type":"OAUTH2","client_id":"id","client_secret":"cs"}"#;
    let integration = format!(r#"{{"provider":"github","unique_key":"github","credentials":{client}}}"#);
    assert_eq!(server.post("/integrations", KEY, &integration).0, 200);

    let ended = place.run(&["deploy", "--yes"]).succeeded();
    for line in [
        "+ sync github/issues (0 connections)\n",
        "+ action github/create-issue\n",
        "+ on-event github/setup (post-connection-creation)\n",
        "Deployed 3 functions\n",
        "  github/issues@1\n",
        "  github/create-issue@1.2.0\n",
        "  github/setup@0.0.1\n",
    ] {
        assert!(ended.stdout.contains(line), "`{line}` is not in {}", ended.stdout);
    }
    place.write("index.ts", "import './github/syncs/issues.js';\n");
    let ended = place.run(&["deploy", "--yes", "--version", "2.0.0"]).succeeded();
    for line in ["~ sync github/issues", "- action github/create-issue\n", "  github/issues@2.0.0\n"] {
        assert!(ended.stdout.contains(line), "`{line}` is not in {}", ended.stdout);
    }
    let (_, config) = server.get("/scripts/config", Some(KEY));
    assert!(config.contains("\"issues\"") && !config.contains("create-issue"), "{config}");
    drop(server);
    let ended = place.run(&["deploy", "--yes"]).failed(11).says("cannot be reached");
    assert_eq!(ended.says("hint: is it running").stdout, "");
}
