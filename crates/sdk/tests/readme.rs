//! The README shows the program that is built and run.

use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

const README: &str = include_str!("../README.md");
const PROGRAM: &str = include_str!("../examples/newcomer.rs");

#[test]
fn the_readmes_program_is_the_example_and_has_twenty_lines() {
    let (_, program) = PROGRAM.split_once("terminal\")]\n\n").unwrap();
    assert!(README.contains(&format!("```rust,no_run\n{program}```\n")));
    let lines = program.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("use ")).count();
    assert!(lines <= 20, "{lines}");
}

#[tokio::test]
async fn the_program_lists_integrations_calls_the_provider_and_pages_records() {
    let server = MockServer::start().await;
    for (place, answer) in [
        ("/integrations", json!({"data": [{"unique_key": "demo-oauth", "provider": "github"}]})),
        ("/proxy/api/user", json!({"name": "Ada"})),
        (
            "/records",
            json!({"records": [{"id": "1", "title": "Fix it", "_nango_metadata": {
            "last_action": "ADDED", "first_seen_at": "2026", "last_modified_at": "2026", "cursor": "c",
        }}], "next_cursor": null}),
        ),
    ] {
        let answer = ResponseTemplate::new(200).set_body_json(answer);
        Mock::given(path(place)).respond_with(answer).mount(&server).await;
    }
    // target/<profile>/deps/<test>
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples").join("newcomer");
    let mut command = tokio::process::Command::new(&program);
    command.env_clear().env("BOWLINE_SECRET_KEY", "key").env("NANGO_HOST", server.uri());
    let output = command.output().await.unwrap_or_else(|error| {
        panic!("{}: {error}: run `cargo build --package bowline-sdk --examples`", program.display())
    });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, "demo-oauth is github\nconnected as \"Ada\"\nAdded \"Fix it\"\n");
}
