//! What matters of a request, and where two differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

/// A request as it arrived.
#[derive(Deserialize)]
pub struct Sent {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Sent {
    pub fn of(request: &wiremock::Request) -> Self {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            query: request.url.query().unwrap_or_default().to_owned(),
            headers: request.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body: String::from_utf8(request.body.clone()).unwrap(),
        }
    }

    /// Pairs as the server reads them, in any order.
    fn pairs(&self) -> BTreeSet<String> {
        let pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.map(|(name, value)| format!("{name}={value}")).collect()
    }

    /// The headers that the server acts on.
    fn matters(&self) -> BTreeSet<String> {
        let acts = |name: &str| {
            let known = [
                "authorization",
                "base-url-override",
                "connection-id",
                "decompress",
                "forward-headers-on-redirect",
                "provider-config-key",
                "retries",
                "retry-on",
                "x-async",
                "x-max-retries",
            ];
            known.contains(&name)
                || name.starts_with("nango-")
                || (name == "content-type" && !self.body.is_empty())
        };
        let headers = self.headers.iter().filter(|(name, _)| acts(name));
        headers.map(|(name, value)| format!("{name}: {value}")).collect()
    }

    fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }
}

/// Every difference in a few words: `-` is the official client's, `+` is ours.
pub fn differences(official: &Sent, ours: &Sent) -> Vec<String> {
    let mut found = Vec::new();
    for (what, theirs, own) in
        [("method", &official.method, &ours.method), ("path", &official.path, &ours.path)]
    {
        if theirs != own {
            found.push(format!("{what} {theirs} → {own}"));
        }
    }
    sets("query", &official.pairs(), &ours.pairs(), &mut found);
    sets("header", &official.matters(), &ours.matters(), &mut found);
    bodies(official, ours, &mut found);
    found
}

fn sets(what: &str, official: &BTreeSet<String>, ours: &BTreeSet<String>, found: &mut Vec<String>) {
    found.extend(official.difference(ours).map(|item| format!("{what} -{item}")));
    found.extend(ours.difference(official).map(|item| format!("{what} +{item}")));
}

fn bodies(official: &Sent, ours: &Sent, found: &mut Vec<String>) {
    match (official.json(), ours.json()) {
        (Some(Value::Object(theirs)), Some(Value::Object(own))) => {
            let fields = |object: &serde_json::Map<String, Value>| {
                object.iter().map(|(name, value)| format!("{name}: {value}")).collect::<BTreeSet<_>>()
            };
            sets("field", &fields(&theirs), &fields(&own), found);
        }
        (theirs, own) if theirs == own && (theirs.is_some() || official.body == ours.body) => {}
        _ => found.push("another body".to_owned()),
    }
}
