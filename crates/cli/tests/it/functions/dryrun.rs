//! Dry runs against a server whose provider is the simulator.

use serde_json::{Value, json};

use super::project;
use crate::support::{Place, Service};

const KEY: &str = "6ef53c3c-6a5d-4b0e-9e0f-0d7c2f3f0a11";

/// The project, the server that it talks to, and the provider behind.
struct Scene {
    project: Place,
    server: Service,
    _provider: Service,
    _home: Place,
}

fn scene() -> Scene {
    let home = Place::new();
    let provider = home.start(&["sim"]);
    home.write("providers.yaml", &format!(
        "tracker:\n  display_name: Tracker\n  categories: [dev-tools]\n  auth_mode: API_KEY\n  \
         docs: https://example.com/tracker\n  proxy:\n    base_url: '{}'\n    headers:\n      \
         x-api-key: ${{apiKey}}\n    paginate:\n      type: link\n      link_rel_in_response_header: next\n      \
         limit_name_in_request: per_page\n  credentials:\n    apiKey:\n      type: string\n      title: Key\n      \
         description: Any\n",
        provider.url
    ));
    let home = home
        .with("NANGO_SECRET_KEY_DEV", KEY)
        .with("BOWLINE_PROVIDERS", "providers.yaml")
        .with("BOWLINE_OUTBOUND_ALLOW", "127.0.0.1");
    let server = home.serve(&[]);
    assert_eq!(server.post("/integrations", KEY, r#"{"provider":"tracker","unique_key":"tracker"}"#).0, 200);
    let connection = json!({
        "provider_config_key": "tracker", "connection_id": "ada/1", "metadata": { "prefix": "Re:" },
        "credentials": { "type": "API_KEY", "apiKey": "sim-key-secret" },
    });
    let made = server.post("/connections", KEY, &connection.to_string());
    assert_eq!(made.0, 201, "{}", made.1);
    let providers = home.path("providers.yaml");
    let project = project("live")
        .with("BOWLINE_URL", &server.url)
        .with("BOWLINE_SECRET_KEY_DEV", KEY)
        .with("BOWLINE_PROVIDERS", providers.to_str().unwrap());
    Scene { project, server, _provider: provider, _home: home }
}

#[test]
fn an_action_runs_for_a_connection_and_its_recording_passes_as_a_fixture() {
    let scene = scene();
    let arguments = ["dryrun", "open-issue", "ada/1", "--input", r#"{"title":"Hello"}"#, "--save"];
    let ended = scene.project.run(&arguments).succeeded();
    let output: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(output["title"], "Re: Hello");
    let ended = ended.says("log info: opened 201").says("recorded in tracker/tests/open-issue.test.json");
    assert!(!ended.stderr.contains("sim-key-secret"));

    let text = std::fs::read_to_string(scene.project.path("tracker/tests/open-issue.test.json")).unwrap();
    assert!(!text.contains("sim-key-secret"), "{text}");
    let fixture: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(fixture["input"], json!({ "title": "Hello" }));
    assert_eq!(fixture["output"], output);
    assert_eq!(fixture["nango"]["getMetadata"], json!({ "prefix": "Re:" }));
    let call = &fixture["api"]["post"]["/api/issues"];
    assert_eq!(
        [&call["status"], &call["request"]],
        [&json!(201), &json!({ "data": { "title": "Re: Hello" } })]
    );
    assert_eq!(call["hash"].as_str().unwrap().len(), 40);
    scene.project.run(&["test"]).succeeded();
}

#[test]
fn a_sync_pages_through_the_provider_and_shows_records_that_reach_nobody() {
    let scene = scene();
    let report = scene.project.json(&["dryrun", "tracker/issues", "ada/1", "--save", "--json"]);
    let saved = report["records"]["saved"]["Issue"].as_array().unwrap();
    assert!(saved.len() > 100, "{}", saved.len());
    assert_eq!(saved[0], json!({ "id": "1", "title": "Issue number 1" }));
    let ended = scene.project.run(&["test", "issues"]).succeeded();
    assert!(ended.stdout.starts_with("1 passed"), "{}", ended.stdout);

    let since = report["checkpoint"].to_string();
    let ended = scene.project.run(&["dryrun", "issues", "ada/1", "--checkpoint", &since]).succeeded();
    assert_eq!(serde_json::from_str::<Value>(&ended.stdout).unwrap()["saved"], json!({}));
}

#[test]
fn an_event_script_runs_too_and_reaches_the_connection() {
    let scene = scene();
    scene.project.run(&["dryrun", "greet", "ada/1"]).succeeded().says("greeted ada/1 by API_KEY");
    let (_, connection) = scene.server.get("/connections/ada%2F1?provider_config_key=tracker", Some(KEY));
    assert!(connection.contains(r#""greeted":200"#), "{connection}");
    let given = ["dryrun", "greet", "ada/1", "--metadata", "{}"];
    scene.project.run(&given).succeeded();
}

#[test]
fn a_shape_that_is_not_the_declared_one_is_warned_of_or_refused() {
    let scene = scene();
    let number = ["dryrun", "open-issue", "ada/1", "--input", r#"{"title":"number"}"#];
    let ended = scene.project.run(&number).succeeded();
    ended
        .says("warning: the output has not the declared shape")
        .says("output.id must be string, and is number");
    let ended = scene.project.run(&[&number[..], &["--validate"]].concat()).failed(12);
    ended.says("output.id must be string");
    let ended = scene.project.run(&["dryrun", "open-issue", "ada/1", "--validate"]).failed(12);
    assert_eq!(ended.says("input.title is required").stdout, "");
}

#[test]
fn what_goes_wrong_ends_with_12_and_says_why() {
    let scene = scene();
    let place = &scene.project;
    place.write("fail.json", r#"{"title":"fail"}"#);
    let fails = ["dryrun", "open-issue", "ada/1", "--input", "@fail.json"];
    place.run(&fails).failed(12).says("action_script_runtime_error: not this one");
    place
        .run(&["dryrun", "open-issue", "nobody"])
        .failed(12)
        .says("the connection `nobody` of the integration `tracker`: Failed to find connection (not_found)");
    place.run(&["dryrun", "open-issue", "ada/1", "--input", "{"]).failed(12).says("--input is not JSON");
    place.run(&["dryrun", "open-issue", "ada/1", "-e", "prod", "--url", "http://127.0.0.1:9"]).failed(12);
    place.run(&["dryrun", "open-isue", "ada/1"]).failed(1).says("did you mean `open-issue`?");
}
