//! The OpenAPI document lists every route, and its committed copy is the current one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::routes::served;
use crate::app::TestApp;

/// Older spellings of routes that are listed under their newer ones.
const ALIASES: [(&str, &str); 8] = [
    ("GET /connection", "is GET /connections"),
    ("GET /connection/{connectionId}", "is GET /connections/{connectionId} with two more numbers"),
    ("DELETE /connection/{connectionId}", "is DELETE /connections/{connectionId}"),
    ("POST /connection/metadata", "is POST /connections/metadata"),
    ("PATCH /connection/metadata", "is PATCH /connections/metadata"),
    ("GET /provider", "is GET /providers in the first clients' form"),
    ("GET /provider/{provider}", "is GET /providers/{provider} in the first clients' form"),
    ("GET /flow/configs", "is GET /scripts/config"),
];

/// `METHOD /path` of each operation in the document.
fn documented() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&bowline_server::openapi::openapi_json()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
        methods.map(move |method| format!("{} {path}", method.to_ascii_uppercase()))
    });
    operations.collect()
}

#[tokio::test]
async fn every_route_is_documented_or_an_alias_of_one_that_is() {
    let app = TestApp::start().await;
    let served: BTreeSet<String> = served(&app).await.into_iter().collect();
    let aliases: BTreeSet<String> = ALIASES.iter().map(|(line, _)| (*line).to_owned()).collect();
    let documented = documented();
    let missing: Vec<_> =
        served.iter().filter(|line| !documented.contains(*line) && !aliases.contains(*line)).collect();
    assert!(
        missing.is_empty(),
        "describe these with #[utoipa::path] and list them in openapi.rs: {missing:?}"
    );
    let stale: Vec<_> =
        aliases.iter().filter(|line| !served.contains(*line) || documented.contains(*line)).collect();
    assert!(stale.is_empty(), "no aliases any more: {stale:?}");
}

#[tokio::test]
async fn nothing_is_documented_that_is_not_served() {
    let app = TestApp::start().await;
    let served: BTreeSet<String> = served(&app).await.into_iter().collect();
    // The proxy is dispatched before the router.
    let surplus: Vec<_> =
        documented().into_iter().filter(|line| !served.contains(line) && !line.contains(" /proxy")).collect();
    assert!(surplus.is_empty(), "{surplus:?}");
}

#[test]
fn the_committed_document_is_the_current_one() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let current = bowline_server::openapi::openapi_json();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(file, &current).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap();
    assert!(
        committed == current,
        "docs/openapi.json is old: run this test with BLESS=1 and look at the change"
    );
}
