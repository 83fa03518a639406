//! The official client's requests beside ours: `compat/wire/record.mjs` records the ones, the calls in `ours.rs` make
//! the others, and `reasons.rs` says why they differ where they do. What has no reason fails, and so does a reason that
//! nothing needs any more. The result is `docs/sdk-wire.md`; with `BOWLINE_BLESS=1` it is written.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod compare;
mod ours;
mod page;
mod reasons;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bowline_sdk::Bowline;
use serde::Deserialize;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use self::compare::Sent;

const SECRET_KEY: &str = "11111111-1111-4111-8111-111111111111";

#[derive(Deserialize)]
struct Recording {
    cases: Vec<Case>,
}

/// A call of the official client, and what it sent.
#[derive(Deserialize)]
pub struct Case {
    id: String,
    sdk: String,
    call: String,
    request: Sent,
}

/// A case with our call beside it.
pub struct Row {
    case: Case,
    ours: &'static str,
    /// Each with its reason.
    differences: Vec<(String, Option<&'static str>)>,
}

#[tokio::test]
async fn every_request_equals_the_official_clients_or_says_why_not() {
    let server = MockServer::start().await;
    let answer = json!({
        "data": [],
        "connections": [
            {"id": 1, "connection_id": "user-1", "provider_config_key": "github-dev", "provider": "github"},
        ],
    });
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(answer)).mount(&server).await;
    let bowline = Bowline::builder().secret_key(SECRET_KEY).host(server.uri()).build().unwrap();

    let mut rows = Vec::new();
    for case in official().cases {
        let call = ours::call(&case.id).unwrap_or_else(|| panic!("ours.rs has no call for {}", case.id));
        (call.make)(bowline.clone()).await;
        let requests = server.received_requests().await.unwrap();
        assert_eq!(requests.len(), rows.len() + 1, "{}: ours sends one request", case.id);
        let request = requests.last().unwrap();
        let differences = compare::differences(&case.request, &Sent::of(request));
        let differences = differences.into_iter().map(|text| {
            let reason = reasons::of(&case.id, &text);
            (text, reason)
        });
        rows.push(Row { differences: differences.collect(), ours: call.text, case });
    }
    let unexplained: Vec<String> = rows
        .iter()
        .flat_map(|row| row.differences.iter().map(move |difference| (row, difference)))
        .filter(|(_, (_, reason))| reason.is_none())
        .map(|(row, (text, _))| format!("{}: {text}", row.case.id))
        .collect();
    assert!(unexplained.is_empty(), "no reason is written for\n{}", unexplained.join("\n"));
    let idle = reasons::unused(&rows);
    assert!(idle.is_empty(), "nothing needs these reasons any more: {idle:?}");
    compare_page(&page::render(&rows));
}

fn official() -> Recording {
    let script = root().join("compat/wire/record.mjs");
    let mut node = Command::new("node");
    let output = node.arg("--no-deprecation").arg(script).stderr(Stdio::inherit()).output();
    let output = output.expect("node can be started: install Node.js 20 or newer");
    assert!(
        output.status.success(),
        "the recording failed: run `cargo xtask setup`, which installs the clients"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn compare_page(expected: &str) {
    let path = root().join("docs/sdk-wire.md");
    if std::env::var_os("BOWLINE_BLESS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == expected, "docs/sdk-wire.md is not up to date: run `cargo xtask bless`");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}
