//! Connects an account of every provider of the catalogue, at a server that answers as the definition says, and calls
//! the provider's API with it. What was seen is `docs/reference/catalogue.md`; with `BOWLINE_BLESS=1` it is written.

mod connect;
mod exercise;
mod page;
mod quirks;
mod upstream;
mod values;

use std::collections::HashMap;
use std::sync::Arc;

use bowline_domain::provider::Provider;
use bowline_engine::catalog::Catalog;
use futures_util::StreamExt;
use serde_json::{Map, Value};

use crate::app::TestApp;
use exercise::{Exercised, exercise};
use upstream::Upstream;

/// Keys of definitions whose values are called by the server.
const ADDRESSES: [&str; 7] = [
    "token_url",
    "refresh_url",
    "request_url",
    "registration_url",
    "base_url",
    "base_url_override",
    "installation_url",
];

/// Parts of a definition in which such a key is the name of a field.
const FORMS: [&str; 4] = ["credentials", "connection_config", "integration_config", "assertion_option"];

/// Providers that this server cannot play, and what shows or prevents them.
const ELSEWHERE: [(&str, &str); 7] = [
    ("aws-iam", "AWS's own token service: `engine/src/connection/probe.rs`"),
    ("aws-inspector2", "AWS's own token service: `engine/src/connection/probe.rs`"),
    ("aws-sigv4", "AWS's own token service: `engine/src/auth/aws.rs`"),
    ("bullhorn", "signs in at a fixed host: `engine/src/auth/oauth2/dialect/tests`"),
    ("certn-partner", "cannot be connected: its definition names no token endpoint"),
    ("cloudflare-mcp", "describes itself: `browser/scenarios/certified.mjs`"),
    ("mcp-generic", "describes itself: `browser/scenarios/certified.mjs`"),
];

#[tokio::test]
async fn an_account_of_every_provider_can_be_connected() {
    let catalog = Catalog::builtin();
    let names: Vec<String> = catalog.names().map(str::to_owned).collect();
    let providers: HashMap<String, Arc<Provider>> =
        names.iter().map(|name| (name.clone(), catalog.find(name).unwrap())).collect();
    let upstream = Upstream::start(providers.clone()).await;
    let mut moved = Map::new();
    for (name, wire) in catalog.list_wire(None) {
        let mut wire: Value = serde_json::from_str(wire).unwrap();
        move_addresses(&mut wire, &format!("http://{}/{name}/", upstream.address));
        moved.insert(name.to_owned(), wire);
    }
    let all = Value::from(moved).to_string();
    let app = TestApp::without_names(&[("all", all)], &upstream.address.to_string()).await;
    let results: Vec<(String, Result<Exercised, String>)> = futures_util::stream::iter(&names)
        .map(|name| {
            let (app, upstream, provider) = (&app, &upstream, &providers[name]);
            async move { (name.clone(), exercise(app, upstream, provider).await) }
        })
        .buffered(8)
        .collect()
        .await;
    let mut failed = Vec::new();
    let mut rows = Vec::new();
    for (name, result) in results {
        let elsewhere = ELSEWHERE.iter().find(|(own, _)| *own == name).map(|(_, place)| *place);
        match (result, elsewhere) {
            (Ok(seen), None) => rows.push(page::row(&providers[&name], &seen)),
            (Err(_), Some(place)) => rows.push(page::row_elsewhere(&providers[&name], place)),
            (Ok(_), Some(_)) => failed.push(format!("{name} can be connected here")),
            (Err(error), None) => failed.push(format!("{name}: {error}")),
        }
    }
    assert!(failed.is_empty(), "{} of the catalogue:\n{}", failed.len(), failed.join("\n"));
    page::compare(&rows);
}

/// Puts the provider's addresses below `base`, the host as the first part of the path.
fn move_addresses(wire: &mut Value, base: &str) {
    match wire {
        Value::Object(object) => {
            for (name, value) in object {
                if ADDRESSES.contains(&name.as_str()) {
                    move_address(value, base);
                } else if !FORMS.contains(&name.as_str()) {
                    move_addresses(value, base);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_addresses(item, base)),
        _ => {}
    }
}

fn move_address(value: &mut Value, base: &str) {
    match value {
        Value::String(text) => {
            let below = |one: &str| {
                let one = one.trim();
                format!(
                    "{base}{}",
                    one.strip_prefix("https://").or(one.strip_prefix("http://")).unwrap_or(one)
                )
            };
            *text = text.split("||").map(below).collect::<Vec<_>>().join(" || ");
        }
        Value::Object(by_mode) => by_mode.values_mut().for_each(|one| move_address(one, base)),
        _ => {}
    }
}
