//! Projects with a `nango.yaml`.

use bowline_bundler::{Bundler, Endpoint, Event, Kind, Project, ProjectError, SyncType, YamlError};
use serde_json::json;

use crate::support::Files;

const SECOND: &str = "
integrations:
  github-app:
    syncs:
      issues:
        runs: every hour
        input: Meta
        output: [Issue, User]
        endpoint: [{ method: GET, path: /issues, group: Things }, GET /users, { GET: /more }]
        sync_type: incremental
        track_deletes: true
        auto_start: false
        scopes: a, b
        version: 1.0
        description: Some
        webhook-subscriptions: ['*']
    actions:
      make-it: { input: string, output: 'User[]', endpoint: POST /mk, scopes: [x] }
      none:
    on-events: { post-connection-creation: [setup], pre-connection-deletion: [setup] }
models:
  Meta: { a?: string }
  User: { id: string }
  Issue: { __extends: User, state: open | closed }
";

fn second() -> Files {
    Files::new(&[
        ("nango.yaml", SECOND),
        (
            "github-app/syncs/issues.ts",
            "export default async function fetchData(nango: any) { await nango.log('x'); }",
        ),
        ("github-app/actions/make-it.ts", ""),
        ("none.ts", ""),
        ("github-app/post-connection-scripts/setup.ts", ""),
    ])
}

#[test]
fn the_second_layout_defines_syncs_actions_and_event_functions() {
    let yaml = Project::open(second().path("")).unwrap().yaml.unwrap();
    let [sync, action, none, created, deleted] = &yaml.functions[..] else { panic!("{:?}", yaml.functions) };
    let endpoint = |path: &str, group: Option<&str>| Endpoint {
        method: "GET".to_owned(),
        path: path.to_owned(),
        group: group.map(str::to_owned),
    };
    assert_eq!(
        (sync.kind, sync.integration.as_str(), sync.name.as_str()),
        (Kind::Sync, "github-app", "issues")
    );
    assert_eq!(sync.runs.as_deref(), Some("every hour"));
    assert_eq!(sync.output, ["Issue", "User"]);
    let endpoints = [endpoint("/issues", Some("Things")), endpoint("/users", None), endpoint("/more", None)];
    assert_eq!(sync.endpoints, endpoints);
    assert_eq!((sync.sync_type, sync.track_deletes, sync.auto_start), (SyncType::Incremental, true, false));
    assert_eq!(
        (sync.scopes.join(" "), sync.webhook_subscriptions.join(" ")),
        ("a b".to_owned(), "*".to_owned())
    );
    assert_eq!(sync.version.as_deref(), Some("1.0"));
    assert_eq!(action.input.as_deref(), Some("Anonymous_githubapp_action_makeit_input"));
    assert_eq!(action.output, ["Anonymous_githubapp_action_makeit_output"]);
    assert_eq!((none.kind, none.endpoints.len(), none.input.is_none()), (Kind::Action, 0, true));
    assert_eq!(created.event, Some(Event::PostConnectionCreation));
    assert_eq!(deleted.event, Some(Event::PreConnectionDeletion));
    let list = &yaml.definitions["Anonymous_githubapp_action_makeit_output"];
    assert_eq!(*list, json!({"type": "array", "items": {"$ref": "#/definitions/User"}}));
}

#[test]
fn the_files_of_functions_are_found_where_any_version_put_them() {
    let project = Project::open(second().path("")).unwrap();
    let names: Vec<_> = project.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["issues", "make-it", "none", "setup"]);
}

#[test]
fn the_first_layout_is_read_as_well() {
    let yaml = "
integrations:
  github:
    issues: { type: sync, runs: every day, returns: Issue }
    mk: { type: action, returns: [Issue], runs: never }
models:
  Issue: { id: integer }
";
    let files = Files::new(&[("nango.yaml", yaml), ("issues.ts", ""), ("mk.ts", "")]);
    let project = Project::open(files.path("")).unwrap();
    let functions = project.yaml.unwrap().functions;
    assert_eq!((functions[0].kind, functions[0].auto_start), (Kind::Sync, true));
    assert_eq!((functions[1].kind, functions[1].runs.as_deref()), (Kind::Action, None));
    assert_eq!(functions[1].output, ["Issue"]);
    assert_eq!(project.entries.len(), 2);
}

#[test]
fn what_has_no_meaning_is_refused_with_its_place() {
    for (yaml, place) in [
        ("integrations: [1]", "integrations"),
        (
            "integrations: { a: { syncs: { s: { output: M } } } }\nmodels: { M: { id: string } }",
            "integrations.a.syncs.s.runs",
        ),
        (
            "integrations: { a: { syncs: { s: { runs: every day, output: M } } } }\nmodels: { M: { x: string } }",
            "integrations.a.syncs.s.output",
        ),
        (
            "integrations: { a: { syncs: { s: { runs: every day, output: N } } } }",
            "integrations.a.syncs.s.output",
        ),
        ("integrations: { a: { actions: { s: { endpoint: GO /x } } } }", "integrations.a.actions.s.endpoint"),
        (
            "integrations: { a: { actions: { s: { track_deletes: 1 } } } }",
            "integrations.a.actions.s.track_deletes",
        ),
        ("integrations: { a: { on-events: { lunch: [x] } } }", "integrations.a.on-events.lunch"),
        ("models: { M: { x: Array<string> } }", "models.M"),
        ("models: { M: { __extends: N } }", "models.M"),
    ] {
        let error = Project::open(Files::new(&[("nango.yaml", yaml)]).path("")).unwrap_err();
        let ProjectError::Yaml(YamlError::Invalid { place: found, .. }) = &error else {
            panic!("{error}: {yaml}")
        };
        assert_eq!(found, place, "{error}");
    }
    let error = Project::open(Files::new(&[("nango.yaml", "a: [")]).path("")).unwrap_err();
    assert!(matches!(error, ProjectError::Yaml(YamlError::Syntax { .. })), "{error}");
}

#[test]
fn a_function_without_a_file_or_with_a_path_for_a_name_is_refused() {
    for name in ["gone", "../../secret"] {
        let yaml = format!("integrations: {{ a: {{ actions: {{ '{name}': {{}} }} }} }}");
        let files = Files::new(&[("nango.yaml", &yaml), ("secret.ts", ""), ("a/actions/x.ts", "")]);
        let error = Project::open(files.path("")).unwrap_err();
        assert!(matches!(error, ProjectError::NoScript { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_script_exports_its_function_and_others_and_types_come_from_models_that_need_not_be_there() {
    let script = "import type { NangoSync } from '../../models';\nimport { Issue } from '../../models';\n\
                  export default async function fetchData(nango: NangoSync): Promise<Issue[]> { return []; }\n\
                  export async function onWebhookPayloadReceived() {}\n";
    let files = Files::new(&[("nango.yaml", "integrations: {}"), ("a/syncs/s.ts", script)]);
    let bundle = Bundler::new(&files.path("")).bundle(&files.path("a/syncs/s.ts")).await.unwrap();
    assert_eq!(bundle.kind, None);
    assert!(bundle.js.contains("exports.default = fetchData"), "{}", bundle.js);
    assert!(bundle.js.contains("exports.onWebhookPayloadReceived ="), "{}", bundle.js);
    assert!(!bundle.js.contains("require("), "{}", bundle.js);
}

#[tokio::test]
async fn a_script_without_a_default_export_is_refused() {
    let files = Files::new(&[("nango.yaml", "integrations: {}"), ("a/syncs/s.ts", "export const a = 1;")]);
    let problems = Bundler::new(&files.path("")).bundle(&files.path("a/syncs/s.ts")).await.unwrap_err();
    assert_eq!(problems.0[0].message, "the file has no default export");
}
