use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::project;
use crate::support::Place;

#[test]
fn a_project_is_compiled_into_bundles_and_a_description() {
    let place = project("good");
    let ended = place.run(&["compile"]).succeeded().says("types are not checked");
    assert_eq!(ended.stdout, "Compiled 3 functions into build/\n");
    for file in ["github_actions_create-issue.cjs", "github_syncs_issues.cjs", "github_on-events_setup.cjs"] {
        let js = std::fs::read_to_string(place.path("build").join(file)).unwrap();
        assert!(js.contains("exports") && js.contains("//# sourceMappingURL=data:"), "{js}");
    }
    let text = std::fs::read_to_string(place.path(".nango/nango.json")).unwrap();
    let described: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        described,
        json!([{
            "providerConfigKey": "github",
            "actions": [{
                "type": "action",
                "description": "Opens an issue",
                "endpoint": { "method": "POST", "path": "/issues", "group": "Issues" },
                "input": "ActionInput_github_createissue",
                "name": "create-issue",
                "output": ["ActionOutput_github_createissue"],
                "scopes": ["repo"],
                "usedModels": ["ActionInput_github_createissue", "ActionOutput_github_createissue"],
                "version": "1.2.0",
                "json_schema": { "definitions": {
                    "ActionInput_github_createissue": {
                        "type": "object",
                        "properties": { "title": { "type": "string" }, "due": { "type": "string", "format": "date-time" } },
                        "required": ["title"],
                        "additionalProperties": false,
                    },
                    "ActionOutput_github_createissue": {
                        "type": "object",
                        "properties": { "id": { "type": "string" }, "title": { "type": "string" } },
                        "required": ["id", "title"],
                        "additionalProperties": false,
                    },
                } },
                "features": [],
            }],
            "syncs": [{
                "type": "sync",
                "description": "Copies all issues",
                "auto_start": false,
                "endpoints": [],
                "input": null,
                "name": "issues",
                "output": ["Issue"],
                "runs": "every hour",
                "scopes": [],
                "sync_type": "full",
                "track_deletes": false,
                "usedModels": ["Issue"],
                "version": "",
                "webhookSubscriptions": [],
                "json_schema": { "definitions": { "Issue": {
                    "type": "object",
                    "properties": { "id": { "type": "string" }, "title": { "type": "string" } },
                    "required": ["id", "title"],
                    "additionalProperties": false,
                } } },
                "features": ["checkpoints"],
            }],
            "onEventScripts": {
                "post-connection-creation": ["setup"],
                "pre-connection-deletion": [],
                "validate-connection": [],
            },
        }])
    );
}

#[test]
fn every_problem_is_named_with_its_place_and_nothing_is_written() {
    let place = project("broken");
    let ended = place.run(&["compile", "--no-types"]).failed(10).says("nothing was written");
    for expected in [
        "github/actions/unclosed.ts:9:21: ",
        "github/actions/reads-files.ts:1:",
        "github/actions/exports-nothing.ts",
        "github/actions/fails-when-loaded.ts: the file fails when it is loaded: ",
        "frequency `every 5 seconds`: Sync interval is too short",
        "endpoints: 2, models: 1;",
        "`item` cannot be the name of a model",
        "trackDeletes does not go with the sync type incremental",
        "the endpoint GET /x is taken by syncs/too-often already",
        "hint: ",
    ] {
        assert!(ended.stderr.contains(expected), "`{expected}` is not in:\n{}", ended.stderr);
    }
    assert!(!place.path("build").exists() && !place.path(".nango").exists());
}

#[test]
fn programs_read_functions_and_problems_as_json() {
    let compiled = project("good").json(&["compile", "--json"]);
    assert_eq!(
        compiled["functions"][0],
        json!({ "integration": "github", "name": "create-issue", "type": "action",
                "file": "build/github_actions_create-issue.cjs" })
    );
    let ended = project("broken").run(&["compile", "--json", "--no-types"]).failed(10);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!([&report["problems"][0]["line"], &report["problems"][0]["column"]], [9, 21]);
}

#[test]
fn types_are_checked_by_the_projects_own_compiler() {
    let place = project("good");
    let compiler = place.path("node_modules/.bin/tsc");
    std::fs::create_dir_all(compiler.parent().unwrap()).unwrap();
    let script =
        "#!/bin/sh\necho \"github/shared.ts(2,5): error TS2322: Type 'number' is not assignable.\"\nexit 2\n";
    std::fs::write(&compiler, script).unwrap();
    std::fs::set_permissions(&compiler, std::fs::Permissions::from_mode(0o755)).unwrap();
    let place = place.with("PATH", "/usr/bin:/bin");
    place.run(&["compile"]).failed(10).says("github/shared.ts:2:5: TS2322: Type 'number' is not assignable.");
    place.run(&["compile", "--no-types"]).succeeded();
}

#[test]
fn folders_that_hold_no_project_are_refused_with_advice() {
    Place::new().run(&["compile"]).failed(1).says("there is no index.ts").says("hint: ");
    let place = Place::new();
    place.write("nango.yaml", "integrations: {}\n");
    place.run(&["compile"]).failed(1).says("migrate-to-zero-yaml");
    let place = Place::new();
    place.write("index.ts", "import './github/actions/absent.js';\n");
    place.run(&["compile"]).failed(10).says("absent.ts");
}
