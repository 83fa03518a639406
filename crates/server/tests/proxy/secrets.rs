//! Neither an error's body nor a line of the log tells a secret.

use std::io;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::app::{App, oauth_client};
use crate::upstream::{Upstream, reply};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

const SECRETS: [&str; 6] = ["k-secret", "at-secret", "rt-secret", "sim-secret", "q-secret", "b-secret"];

#[tokio::test]
async fn no_failure_tells_a_secret() {
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).finish();
    // For the whole process: a subscriber per thread would miss what other tests made the callsites forget.
    tracing::subscriber::set_global_default(subscriber).expect("no other subscriber in these tests");
    let upstream = Upstream::start(|seen, _| match seen.path() {
        "/oauth/token" => reply(400, &[], r#"{"error":"invalid_grant"}"#),
        "/refused" => reply(401, &[], "no"),
        "/away" => reply(302, &[("location", "http://10.0.0.1/?api_key=k-secret")], ""),
        "/bad" => b"HTTP/1.1 nonsense\r\n\r\n".to_vec(),
        "/retry" => reply(503, &[("retry-after", "0")], "no"),
        _ => Vec::new(),
    })
    .await;
    let app = App::with(&upstream).await;
    let key = || json!({ "type": "API_KEY", "apiKey": "k-secret" });
    for provider in ["key-header", "key-query", "key-body"] {
        app.connect(provider, key()).await;
    }
    app.integrate("oauth", oauth_client("OAUTH2")).await;
    let credentials = json!({ "type": "OAUTH2", "access_token": "at-secret", "refresh_token": "rt-secret" });
    assert_eq!(app.import("oauth", credentials, json!({})).await.0, 201);
    app.integrate("verified", Value::Null).await;
    let (_, refused) = app.import("verified", key(), json!({ "tenant": "t" })).await;

    let mut answers = vec![refused.to_string()];
    let overrides = [
        "http://10.0.0.1/?k=k-secret",
        "http://u:k-secret@127.0.0.1",
        "http://no-such-host.invalid/q-secret",
    ];
    for provider in ["key-header", "key-query", "key-body", "oauth"] {
        for path in ["/away", "/bad", "/reset", "/retry", "/refused"] {
            let headers =
                [("retries", if path == "/retry" { "1" } else { "0" }), ("content-type", "application/json")];
            let line = format!("POST {path}?q=q-secret");
            answers.push(app.call(provider, &line, &headers, br#"{"b":"b-secret"}"#).await.text());
        }
        for base in overrides {
            answers.push(app.call(provider, "GET /", &[("base-url-override", base)], b"").await.text());
        }
    }
    let log = String::from_utf8(lines.0.lock().clone()).unwrap();
    assert!(log.contains("bowline"), "something was logged");
    for secret in SECRETS.iter().chain(&[app.key.as_str()]) {
        for answer in &answers {
            assert!(!answer.contains(secret), "{secret} in {answer}");
        }
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
